import { describe, expect, it } from "vitest";

import { leastWidth, move, template, tracks } from "./columns";

const none = new Map();

describe("columns", () => {
  it("let the message take what is left", () => {
    const all = tracks(["@timestamp", "log_message", "pid"], { pid: 77 }, none);
    expect(template(all)).toBe("34px 224px minmax(360px, 1fr) 77px");
    expect(leastWidth(all)).toBe(34 + 224 + 360 + 77);
  });
  it("always fill the row, unless the last one was given a width", () => {
    expect(template(tracks(["host", "x"], {}, none))).toBe("34px 168px minmax(160px, 1fr)");
    expect(template(tracks(["x"], { x: 90 }, none))).toBe("34px 90px");
  });
  it("move within their row", () => {
    expect(move(["a", "b", "c"], "b", -1)).toEqual(["b", "a", "c"]);
    expect(move(["a", "b", "c"], "c", 1)).toEqual(["a", "b", "c"]);
    expect(move(["a", "b"], "z", 1)).toEqual(["a", "b"]);
  });
});
