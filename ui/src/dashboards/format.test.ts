import { expect, it } from "vitest";

import { formats } from "./format";

const en = formats("en");
const es = formats("es");

it("writes figures with their unit, in each language", () => {
  expect([en.figure(1234567), en.figure(0.1234), en.figure(null), en.figure(NaN)]).toEqual(["1,234,567", "0.12", "–", "–"]);
  expect(en.figure(1500, { kind: "avg", field: "size", unit: "bytes" })).toBe("1.5 kB");
  expect(es.figure(2.5, { kind: "avg", field: "delay", unit: "seconds" })).toBe("2,5 s");
  expect(es.figure(12.5, { kind: "avg", field: "x", unit: "percent" })).toBe("12,5\u00a0%");
});

it("keeps small shares and great ones apart from nothing and all", () => {
  expect([en.share(0), en.share(0.004), en.share(0.885), en.share(0.99994), en.share(1)]).toEqual(["0%", "0.4%", "88.5%", "99.99%", "100%"]);
});

it("gives differences their sign, and none to nothing", () => {
  expect([en.change(3), en.change(-3), en.change(0)]).toEqual(["+3", "−3", "0"]);
  expect([en.points(0.0441), en.points(-0.0441), en.points(-0.0002)]).toEqual(["+4.4", "−4.4", "0"]);
});
