import type { Dashboard, Panel } from "../../api";

/** One difference between two states of a dashboard. */
export type Change = { kind: "title" | "settings" } | { kind: "added" | "removed" | "changed" | "moved"; panel: Panel };

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

/** The text of a value in which the order of members, and members without a value, do not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => {
    if (typeof v !== "object" || v === null || Array.isArray(v)) return v;
    return Object.fromEntries(Object.entries(v).filter(([, x]) => x !== undefined && x !== "").sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const place = ({ x, y, w, h }: Panel) => ({ x, y, w, h });
const content = ({ x: _x, y: _y, w: _w, h: _h, ...rest }: Panel) => rest;

/** changes tells what became of a dashboard. */
export function changes(from: Dashboard, to: Dashboard): Change[] {
  const list: Change[] = [];
  if (!same(from.title, to.title)) list.push({ kind: "title" });
  const settings = (d: Dashboard) => [d.description ?? {}, d.since, d.until ?? "", d.query ?? "", d.refresh];
  if (!same(settings(from), settings(to))) list.push({ kind: "settings" });
  const before = new Map(from.panels.map((p) => [p.id, p]));
  for (const panel of to.panels) {
    const old = before.get(panel.id);
    if (!old) list.push({ kind: "added", panel });
    else if (!same(content(old), content(panel))) list.push({ kind: "changed", panel });
    else if (!same(place(old), place(panel))) list.push({ kind: "moved", panel });
  }
  const kept = new Set(to.panels.map((p) => p.id));
  for (const panel of from.panels) if (!kept.has(panel.id)) list.push({ kind: "removed", panel });
  return list;
}

export const sameBoard = (a: Dashboard, b: Dashboard): boolean => changes(a, b).length === 0;
