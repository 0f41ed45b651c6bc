import { describe, expect, test } from "vitest";

import type { Journey } from "../api";
import { examplesOf } from "./examples";
import { cell, fileName, stepsCsv } from "./exports";
import { keep, problemStatuses, readFilters, recipientsOf, rowsOf, type Filters } from "./filters";
import { around, finder, journeyLink, linesQuery, pick, sideOf } from "./journeyLink";
import { firstLimit, nextLimit, readQuestion, traceRequest, widerRanges } from "./question";
import { readRecent, withRecent } from "./recent";
import { marksOf, seconds, timeline } from "./journeySteps";

const journey = (j: Partial<Journey>): Journey => ({
  id: "1", message_key: "m1", first_time: "2026-11-23T05:30:00Z", last_time: "2026-11-23T05:30:02Z", status: "delivered", confidence: "exact", verdict: {}, ...j,
});
const address = (text: string) => {
  const params = new URLSearchParams(text);
  return (name: string) => params.get(name) ?? undefined;
};

describe("question", () => {
  test("the address is the question", () => {
    expect(readQuestion(address(""))).toEqual({ text: "", range: { since: "now-3d" }, limit: 100 });
    expect(readQuestion(address("q=a%40b.example&since=*&limit=1000"))).toEqual({ text: "a@b.example", range: { since: undefined, until: undefined }, limit: 1000 });
    expect(readQuestion(address("limit=99999")).limit).toBe(firstLimit);
    expect(traceRequest(readQuestion(address("q=x&since=now-1h")), "UTC")).toEqual({ query: "x", since: "now-1h", until: undefined, zone: "UTC", limit: firstLimit, no_steps: true });
  });
  test("only longer ranges are offered", () => {
    expect(widerRanges({ since: "now-3d" }).map((r) => r.key)).toEqual(["7d", "30d", "90d", "all"]);
    expect(widerRanges({ since: "now-30d" }).map((r) => r.key)).toEqual(["90d", "all"]);
    expect(widerRanges({ since: "now-15m" }).map((r) => r.key)).toEqual(["24h", "3d", "7d", "30d", "90d", "all"]);
    expect(widerRanges({ since: "2026-11-23", until: "2026-11-24" }).map((r) => r.key)).toEqual(["7d", "30d", "90d", "all"]);
    expect(widerRanges({})).toEqual([]);
  });
  test("more, up to the most", () => {
    expect([nextLimit(firstLimit), nextLimit(1000), nextLimit(10_000)]).toEqual([1000, 10_000, undefined]);
  });
});

describe("recent searches", () => {
  test("newest first, once each, ten at most, no pasted text", () => {
    expect(withRecent(["a", "b"], " b ")).toEqual(["b", "a"]);
    expect(withRecent(Array.from({ length: 10 }, (_, i) => String(i)), "x")).toHaveLength(10);
    expect(withRecent(["a"], "line\nline")).toEqual(["a"]);
    expect(withRecent(["a"], "")).toEqual(["a"]);
  });
  test("what is damaged is left out", () => {
    expect(readRecent("[1,\"a\",null]")).toEqual(["a"]);
    expect(readRecent("{")).toEqual([]);
    expect(readRecent("{}")).toEqual([]);
  });
});

describe("filters", () => {
  const none: Filters = { statuses: [], host: "", direction: "", text: "" };
  const list = [
    journey({ id: "1", message_key: "m1", recipient: "ana@x.example", hosts: ["mx1"], status: "delivered", recipients: { delivered: 2, bounced: 1 } }),
    journey({ id: "2", message_key: "m1", recipient: "luis@x.example", hosts: ["mx1", "store1"], status: "bounced", subject: "Factura" }),
    journey({ id: "3", message_key: "m2", recipient: "eva@x.example", hosts: ["mx2"], status: "deferred" }),
  ];
  test("status, server and words", () => {
    expect(keep(list, { ...none, statuses: ["bounced", "deferred"] }).map((j) => j.id)).toEqual(["2", "3"]);
    expect(keep(list, { ...none, host: "store1" }).map((j) => j.id)).toEqual(["2"]);
    expect(keep(list, { ...none, text: "FACT x.example" }).map((j) => j.id)).toEqual(["2"]);
    expect(keep(list, { ...none, statuses: ["bounced"] }, "statuses")).toHaveLength(3);
  });
  test("an address is read as far as it makes sense", () => {
    expect(readFilters(address("status=bounced,nonsense&dir=up&host=mx1"))).toEqual({ statuses: ["bounced"], host: "mx1", direction: "", text: "" });
    expect(problemStatuses[0]).toBe("bounced");
    expect(problemStatuses).not.toContain("delivered");
  });
  test("by message, one with one recipient stays one row", () => {
    expect(rowsOf(list, false, new Set())).toHaveLength(3);
    expect(rowsOf(list, true, new Set()).map((r) => r.kind)).toEqual(["message", "copy"]);
    expect(rowsOf(list, true, new Set(["m1"])).map((r) => r.kind)).toEqual(["message", "copy", "copy", "copy"]);
  });
  test("recipients are those that the server counted, problems first", () => {
    expect([...recipientsOf(list.slice(0, 2))]).toEqual([["bounced", 1], ["delivered", 2]]);
    expect([...recipientsOf(list.slice(1, 3))]).toEqual([["bounced", 1], ["deferred", 1]]);
  });
});

