// @ts-check
// Lines that an attacker would write, of Elemta and of Postfix, each with the
// parts that a careless page would run, open, or be broken by.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const hostile = {
  since: "2026-11-20T00:00:00Z",
  until: "2026-11-21T00:00:00Z",
  img: "<img src=x onerror=alert(1)>",
  script: `"><script>alert(2)</script>`,
  formula: "=cmd|'/c calc'!A0",
  override: "invoice\u202Egnp.exe",
  long: "A".repeat(1 << 20),
  domain: "evil.example",
};

/** Subjects of messages from n@evil.example, n from 1. */
export const subjects = [
  hostile.img, hostile.script, hostile.formula, hostile.override, hostile.long,
  "javascript:alert(3)", "{{constructor.constructor('alert(4)')()}} $t(kit:copy)", "__proto__", "\u200b\u0000\u0007 bell", "+1+1", "-1", "@SUM(A1)", "\tTab first",
];

/** @param {string} corpora @param {string} folder @returns {string} the file */
export function writeHostile(corpora, folder) {
  const elemta = ownLines(readFileSync(join(corpora, "elemta", "dev.log"), "utf8").split("\n"), "554a829f-520d-4675-ac23-c54fd09933ea", "1795393767547947272-547947332");
  const parts = [];
  subjects.forEach((subject, i) => parts.push(Buffer.from(message(elemta, i + 1, subject))));
  parts.push(Buffer.from(postfix()));
  // Broken UTF-8 in the middle of a line, and bytes that are no line at all.
  parts.push(Buffer.concat([Buffer.from("2026-11-20T09:00:00+00:00 evil1 postfix/smtpd[9]: warning: \xc3\x28 ", "latin1"), Buffer.from([0xff, 0xfe, 0xc0, 0xaf]), Buffer.from(" broken from evil.example[192.0.2.66]\n")]));
  parts.push(Buffer.from([0x00, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0xf0, 0x28, 0x8c, 0x28, 0x0a]));
  const file = join(folder, "hostile.log");
  writeFileSync(file, Buffer.concat(parts));
  return file;
}

/** The lines of one message. @param {string[]} lines @param {string} session @param {string} id */
const ownLines = (lines, session, id) => lines.filter((l) => l.includes(session) || l.includes(id));

/** One message of Elemta with another sender, time and subject. @param {string[]} lines @param {number} n @param {string} subject */
function message(lines, n, subject) {
  const two = String(n).padStart(2, "0");
  return lines
    .map((l) =>
      l
        .replaceAll("554a829f-520d-4675-ac23-c54fd09933ea", `554a829f-520d-4675-ac23-c54fd09900${two}`)
        .replaceAll("1795393767547947272-547947332", `17951300000000000${two}-5479473${two}`)
        .replaceAll("eace5e1cbf784a3982b2@partner.example", `evil-${n}@evil.example`)
        .replaceAll("joe@partner.example", `n${n}@evil.example`)
        .replaceAll("carla@hostco.example", "victim@hostco.example")
        .replaceAll("2026-11-22T19:29:", `2026-11-20T03:${two}:`)
        .replaceAll(`"subject":"Cotizacion enero"`, () => `"subject":${JSON.stringify(subject)}`),
    )
    .map((l) => `${l}\n`)
    .join("");
}

/** Postfix with hostile addresses, host names and answers. */
function postfix() {
  const sender = `"${hostile.img}"@evil.example`;
  const at = (/** @type {number} */ s) => `2026-11-20T08:30:${String(s).padStart(2, "0")}.000000+00:00 evil1`;
  return [
    `${at(1)} postfix/smtpd[77]: EE11EE11EE: client=<svg/onload=alert(5)>[192.0.2.66]`,
    `${at(2)} postfix/cleanup[78]: EE11EE11EE: message-id=<"${hostile.script}"@evil.example>`,
    `${at(3)} postfix/qmgr[79]: EE11EE11EE: from=<${sender}>, size=1234, nrcpt=1 (queue active)`,
    `${at(4)} postfix/smtp[80]: EE11EE11EE: to=<=cmd()@hostco.example>, relay=<b>mx</b>.evil.example[192.0.2.66]:25, delay=1, delays=0.1/0.1/0.4/0.4, dsn=5.1.1, status=bounced (host mx.evil.example[192.0.2.66] said: 550 5.1.1 <script>alert(6)</script> =1+1 \u202Eresu on (in reply to RCPT TO command))`,
    `${at(5)} postfix/qmgr[79]: EE11EE11EE: removed`,
    `${at(6)} <b>prog</b>[1]: <a href="javascript:alert(7)">unparsed</a> ${"🙂".repeat(200)}`,
    `${at(7)} postfix/smtpd[77]: NOQUEUE: reject: RCPT from ${"x".repeat(3000)}.evil.example[192.0.2.66]: 554 5.7.1 <victim@hostco.example>: Relay access denied; from=<n99@evil.example> to=<victim@hostco.example> proto=ESMTP helo=<${"y".repeat(3000)}>`,
  ]
    .map((l) => `${l}\n`)
    .join("");
}
