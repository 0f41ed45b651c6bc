import { describe, expect, it } from "vitest";

import { cellText, marksOf } from "./cell";

describe("cellText", () => {
  it("shows what strangers wrote as text, cut and without deceit", () => {
    expect(cellText("a\u202Eb", "keyword", "UTC", "en")).toBe("a[U+202E]b");
    expect(cellText("x".repeat(1_000_000), "text", "UTC", "en")).toHaveLength(1501);
    expect(cellText(["a", "b"], "keyword", "UTC", "en")).toBe("a, b");
    expect(cellText(0, "integer", "UTC", "en")).toBe("0");
    expect(cellText(false, "boolean", "UTC", "en")).toBe("false");
    expect(cellText(undefined, "keyword", "UTC", "en")).toBe("");
  });
  it("shows times in the viewer's zone", () => {
    expect(cellText("2026-11-23T03:00:00.5Z", "time", "America/Bogota", "en")).toContain("22:00:00.500");
  });
});

describe("marksOf", () => {
  it("marks the words that were looked for, and not those that were excluded", () => {
    expect(marksOf('quota AND sender:"ana@x.example" NOT gmail mx*example', [])).toEqual(["quota", "ana@x.example", "example"]);
    expect(marksOf("_exists_:subject", [{ field: "host", value: "mx1" }, { field: "host", value: "mx2", not: true }])).toEqual(["mx1"]);
  });
});
