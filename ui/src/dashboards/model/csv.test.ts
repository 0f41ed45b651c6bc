import { expect, it } from "vitest";

import { toCsv } from "./csv";

it("writes CSV that no spreadsheet takes for formulas", () => {
  expect(toCsv({ head: ["sender", "n"], rows: [["=cmd()", 3], [" +1", -2], ['a "b", c', undefined], ["-x", NaN]] })).toBe("sender,n\r\n'=cmd(),3\r\n' +1,-2\r\n\"a \"\"b\"\", c\",\r\n'-x,\r\n");
});
