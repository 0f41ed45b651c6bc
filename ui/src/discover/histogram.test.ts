import { describe, expect, it } from "vitest";

import type { AggregateAnswer } from "../api";
import { seriesOf } from "./Histogram";

const answer = (buckets: { count: number; by?: number[] }[], keys: string[]): AggregateAnswer => ({
  took_ms: 1,
  total: 0,
  total_exact: true,
  partial: false,
  aggs: [
    {
      name: "time",
      kind: "timeline",
      interval: "1m",
      interval_ms: 60_000,
      buckets: buckets.map((b, i) => ({
        key: new Date(i * 60_000).toISOString(),
        count: b.count,
        ...(b.by ? { aggs: [{ name: "by", kind: "filters", buckets: keys.map((key, k) => ({ key, count: b.by?.[k] ?? 0 })) }] } : {}),
      })),
    },
  ],
});
const names = { all: "Events", other: "Other" };

describe("seriesOf", () => {
  it("counts all events when nothing parts them", () => {
    expect(seriesOf(answer([{ count: 3 }, { count: 0 }], []), names)).toEqual({ starts: [0, 60_000], width: 60_000, series: [{ key: "", name: "Events", values: [3, 0] }] });
  });
  it("calls the rest other, and shows none where nothing is left", () => {
    const parted = seriesOf(answer([{ count: 5, by: [2, 1] }, { count: 1, by: [1, 0] }], ["a", "b"]), names);
    expect(parted.series.map((s) => [s.name, s.values])).toEqual([["a", [2, 1]], ["b", [1, 0]], ["Other", [2, 0]]]);
    // Several values in one event: more marks than events.
    expect(seriesOf(answer([{ count: 1, by: [1, 1] }], ["a", "b"]), names).series).toHaveLength(2);
  });
  it("shows names that strangers wrote without their tricks, and statuses in their colours", () => {
    const [first] = seriesOf(answer([{ count: 1, by: [1] }], ["\u202Ex"]), names).series;
    expect(first?.name).toBe("[U+202E]x");
    expect(seriesOf(answer([{ count: 1, by: [1] }], ["bounced"]), names, { bounced: "red" }).series[0]?.color).toBe("red");
  });
});