describe("links", () => {
  test("the surest way to find a journey again", () => {
    expect(finder(journey({ queue_ids: ["4X"], message_id: "<1@x>" }))).toBe("4X");
    expect(finder(journey({ message_id: "<1@x>" }))).toBe("<1@x>");
    expect(finder(journey({ sender: "a@x.example", recipient: "b@y.example" }))).toBe("a@x.example b@y.example");
    expect(finder(journey({ sender: "<>", recipient: "b@y.example" }))).toBe("b@y.example");
    expect(finder(journey({ client_ip: "192.0.2.1" }))).toBe("192.0.2.1");
  });
  test("a link holds a fixed time around the journey", () => {
    expect(around(journey({}))).toEqual({ since: "2026-11-23T05:25:00Z", until: "2026-11-23T05:35:02Z" });
    expect(journeyLink(journey({ queue_ids: ["4X"], recipient: "b@y.example" }), "sender")).toBe(
      "/journey/1?q=4X&since=2026-11-23T05%3A25%3A00Z&until=2026-11-23T05%3A35%3A02Z&to=b%40y.example&side=sender",
    );
  });
  test("a journey that went on is known by its recipient", () => {
    const list = [journey({ id: "9", recipient: "a@x.example" }), journey({ id: "8", recipient: "b@x.example" })];
    expect(pick(list, "8", undefined)?.id).toBe("8");
    expect(pick(list, "1", "a@x.example")?.id).toBe("9");
    expect(pick(list, "1", undefined)).toBeUndefined();
    expect(pick([...list, journey({ id: "7", recipient: "a@x.example" })], "1", "a@x.example")).toBeUndefined();
  });
  test("the customer is the one who was searched for", () => {
    const j = journey({ sender: "a@x.example", recipient: "b@y.example" });
    expect(sideOf(j, ["A@x.example"], false)).toBe("sender");
    expect(sideOf(j, ["y.example"], true)).toBe("recipient");
    expect(sideOf(j, ["a@x.example", "b@y.example"], true)).toBe("sender");
    expect(sideOf(j, [], false)).toBe("recipient");
  });
  test("lines are found by all ids, quoted", () => {
    expect(linesQuery(journey({ queue_ids: ["4X", 'a"b'], message_id: "<1@x>" }))).toBe('queue_id:("4X" OR "a\\"b") OR message_id:("<1@x>")');
    expect(linesQuery(journey({ steps: [{ time: "", kind: "refused", confidence: "exact", text: {}, event_id: "e@1" }] }))).toBe('event_id:("e@1")');
  });
});

describe("timeline", () => {
  const step = { kind: "queued", confidence: "exact", text: {} } as const;
  test("attempts are counted and gaps measured", () => {
    const entries = timeline([
      { ...step, time: "2026-11-23T05:30:00Z", host: "mx1" },
      { ...step, time: "2026-11-23T05:30:01.5Z", kind: "attempt", host: "mx1" },
      { ...step, time: "2026-11-23T05:40:00Z", kind: "attempt", host: "mx2" },
      { ...step, time: "2026-11-23T05:39:00Z" },
    ]);
    expect(entries.map((e) => e.attempt)).toEqual([undefined, 1, 2, undefined]);
    expect(entries.map((e) => e.after)).toEqual([undefined, 1.5, 598.5, undefined]);
    expect(entries.map((e) => e.newHost)).toEqual([true, false, true, false]);
  });
  test("lines of one try are one attempt", () => {
    const at = (time: string) => ({ ...step, kind: "attempt", time: `2026-11-23T${time}Z` });
    const lines = [at("05:30:00"), at("05:30:01"), at("05:30:01"), at("06:00:00"), at("06:00:02")];
    expect(timeline(lines, 2).map((e) => e.attempt)).toEqual([1, undefined, undefined, 2, undefined]);
    expect(timeline(lines, 1).map((e) => e.attempt)).toEqual([1, undefined, undefined, undefined, undefined]);
    expect(timeline(lines, 9).map((e) => e.attempt)).toEqual([1, 2, 3, 4, 5]);
  });
  test("what ties a line to its journey", () => {
    const j = journey({ queue_ids: ["4XyZ"], message_id: "<1@x.example>", sender: "<>", recipient: "a@x.example" });
    expect(marksOf(j, { ...step, time: "", reply: "250 ok fine" })).toEqual(["4XyZ", "1@x.example", "a@x.example", "250 ok fine"]);
  });
  test("how long it took", () => {
    expect(seconds(journey({}))).toBe(2);
    expect(seconds(journey({ last_time: "nonsense" }))).toBe(0);
  });
});

describe("files", () => {
  test("a cell is never a formula", () => {
    expect(cell("=cmd()")).toBe("'=cmd()");
    expect(cell('say "hi", you')).toBe('"say ""hi"", you"');
    expect(cell("-1\n")).toBe("\"'-1\n\"");
    expect(cell(undefined)).toBe("");
  });
  test("one row per step", () => {
    const csv = stepsCsv(journey({ recipient: "a@x.example", steps: [{ time: "t", kind: "attempt", confidence: "exact", text: { en: "handed over" }, line: "=evil" }] }), "es");
    expect(csv.startsWith("\ufeffjourney,sender,recipient,time,")).toBe(true);
    expect(csv.split("\r\n")).toHaveLength(3);
    expect(csv).toContain(",handed over,'=evil,");
  });
  test("a file's name is safe", () => {
    expect(fileName(journey({ recipient: '../"x"@y.example' }), "json")).toBe("rastro-2026-11-23-.._x_@y.example.json");
  });
});

test("examples come from what is there", () => {
  const list = [journey({ recipient: "a@x.example" }), journey({ sender: "b@y.example", recipient: "c@x.example", queue_ids: ["4X"], client_ip: "192.0.2.1" })];
  expect(examplesOf(list)).toEqual([
    { kind: "address", value: "a@x.example" },
    { kind: "pair", value: "b@y.example c@x.example" },
    { kind: "domain", value: "y.example" },
    { kind: "queue_id", value: "4X" },
    { kind: "ip", value: "192.0.2.1" },
  ]);
  expect(examplesOf([])).toEqual([]);
});
