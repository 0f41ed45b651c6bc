import type { Panel } from "../../api";

/** Columns of the grid, and the measures of a row in pixels. */
export const columns = 12;
export const rowHeight = 28;
export const gap = 12;

/** A place in the grid. */
export interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

type Placed = Place & { id: string };

const overlaps = (a: Place, b: Place): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const besides = (a: Place, b: Place): boolean => a.x >= b.x + b.w || b.x >= a.x + a.w;

/** The order in which panels are read and stand below each other on a narrow screen. */
export const inOrder = <T extends Place>(panels: readonly T[]): T[] => [...panels].sort((a, b) => a.y - b.y || a.x - b.x);

/** settle lets every panel rise as far as it can; first goes before others at the same height. */
export function settle<T extends Placed>(panels: readonly T[], first?: string): T[] {
  const done: T[] = [];
  const order = [...panels].sort((a, b) => a.y - b.y || Number(b.id === first) - Number(a.id === first) || a.x - b.x);
  for (const panel of order) {
    let y = done.reduce((low, d) => (besides(panel, d) ? low : Math.max(low, d.y + d.h)), 0);
    while (done.some((d) => overlaps({ ...panel, y }, d))) y++;
    done.push({ ...panel, y });
  }
  return panels.map((p) => done.find((d) => d.id === p.id) ?? p);
}

/** put gives a panel a place; what was there moves down, and the rest closes up. */
export function put<T extends Placed>(panels: readonly T[], id: string, place: Partial<Place>): T[] {
  const own = panels.find((p) => p.id === id);
  if (!own) return [...panels];
  const w = Math.max(1, Math.min(columns, place.w ?? own.w));
  const x = Math.max(0, Math.min(columns - w, place.x ?? own.x));
  const target = { x, y: Math.max(0, place.y ?? own.y), w, h: Math.max(2, Math.min(40, place.h ?? own.h)) };
  const moved = panels.map((p) => (p.id === id ? { ...p, ...target } : p));
  // What the panel lies upon begins below it.
  const pushed = moved.map((p) => (p.id !== id && overlaps(p, target) && p.y + p.h > target.y && p.y < target.y ? { ...p, y: target.y + target.h } : p));
  return settle(pushed, id);
}

export type Move = "left" | "right" | "up" | "down" | "wider" | "narrower" | "taller" | "shorter";

/** shift moves or resizes a panel by one step, as the commands of its menu do. */
export function shift<T extends Placed>(panels: readonly T[], id: string, move: Move): T[] {
  const own = panels.find((p) => p.id === id);
  if (!own) return [...panels];
  switch (move) {
    case "left":
      return put(panels, id, { x: own.x - 1 });
    case "right":
      return put(panels, id, { x: own.x + 1 });
    case "wider":
      return put(panels, id, own.x + own.w < columns ? { w: own.w + 1 } : { x: own.x - 1, w: own.w + 1 });
    case "narrower":
      return put(panels, id, { w: own.w - 1 });
    case "taller":
      return put(panels, id, { h: own.h + 1 });
    case "shorter":
      return put(panels, id, { h: own.h - 1 });
    case "up": {
      const above = panels.filter((p) => p.id !== id && !besides(p, own) && p.y < own.y);
      return above.length === 0 ? [...panels] : put(panels, id, { y: Math.max(...above.map((p) => p.y)) });
    }
    case "down": {
      const below = panels.filter((p) => p.id !== id && !besides(p, own) && p.y >= own.y + own.h);
      if (below.length === 0) return [...panels];
      const next = inOrder(below)[0];
      return next ? settle(panels.map((p) => (p.id === id ? { ...p, y: next.y + next.h } : p.id === next.id ? { ...p, y: own.y } : p)), next.id) : [...panels];
    }
  }
}

/** Whether a step would change anything. */
export const canShift = (panels: readonly Panel[], id: string, move: Move): boolean => {
  const own = panels.find((p) => p.id === id);
  if (!own) return false;
  const next = shift(panels, id, move);
  return next.some((p) => {
    const was = panels.find((o) => o.id === p.id);
    return !was || was.x !== p.x || was.y !== p.y || was.w !== p.w || was.h !== p.h;
  });
};

/** The first place from the top where a panel of this size fits. */
export function freePlace(panels: readonly Place[], w: number, h: number): { x: number; y: number } {
  for (let y = 0; y < below(panels); y++) {
    for (let x = 0; x + w <= columns; x++) {
      if (!panels.some((p) => overlaps(p, { x, y, w, h }))) return { x, y };
    }
  }
  return { x: 0, y: below(panels) };
}

/** The row below all panels. */
export const below = (panels: readonly Place[]): number => panels.reduce((low, p) => Math.max(low, p.y + p.h), 0);

/** An id that no panel has. */
export function freeId(panels: readonly { id: string }[], wanted: string): string {
  const stem = wanted.replace(/[^A-Za-z0-9_-]/g, "").slice(0, 50) || "panel";
  for (let n = 1; ; n++) {
    const id = n === 1 ? stem : `${stem}-${n}`;
    if (!panels.some((p) => p.id === id)) return id;
  }
}
