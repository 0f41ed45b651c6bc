import { describe, expect, it } from "vitest";

import { asPrefix, asValue, indexAt, placeAt, spanAt, tokenize } from "./tokens";

/** The caret stands at the bar. */
const place = (text: string) => placeAt(text.replace("|", ""), text.indexOf("|"));
const kinds = (text: string) => tokenize(text).map((t) => `${t.kind} ${text.slice(t.from, t.to)}`);

describe("tokenize", () => {
  it("tells fields, values and operators apart", () => {
    expect(kinds('status:deferred AND (host:mx* OR -"over quota"~2)')).toEqual([
      "field status", "colon :", "word deferred", "operator AND", "open (", "field host", "colon :", "wildcard mx*", "operator OR", "operator -", 'quoted "over quota"', "modifier ~2", "close )",
    ]);
  });
  it("takes dates in ranges for values", () => {
    expect(kinds("@timestamp:[2026-11-23T10:00 TO now]")).toContain("operator TO");
    expect(kinds("@timestamp:[now-1h TO now]").filter((k) => k.startsWith("field"))).toEqual(["field @timestamp"]);
  });
  it("takes anything", () => {
    for (const text of ['"', "\\", "/", "a:/[", "((((", "a:\"b", "~", ":", "ñ:ü\\"]) {
      const tokens = tokenize(text);
      expect(tokens.every((t) => t.to > t.from && t.to <= text.length)).toBe(true);
    }
  });
});

describe("placeAt", () => {
  it("completes names at the beginning of a clause", () => {
    expect(place("|")).toEqual({ kind: "clause", from: 0, typed: "", afterClause: false });
    expect(place("sta|")).toEqual({ kind: "clause", from: 0, typed: "sta", afterClause: false });
    expect(place("status:bounced AND ho|")).toMatchObject({ kind: "clause", typed: "ho", afterClause: false });
    expect(place("-ho|")).toMatchObject({ kind: "clause", typed: "ho" });
    expect(place("status:bounced |")).toMatchObject({ kind: "clause", afterClause: true });
  });
  it("completes values of the field before the colon, and of the group", () => {
    expect(place("status:|")).toMatchObject({ kind: "value", field: "status", typed: "" });
    expect(place("status:de|")).toMatchObject({ kind: "value", field: "status", from: 7, typed: "de" });
    expect(place("status:(deferred OR |")).toMatchObject({ kind: "value", field: "status" });
    expect(place("status:(deferred OR b|")).toMatchObject({ kind: "value", field: "status", typed: "b" });
    expect(place('program:"postfix/s|" x')).toMatchObject({ kind: "value", field: "program", from: 8, to: 19, typed: "postfix/s" });
    expect(place('program:"postfix|')).toMatchObject({ kind: "value", field: "program", typed: "postfix" });
    expect(place("status:(deferred |")).toMatchObject({ kind: "clause", afterClause: true });
  });
  it("begins anew inside of in(…)", () => {
    expect(place("queue_id:in(|")).toMatchObject({ kind: "clause", typed: "", afterClause: false });
    expect(place("queue_id:in(reci|")).toMatchObject({ kind: "clause", typed: "reci" });
    expect(place("queue_id:in(status:de|")).toMatchObject({ kind: "value", field: "status", typed: "de" });
    expect(place("queue_id:(A1 OR in(reci|")).toMatchObject({ kind: "clause", typed: "reci" });
    expect(place("queue_id:in(status:deferred) |")).toMatchObject({ kind: "clause", afterClause: true });
    expect(place("status:(in (de|")).toMatchObject({ kind: "value", field: "status", typed: "de" });
  });
  it("completes ranges and names of fields that must exist", () => {
    expect(place("delay:[10 |")).toMatchObject({ kind: "range", field: "delay", afterValue: true });
    expect(place("@timestamp:[no|")).toMatchObject({ kind: "range", field: "@timestamp", typed: "no", afterValue: false });
    expect(place("_exists_:su|")).toMatchObject({ kind: "exists", typed: "su" });
    expect(place("a:[1 TO 2] |")).toMatchObject({ kind: "clause", afterClause: true });
  });
  it("offers nothing within patterns and behind phrases", () => {
    expect(place("host:/mx[0|")).toEqual({ kind: "none" });
    expect(place('"over quota"|')).toEqual({ kind: "none" });
  });
});

describe("places of mistakes", () => {
  it("counts bytes of UTF-8", () => {
    expect(indexAt('ñandú "abc', 8)).toBe(6);
    expect(indexAt("💥 (", 5)).toBe(3);
    expect(indexAt("abc", 99)).toBe(3);
  });
  it("underlines the token, or the last character", () => {
    expect(spanAt('ñandú "abc', 8)).toEqual({ from: 6, to: 10 });
    expect(spanAt("(a", 2)).toEqual({ from: 1, to: 2 });
    expect(spanAt("", 0)).toBeUndefined();
  });
});

describe("values", () => {
  it("stand in quotation marks where they must", () => {
    expect(asValue("ana@hostco.example")).toBe("ana@hostco.example");
    expect(asValue("postfix/smtpd")).toBe('"postfix/smtpd"');
    expect(asValue("2001:db8::1")).toBe('"2001:db8::1"');
    expect(asValue('a "b" \\')).toBe('"a \\"b\\" \\\\"');
    expect(asValue("AND")).toBe('"AND"');
    expect(asValue("-x")).toBe('"-x"');
  });
  it("become prefixes without meaning of their own", () => {
    expect(asPrefix("postfix/s")).toBe("postfix\\/s*");
    expect(asPrefix("a*b")).toBe("a\\*b*");
  });
});
