import { describe, expect, it } from "vitest";

import { world } from "../panels/world";
import { cutRing, type Point } from "./meridian";

const jumps = (ring: readonly Point[]) => ring.some((p, i) => i > 0 && Math.abs(p[0] - (ring[i - 1]?.[0] ?? p[0])) > 180);

describe("cutRing", () => {
  it("leaves a ring alone that crosses nothing", () => {
    const ring: Point[] = [[0, 0], [10, 0], [10, 10], [0, 0]];
    expect(cutRing(ring)).toEqual([ring]);
  });

  it("parts a square at the meridian", () => {
    const parts = cutRing([[170, 0], [-170, 0], [-170, 10], [170, 10], [170, 0]]);
    expect(parts).toHaveLength(2);
    for (const part of parts) {
      expect(jumps(part)).toBe(false);
      expect(part[0]).toEqual(part[part.length - 1]);
      const xs = part.map(([x]) => x);
      expect(Math.max(...xs) - Math.min(...xs)).toBe(10);
    }
  });
});

it("draws no line across the world", () => {
  const { features } = world();
  expect(features.length).toBeGreaterThan(170);
  for (const f of features) for (const polygon of f.geometry.coordinates) for (const ring of polygon) expect(jumps(ring as Point[])).toBe(false);
  expect(features.some((f) => f.properties.name === "Kosovo")).toBe(true);
});
