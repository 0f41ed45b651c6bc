import { describe, expect, it } from "vitest";

import { makeParser, type ServerEvent } from "./sse";

const stream = ": following\n\nevent: lost\ndata: 3\n\nevent: event\ndata: {\"a\":\"x: y\"}\n\n: quiet\n\ndata: 1\ndata: 2\n\n";
const events: ServerEvent[] = [
  { name: "lost", data: "3" },
  { name: "event", data: '{"a":"x: y"}' },
  { name: "message", data: "1\n2" },
];

describe("makeParser", () => {
  it("reads events wherever the stream is cut", () => {
    for (const size of [1, 2, 7, 1000]) {
      const got: ServerEvent[] = [];
      const parse = makeParser((e) => got.push(e));
      for (let i = 0; i < stream.length; i += size) parse(stream.slice(i, i + size));
      expect(got).toEqual(events);
    }
  });
  it("takes carriage returns, and keeps what is unfinished", () => {
    const got: ServerEvent[] = [];
    const parse = makeParser((e) => got.push(e));
    parse("event: event\r\ndata: a\r\n\r\nevent: event\ndata: unfinished");
    expect(got).toEqual([{ name: "event", data: "a" }]);
  });
});
