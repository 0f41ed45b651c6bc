import { describe, expect, it } from "vitest";

import { addPill, defaultColumns, nextSort, readSaved, readSort, readState, readWidths, savedPart, writeSort, writeState, type DiscoverState } from "./state";

const read = (text: string): DiscoverState => {
  const params = new URLSearchParams(text);
  return readState((name) => params.get(name) ?? undefined);
};

describe("the address", () => {
  it("gives back what was written into it", () => {
    const state: DiscoverState = {
      query: 'status:deferred "ñ"', pills: [{ field: "host", value: "mx1", not: true, off: undefined }], range: { since: "now-7d", until: "now/d" }, columns: ["@timestamp", "a.b"],
      widths: { "a.b": 120 }, sort: [{ field: "delay", desc: true }, { field: "host", desc: false }], by: "status", density: "wrapped", refresh: 10, chart: false, live: true, event: "x@1", saved: { id: "s1", version: 3 },
    };
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(writeState(state))) if (value) params.set(name, value);
    expect(read(params.toString())).toEqual(state);
  });
  it("leaves out what is usual, and takes anything", () => {
    const usual = read("");
    expect(usual.columns).toEqual(defaultColumns);
    expect(Object.entries(writeState(usual)).filter(([, v]) => v).map(([n]) => n)).toEqual(["since"]);
    const odd = read("pills=%7B&columns=,,&sort=,-&refresh=-5&density=huge&widths=a:b,c:1e9,:5");
    expect(odd).toMatchObject({ pills: [], columns: defaultColumns, sort: [{ field: "@timestamp", desc: true }], refresh: 0, density: "normal", widths: {} });
  });
  it("keeps an open beginning apart from the default", () => {
    expect(read("").range).toEqual({ since: "now-24h" });
    expect(read("since=*").range).toEqual({ since: undefined, until: undefined });
  });
  it("saves the search and not the viewer's moment", () => {
    expect(savedPart(new URLSearchParams("saved=1&q=a&zone=UTC&event=e&live=on&by=host"))).toBe("by=host&q=a");
  });
});

describe("the saved search", () => {
  it("is remembered in the version that was opened", () => {
    expect(readSaved("a-b:12")).toEqual({ id: "a-b", version: 12 });
    expect(readSaved("a:b")).toEqual({ id: "a:b", version: undefined });
    expect(readSaved("")).toBeUndefined();
  });
});

describe("the order", () => {
  it("is read and written", () => {
    expect(writeSort(readSort("-delay, host"))).toBe("-delay,host");
    expect(readWidths("a.b:80")).toEqual({ "a.b": 80 });
  });
  it("turns round on a second click, and takes further keys with Shift", () => {
    const one = nextSort(readSort(undefined), "delay", false);
    expect(writeSort(one)).toBe("delay");
    expect(writeSort(nextSort(one, "delay", false))).toBe("-delay");
    const two = nextSort(one, "host", true);
    expect(writeSort(two)).toBe("delay,host");
    expect(writeSort(nextSort(two, "host", true))).toBe("delay,-host");
    expect(writeSort(nextSort(nextSort(two, "host", true), "host", true))).toBe("delay");
  });
});

describe("addPill", () => {
  it("replaces its contrary", () => {
    expect(addPill([{ field: "a", value: "1" }], { field: "a", value: "1", not: true })).toEqual([{ field: "a", value: "1", not: true }]);
  });
});
