import { describe, expect, it } from "vitest";

import type { AggregateAnswer, Panel } from "../../api";
import type { BoardContext } from "./context";
import { anyOf, before, fullQuery, planBefore, planPanel, planSeries } from "./plan";
import { isEmpty, readPanel } from "./read";

const context: BoardContext = { range: { since: "now-24h" }, query: "host:mx1", pills: [{ field: "sender", value: "a@b" }], zone: "UTC", refresh: 0 };
const panel = (own: Partial<Panel> & Pick<Panel, "kind">): Panel => ({ id: "p", title: { en: "P" }, x: 0, y: 0, w: 6, h: 8, ...own });
const answer = (own: Partial<AggregateAnswer>): AggregateAnswer => ({ took_ms: 1, total: 10, total_exact: true, partial: false, aggs: [], ...own });

describe("what a panel asks", () => {
  it("joins the dashboard's query, its own and the pills", () => {
    expect(fullQuery(panel({ kind: "bar", query: "a OR b" }), context)).toBe('+(host:mx1) +(a OR b) +sender:"a@b"');
    expect(fullQuery(panel({ kind: "flow", series: [{ title: {}, query: "a" }, { title: {}, query: "b" }, { title: {}, query: "a" }] }), { query: "", pills: [] })).toBe("(a) OR (b)");
    expect(anyOf(["a", "*"])).toBe("");
  });

  it("asks once for percentiles of one query", () => {
    const series = [50, 95, 99].map((percent) => ({ title: {}, query: "status:delivered", metric: { kind: "percentile" as const, field: "delay", percent } }));
    const plan = planSeries([...series, { title: {}, query: "x" }]);
    expect(plan.filters).toEqual([{ key: "q0", query: "status:delivered", aggs: [{ name: "m0", kind: "percentiles", field: "delay", percents: [50, 95, 99] }] }, { key: "q1", query: "x", aggs: [] }]);
    expect(plan.where[3]).toEqual({ key: "q1", agg: undefined, percent: undefined });
  });

  it("orders values by what is measured", () => {
    const terms = (own: Partial<Panel>) => planPanel(panel({ kind: "bar", field: "host", ...own }), context).aggregate?.aggs[0];
    expect(terms({})).toEqual({ name: "t", kind: "terms", field: "host", size: 10 });
    expect(terms({ metric: { kind: "percentile", field: "delay", percent: 95 } })?.order).toBe("-m.95");
    expect(terms({ metric: { kind: "cardinality", field: "queue_id" } })?.order).toBe("-m");
    expect(terms({ growth: true })?.size).toBe(200);
  });

  it("asks for events of a table with columns, and for nothing for a text", () => {
    expect(planPanel(panel({ kind: "table", columns: ["@timestamp", "queue_id"], size: 20 }), context).search).toMatchObject({ size: 20, sort: "-@timestamp", fields: ["@timestamp", "queue_id", "event_id", "message_id"] });
    expect(planPanel(panel({ kind: "text", text: { en: "x" } }), context)).toEqual({});
  });

  it("compares with the range before, where there is one", () => {
    expect(before("2026-11-26T00:00:00Z", "2026-11-26T06:00:00Z", 0)).toEqual({ since: "2026-11-25T18:00:00.000Z", until: "2026-11-26T00:00:00.000Z" });
    expect(before("2026-11-26T00:00:00Z", undefined, Date.parse("2026-11-26T01:00:00Z"))?.since).toBe("2026-11-25T23:00:00.000Z");
    expect(before(undefined, "2026-11-26T06:00:00Z", 0)).toBeUndefined();
    expect(planBefore(panel({ kind: "pie", field: "host" }), context, "2026-11-26T00:00:00Z", undefined, Date.now())).toBeUndefined();
  });
});

describe("what a panel shows", () => {
  it("reads the figures of series from the filters that they share", () => {
    const own = panel({
      kind: "timeline",
      series: [
        { title: {}, query: "d", metric: { kind: "percentile", field: "delay", percent: 50 } },
        { title: {}, query: "d", metric: { kind: "percentile", field: "delay", percent: 95 } },
        { title: {}, query: "e" },
      ],
    });
    const buckets = [
      {
        key: "2026-11-26T00:00:00Z", count: 9,
        aggs: [
          { name: "f0", kind: "filters", buckets: [{ key: "q0", count: 4, aggs: [{ name: "m0", kind: "percentiles", percentiles: [{ percent: 50, value: 1 }, { percent: 95, value: 7 }] }] }] },
          { name: "f1", kind: "filters", buckets: [{ key: "q1", count: 5 }] },
        ],
      },
      { key: "2026-11-26T01:00:00Z", count: 0 },
    ];
    const data = readPanel(own, answer({ aggs: [{ name: "t", kind: "timeline", interval_ms: 3_600_000, buckets }] }), undefined, undefined);
    expect(data).toMatchObject({ kind: "timeline", width: 3_600_000, lines: [{ values: [1, null] }, { values: [7, null] }, { values: [5, 0] }] });
  });

  it("shows what is left over of a split timeline", () => {
    const own = panel({ kind: "timeline", field: "host" });
    const bucket = (count: number) => [{ key: "2026-11-26T00:00:00Z", count }];
    const data = readPanel(own, answer({ aggs: [{ name: "all", kind: "timeline", buckets: bucket(10) }, { name: "s", kind: "terms", buckets: [{ key: "a", count: 7, aggs: [{ name: "t", kind: "timeline", buckets: bucket(7) }] }] }] }), undefined, undefined);
    expect(data?.kind === "timeline" && data.lines.map((l) => [l.kind, l.values])).toEqual([["value", [7]], ["other", [3]]]);
  });

  it("orders by growth, and does not guess what it cannot know", () => {
    const own = panel({ kind: "bar", field: "reason", growth: true, size: 2 });
    const terms = (counts: Record<string, number>, other = 0) => answer({ total: 100, aggs: [{ name: "t", kind: "terms", other, buckets: Object.entries(counts).map(([key, count]) => ({ key, count })) }] });
    const data = readPanel(own, terms({ a: 50, b: 30, c: 20 }), undefined, terms({ a: 50, b: 10 }));
    expect(data).toMatchObject({ kind: "terms", rows: [{ key: "b", before: 10 }, { key: "c", before: 0 }], other: 50 });
    expect(readPanel(own, terms({ c: 20 }), undefined, terms({ a: 50 }, 7))).toMatchObject({ rows: [{ key: "c", before: null }] });
  });

  it("reads a share", () => {
    const own = panel({ kind: "number", query: "d", share_of: "all" });
    const filters = (name: string, count: number) => ({ name, kind: "filters", buckets: [{ key: name, count }] });
    expect(readPanel(own, answer({ aggs: [filters("v", 3), filters("of", 12)] }), undefined, answer({ aggs: [filters("v", 1), filters("of", 2)] }))).toMatchObject({ figures: [{ value: 3, before: 1, of: { value: 12, before: 2 } }] });
  });

  it("survives an answer to another question", () => {
    for (const kind of ["timeline", "bar", "pie", "number", "map", "flow"] as const) {
      const data = readPanel(panel({ kind, field: "host", series: kind === "flow" ? [{ title: {}, query: "a" }, { title: {}, query: "b" }] : [] }), answer({}), undefined, undefined);
      expect(data).toBeDefined();
      if (data && kind !== "number") expect(isEmpty(data)).toBe(true);
    }
  });
});
