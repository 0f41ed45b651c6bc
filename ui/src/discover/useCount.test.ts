import { describe, expect, it } from "vitest";

import type { SearchAnswer } from "../api";
import { countWith } from "./useCount";

const sample = (seen: number) => ({ seen, of: 1000, about: 240, low: 200, high: 280 });
const head = (more: Partial<SearchAnswer>): SearchAnswer => ({ took_ms: 1, total: 24, total_exact: false, partial: false, hits: [], ...more });

describe("countWith", () => {
  it("shows an exact total as it is, and that of a partial answer as the least", () => {
    expect(countWith(head({ total_exact: true }), {})).toEqual({ total: 24, exact: true, estimate: undefined, counting: false });
    expect(countWith(head({ partial: true, estimate: sample(100) }), {})).toMatchObject({ exact: false, estimate: undefined, counting: false });
  });
  it("shows the better estimate while the count goes on, and its end", () => {
    const first = head({ estimate: sample(100) });
    expect(countWith(first, {})).toMatchObject({ total: 24, estimate: sample(100), counting: true });
    expect(countWith(first, { sample: sample(50) })).toMatchObject({ estimate: sample(100), counting: true });
    expect(countWith(first, { sample: sample(500) })).toMatchObject({ estimate: sample(500), counting: true });
    expect(countWith(first, { sample: sample(500), ended: true })).toMatchObject({ estimate: sample(500), counting: false });
    expect(countWith(first, { answer: { took_ms: 9, total: 251, total_exact: true, partial: false } })).toEqual({ total: 251, exact: true, estimate: undefined, counting: false });
  });
});
