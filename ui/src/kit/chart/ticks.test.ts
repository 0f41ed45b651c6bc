import { describe, expect, it } from "vitest";

import { timeTicks } from "./ticks";

const at = (text: string) => Date.parse(text);
const every = (from: string, ms: number, count: number) => Array.from({ length: count }, (_, i) => at(from) + i * ms);

describe("timeTicks", () => {
  it("labels round times of the viewer's clock", () => {
    const starts = every("2026-11-23T10:07:00Z", 60_000, 60);
    const { ticks, step } = timeTicks(starts, "UTC", 6);
    expect(step).toBe(600_000);
    expect(ticks.map((t) => new Date(starts[t.index] ?? 0).toISOString().slice(11, 16))).toEqual(["10:10", "10:20", "10:30", "10:40", "10:50", "11:00"]);
  });

  it("says the day at the first label and where it changes", () => {
    const starts = every("2026-11-23T20:00:00Z", 1_800_000, 16);
    const { ticks } = timeTicks(starts, "UTC", 8);
    expect(ticks.filter((t) => t.day).map((t) => new Date(starts[t.index] ?? 0).toISOString().slice(8, 16))).toEqual(["23T20:00", "24T00:00"]);
  });

  it("begins days in the zone, not in UTC", () => {
    const starts = every("2026-11-20T05:00:00Z", 3_600_000, 96);
    const { ticks } = timeTicks(starts, "America/Bogota", 5);
    expect(ticks.map((t) => starts[t.index])).toEqual(every("2026-11-20T05:00:00Z", 86_400_000, 4));
  });

  it("keeps within what there is room for", () => {
    for (const count of [1, 2, 7, 60, 400]) {
      for (const width of [1000, 60_000, 3_600_000, 86_400_000]) {
        const { ticks } = timeTicks(every("2026-03-28T00:00:00Z", width, count), "Europe/Madrid", 5);
        expect(ticks.length).toBeGreaterThan(0);
        expect(ticks.length).toBeLessThanOrEqual(6);
      }
    }
    expect(timeTicks([], "UTC", 5).ticks).toEqual([]);
  });
});
