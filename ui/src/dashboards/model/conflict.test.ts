import { expect, it } from "vitest";

import type { Dashboard, Panel } from "../../api";
import { changes, sameBoard } from "./conflict";
import { bodyOf, copyOf, withText } from "./words";

const panel = (id: string, own: Partial<Panel> = {}): Panel => ({ id, kind: "bar", title: { en: id }, x: 0, y: 0, w: 6, h: 8, field: "host", ...own });
const board: Dashboard = { id: "b", version: 3, title: { en: "B" }, since: "now-24h", refresh: 0, panels: [panel("a"), panel("b"), panel("c")] };

it("tells what two people did to a dashboard", () => {
  const other = { ...board, version: 4, title: { en: "C" }, query: "x", panels: [panel("a", { x: 6 }), panel("b", { size: 5 }), panel("d")] };
  expect(changes(board, other).map((c) => ("panel" in c ? `${c.kind} ${c.panel.id}` : c.kind))).toEqual(["title", "settings", "moved a", "changed b", "added d", "removed c"]);
});

it("sees no change where only the writing differs", () => {
  const { field, ...rest } = panel("a");
  expect(sameBoard(board, { ...board, version: 9, query: "", panels: [{ field, ...rest, query: undefined } as Panel, panel("b"), panel("c")] })).toBe(true);
});

it("changes the text that a viewer sees", () => {
  expect(withText({ en: "a", es: "b" }, "x", "es")).toEqual({ en: "a", es: "x" });
  expect(withText({ en: "a" }, "x", "es")).toEqual({ en: "x" });
  expect(withText(undefined, "x", "es")).toEqual({ es: "x" });
});

it("copies what is saved and nothing else", () => {
  expect(Object.keys(bodyOf({ ...board, builtin: true, updated_at: "x" }))).toEqual(["title", "since", "refresh", "panels"]);
  expect(copyOf(board, "Mine", "es").title).toEqual({ es: "Mine" });
});
