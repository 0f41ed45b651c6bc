import { expect, it } from "vitest";

import { addPill, narrowQuery } from "./state";

it("adds a clicked value once, and switches on what is off or turned round", () => {
  const pill = { field: "host", value: "mx1" };
  expect(addPill([], pill)).toEqual([pill]);
  expect(addPill([pill], pill)).toEqual([pill]);
  expect(addPill([{ ...pill, off: true, not: true }], pill)).toEqual([pill]);
});

it("narrows a query by a series once", () => {
  expect(narrowQuery("", "status:delivered")).toBe("status:delivered");
  const both = narrowQuery("a OR b", "status:delivered");
  expect(both).toBe("+(a OR b) +(status:delivered)");
  expect(narrowQuery(both, "status:delivered")).toBe(both);
});
