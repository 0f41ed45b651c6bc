import { expect, it } from "vitest";

import type { Panel } from "../../api";
import { kinds, missing, newPanel, tidy } from "./tidy";

const full: Panel = {
  id: "p", kind: "bar", title: { en: "P" }, x: 0, y: 0, w: 6, h: 8, query: "a", field: "host", size: 5, growth: true, share_of: "x", columns: ["host"], sort: "host", text: { en: "t" },
  metric: { kind: "cardinality", field: "queue_id" }, series: [{ title: { en: "S" }, query: "s" }],
};

it("keeps of a panel what its kind can use", () => {
  expect(Object.keys(tidy(full)).sort()).toEqual(["field", "growth", "h", "id", "kind", "metric", "query", "size", "title", "w", "x", "y"]);
  expect(Object.keys(tidy({ ...full, kind: "text" })).sort()).toEqual(["h", "id", "kind", "text", "title", "w", "x", "y"]);
  expect(tidy({ ...full, kind: "timeline" })).not.toHaveProperty("field");
  expect(tidy({ ...full, kind: "number", series: [] })).toMatchObject({ share_of: "x" });
  expect(tidy({ ...full, kind: "table", field: undefined } as Panel)).toMatchObject({ columns: ["host"], sort: "host" });
});

it("says what is missing", () => {
  expect(missing(full)).toBeUndefined();
  expect(missing({ ...full, field: "" })).toBe("field");
  expect(missing({ ...full, kind: "flow" })).toBe("stages");
  expect(missing({ ...full, title: { en: " " } })).toBe("title");
  expect(missing({ ...full, metric: { kind: "avg" } })).toBe("metricField");
  expect(missing({ ...full, kind: "text", text: {} })).toBe("text");
});

it("makes new panels that lack nothing, each with an id of its own", () => {
  const panels: Panel[] = [];
  for (const kind of [...kinds, ...kinds]) {
    const made = newPanel(kind, panels, "New", "es", { text: "Hola", stages: ["a", "b", "c"] });
    expect(missing(made)).toBeUndefined();
    expect(tidy(made)).toEqual(made);
    panels.push(made);
  }
  expect(new Set(panels.map((p) => p.id)).size).toBe(panels.length);
});
