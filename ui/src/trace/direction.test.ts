import { expect, test } from "vitest";

import type { Journey } from "../api";
import { directionOf, domainOf, type Direction } from "./direction";

// Facts of journeys that real servers logged; what is not named was not logged.
const cases: [string, Direction, Partial<Journey>][] = [
  ["from outside into a folder", "inbound", { program: "postfix", client_ip: "203.0.113.44", queue_ids: ["2F6B"], folder: "INBOX", relay_ip: "192.0.2.20", by: "us", status: "delivered" }],
  ["refused before the queue", "inbound", { program: "postfix", client_ip: "203.0.113.43", by: "us", status: "rejected" }],
  ["client went away", "inbound", { program: "elemta", client_ip: "192.0.2.200", by: "client", status: "abandoned" }],
  ["forwarded by a mailbox to another company", "inbound", { program: "postfix", client_ip: "203.0.113.43", queue_ids: ["1"], original_recipient: "ana@ours.example", recipient: "ana@uni.example", by: "remote", relay_ip: "198.51.100.41", status: "delivered" }],
  ["logged in, taken by another company", "outbound", { program: "postfix", username: "a@ours.example", client_ip: "203.0.113.121", by: "remote", relay_ip: "198.51.100.31", status: "delivered" }],
  ["logged in, refused for its sender", "outbound", { program: "postfix", username: "a@ours.example", client_ip: "203.0.113.130", sender: "b@ours.example", recipient: "c@rio.example", by: "us", status: "rejected" }],
  ["logged in, the domain does not exist", "outbound", { program: "exim", username: "a@ours.example", client_ip: "203.0.113.141", sender: "a@ours.example", recipient: "b@nowhere.example", by: "us", status: "bounced" }],
  ["no login, known by its network, to another company", "outbound", { program: "sendmail", client_ip: "203.0.113.120", by: "remote", relay_ip: "198.51.100.45", status: "bounced" }],
  ["a notice to another company", "outbound", { program: "postfix", sender: "<>", queue_ids: ["1"], by: "remote", relay_ip: "198.51.100.44", status: "delivered" }],
  ["OpenSMTPD names no clients; taken by another company", "outbound", { program: "opensmtpd", queue_ids: ["1"], by: "remote", relay_ip: "198.51.100.42", status: "delivered" }],
  ["logged in, into a folder of ours", "local", { program: "postfix", username: "a@ours.example", client_ip: "203.0.113.141", folder: "INBOX", by: "us", status: "delivered" }],
  ["a notice into a folder of ours", "local", { program: "postfix", sender: "<>", queue_ids: ["1"], folder: "INBOX", by: "us", status: "delivered" }],
  ["from a script on the machine to a mailbox", "local", { program: "postfix", queue_ids: ["1"], sender: "root@mx1.example", recipient: "ana@ours.example", folder: "INBOX", by: "us", status: "delivered" }],
  ["logged in, still waiting, one domain", "local", { program: "elemta", username: "a@ours.example", sender: "a@ours.example", recipient: "b@ours.example", status: "accepted" }],
  ["OpenSMTPD, one domain on both sides", "local", { program: "opensmtpd", queue_ids: ["1"], sender: "a@ours.example", recipient: "b@ours.example", by: "us", status: "delivered" }],
  ["OpenSMTPD names no clients; stored here", "unknown", { program: "opensmtpd", queue_ids: ["1"], sender: "a@far.example", recipient: "b@ours.example", by: "us", status: "delivered" }],
  ["only the mailbox's lines are there", "unknown", { program: "dovecot", recipient: "b@ours.example", by: "us", status: "unknown" }],
];

test.each(cases)("%s: %s", (_, want, facts) => {
  const base: Journey = { id: "1", message_key: "1", first_time: "", last_time: "", status: "unknown", confidence: "exact", verdict: {} };
  expect(directionOf({ ...base, ...facts })).toBe(want);
});

test("the domain of an address", () => {
  expect(domainOf("Ana@Host.Example")).toBe("host.example");
  expect(domainOf('"a@b"@host.example')).toBe("host.example");
  expect(domainOf("<>")).toBe("");
  expect(domainOf(undefined)).toBe("");
});
