import { expect, test } from "vitest";

import type { Source } from "../api";
import { beginsDescending, formatRate, formatShare, isSortKey, share, sortSources } from "./figures";
import { linesOf, programLines, unparsedOf } from "./links";

const source = (name: string, more: Partial<Source> = {}): Source => ({ id: name, kind: "file", name, state: "ok", lines: 0, rate: 0, recent: 0, unparsed: 0, ...more });

test("a share is never shown as nothing when there is something", () => {
  expect(formatShare(0, "en")).toBe("0 %");
  expect(formatShare(0.000001, "en")).toBe("< 0.1 %");
  expect(formatShare(0.034, "es")).toBe("3,4 %");
  expect(formatShare(1, "en")).toBe("100 %");
  expect(share(source("a"))).toBeUndefined();
  expect(share(source("a", { recent: 8, unparsed: 2 }))).toBe(0.25);
});

test("a rate has the digits that say something", () => {
  expect(formatRate(0.0333, "en")).toBe("0.03");
  expect(formatRate(4.26, "es")).toBe("4,3");
  expect(formatRate(2046.4, "en")).toBe("2,046");
});

test("the list is sorted by words and by figures, and by state as the server has it", () => {
  const list = [source("c", { rate: 1, last_event: "2026-11-26T10:00:00Z" }), source("a", { rate: 3, recent: 4, unparsed: 1 }), source("b", { rate: 2, hosts: ["mx1"] })];
  const names = (sorted: Source[]) => sorted.map((s) => s.name).join("");
  expect(names(sortSources(list, "state", false))).toBe("cab");
  expect(names(sortSources(list, "state", true))).toBe("bac");
  expect(names(sortSources(list, "name", false))).toBe("abc");
  expect(names(sortSources(list, "rate", true))).toBe("abc");
  expect(names(sortSources(list, "last", true))).toBe("cab");
  expect(names(sortSources(list, "unparsed", true))).toBe("acb");
  expect(names(list)).toBe("cab");
  expect(beginsDescending("rate") && !beginsDescending("host")).toBe(true);
  expect(isSortKey("lag") && !isSortKey("__proto__")).toBe(true);
});

test("the ways into Discover mean exactly these lines", () => {
  const params = (link: string) => Object.fromEntries(new URL(link, "http://x").searchParams);
  expect(params(linesOf(source("/var/log/mail.log", { recent: 1 })))).toEqual({ pills: '[{"field":"source","value":"/var/log/mail.log"}]', since: "now-24h" });
  expect(params(linesOf(source("/var/log/mail.log"))).since).toBe("*");
  expect(params(unparsedOf(source("m", { kind: "beats", hosts: ["mx1", "mx2"] })))).toEqual({
    q: "event_type:unparsed", pills: '[{"field":"source","value":"m"},{"field":"host","value":"mx1"}]', since: "now-24h",
  });
  expect(params(programLines({ program: 'a"b', count: 1, examples: [] })).pills).toBe('[{"field":"program","value":"a\\"b"}]');
  expect(params(programLines({ program: "", count: 1, examples: [] })).q).toBe("event_type:unparsed AND NOT _exists_:program");
});
