import { describe, expect, it } from "vitest";

import { below, freeId, freePlace, inOrder, put, settle, shift, type Place } from "./layout";

const at = (id: string, x: number, y: number, w: number, h: number) => ({ id, x, y, w, h });
const place = (panels: (Place & { id: string })[], id: string) => {
  const p = panels.find((one) => one.id === id);
  return p && [p.x, p.y, p.w, p.h];
};
const clash = (panels: Place[]) =>
  panels.some((a, i) => panels.some((b, k) => i < k && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h));

const board = [at("a", 0, 0, 6, 4), at("b", 6, 0, 6, 4), at("c", 0, 4, 12, 8), at("d", 0, 12, 6, 6), at("e", 6, 12, 6, 6)];

describe("layout", () => {
  it("closes gaps and keeps the order", () => {
    const settled = settle([at("a", 0, 3, 6, 4), at("b", 0, 20, 6, 4)]);
    expect(place(settled, "a")).toEqual([0, 0, 6, 4]);
    expect(place(settled, "b")).toEqual([0, 4, 6, 4]);
  });

  it("moves what is in the way down", () => {
    const moved = put(board, "d", { x: 0, y: 0 });
    expect(place(moved, "d")).toEqual([0, 0, 6, 6]);
    expect(place(moved, "a")).toEqual([0, 6, 6, 4]);
    expect(place(moved, "b")).toEqual([6, 0, 6, 4]);
    expect(clash(moved)).toBe(false);
  });

  it("keeps panels within the grid", () => {
    expect(place(put(board, "a", { x: 20 }), "a")?.[0]).toBe(6);
    expect(place(put(board, "a", { w: 99, h: 99 }), "a")?.slice(2)).toEqual([12, 40]);
    expect(place(put(board, "a", { x: -3, y: -3, w: 0, h: 0 }), "a")).toEqual([0, 0, 1, 2]);
  });

  it("moves up before what stands above, and down again", () => {
    const up = shift(board, "c", "up");
    expect(place(up, "c")).toEqual([0, 0, 12, 8]);
    expect(place(up, "a")?.[1]).toBe(8);
    const down = shift(up, "c", "down");
    expect(clash(down)).toBe(false);
    expect(place(down, "c")?.[1]).toBeGreaterThan(0);
    expect(shift(board, "a", "up").map((p) => p.y)).toEqual(board.map((p) => p.y));
  });

  it("widens to the left at the right edge", () => {
    expect(place(shift(board, "e", "wider"), "e")).toEqual([5, 12, 7, 6]);
    expect(place(shift(board, "e", "wider"), "d")).toEqual([0, 18, 6, 6]);
    expect(clash(shift(board, "e", "wider"))).toBe(false);
  });

  it("never lets panels overlap, whatever is done", () => {
    let panels = board;
    let seed = 7;
    const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
    const moves = ["left", "right", "up", "down", "wider", "narrower", "taller", "shorter"] as const;
    for (let i = 0; i < 400; i++) {
      const id = board[random(board.length)]?.id ?? "a";
      panels = shift(panels, id, moves[random(moves.length)] ?? "up");
      expect(clash(panels)).toBe(false);
      expect(panels.every((p) => p.x >= 0 && p.x + p.w <= 12 && p.y >= 0)).toBe(true);
    }
  });

  it("finds room and names for new panels", () => {
    expect(below(board)).toBe(18);
    expect(freePlace(board, 3, 4)).toEqual({ x: 0, y: 18 });
    expect(freePlace(board.slice(0, 1), 6, 4)).toEqual({ x: 6, y: 0 });
    expect(freePlace([], 12, 4)).toEqual({ x: 0, y: 0 });
    expect(freeId([{ id: "x" }, { id: "x-2" }], "x")).toBe("x-3");
    expect(freeId([], "¿?")).toBe("panel");
    expect(inOrder([at("b", 6, 0, 1, 1), at("a", 0, 0, 1, 1)]).map((p) => p.id)).toEqual(["a", "b"]);
  });
});
