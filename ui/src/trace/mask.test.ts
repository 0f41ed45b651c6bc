import { expect, test } from "vitest";

import { mask, scrub } from "./mask";

test("an address keeps its first letter and its domain", () => {
  expect(mask("ana@sender.example")).toBe("a***@sender.example");
  expect(mask("Ñandú@sender.example")).toBe("Ñ***@sender.example");
  expect(mask('"con espacio"@sender.example')).toBe("c***@sender.example");
  expect(mask("@sender.example")).toBe("***@sender.example");
  expect(mask("a***@sender.example")).toBe("a***@sender.example");
  expect(mask("nobody")).toBe("***");
});

const secrets = { own: ["ana@hostco.example"], ids: ["4XyZ12", undefined, "ok"], hosts: ["mx1", "mx1.hostco.example"], server: "our server" };

test.each([
  ["to ana@hostco.example and luis@far.example", "to ana@hostco.example and l***@far.example"],
  ["ANA@HOSTCO.EXAMPLE wrote", "ANA@HOSTCO.EXAMPLE wrote"],
  ["<luis@far.example>: full", "<l***@far.example>: full"],
  ["luis@far.example.", "l***@far.example."],
  ['"luis perez"@far.example', "l***@far.example"],
  ["mx1 took it as 4XyZ12", "our server took it as …"],
  ["in the queue of mx1.hostco.example, ready", "in the queue of our server, ready"],
  ["mx1.far.example [198.51.100.9] refused it", "mx1.far.example refused it"],
  ["from 2001:db8::1 at 10:30:05", "from at 10:30:05"],
  ["26 Nov 2026, 17:30:44 (Europe/Madrid)", "26 Nov 2026, 17:30:44 (Europe/Madrid)"],
  ["all ok with mx12", "all ok with mx12"],
])("%s", (text, want) => {
  expect(scrub(text, secrets)).toBe(want);
});

test("a hostile text of a megabyte is scrubbed as well", () => {
  const long = `${"a".repeat(500_000)}@${"b.".repeat(250_000)}example`;
  expect(scrub(long, secrets)).toBe(`a***@${"b.".repeat(250_000)}example`);
  expect(scrub('"'.repeat(2000), secrets)).toBe('"'.repeat(2000));
});
