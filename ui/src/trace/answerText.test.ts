import i18next from "i18next";
import { beforeAll, describe, expect, test } from "vitest";

import type { Journey, Status } from "../api";
import en from "../i18n/en/trace.json";
import es from "../i18n/es/trace.json";
import { statuses } from "../logs/StatusBadge";
import { customerAnswer, decidedAt, outcome } from "./answerText";
import type { Side } from "./journeyLink";

const i18n = i18next.createInstance();
beforeAll(() => i18n.init({ lng: "en", resources: { en: { trace: en }, es: { trace: es } }, interpolation: { escapeValue: false } }));

const bounced: Journey = {
  id: "1", message_key: "1", program: "postfix", hosts: ["mx1"], sender: "ana@hostco.example", recipient: "luis@cliente.example", message_id: "<1@hostco.example>",
  queue_ids: ["4XyZ12"], client_ip: "192.0.2.7", subject: "Factura 7", first_time: "2026-11-23T05:30:00Z", last_time: "2026-11-23T05:31:00Z",
  status: "bounced", reason: "mailbox_full", because: { en: "the recipient's mailbox is full", es: "el buzón del destinatario está lleno" }, by: "remote", acts: "recipient",
  smtp_code: 552, reply: "552 5.2.2 mailbox full", relay_host: "mx.cliente.example", relay_ip: "198.51.100.9", confidence: "exact", verdict: { en: "…", es: "…" },
  action: { en: "Tell the recipient by another way to make room.", es: "Avísele al destinatario por otro medio que libere espacio." },
  steps: [
    { time: "2026-11-23T05:30:20Z", kind: "attempt", status: "bounced", confidence: "exact", text: {} },
    { time: "2026-11-23T05:31:00Z", kind: "removed", confidence: "exact", text: {} },
  ],
};

const write = (j: Journey, side: Side, language: "en" | "es", zone = "America/Bogota") => customerAnswer(j, { side, language, zone, say: i18n.getFixedT(language, "trace") });

test("to the sender, in English", () => {
  expect(write(bounced, "sender", "en")).toBe(
    [
      "We have looked into your message “Factura 7” to l***@cliente.example of 23 Nov 2026, 00:30:00 (America/Bogota). The recipient's mail server refused it on 23 Nov 2026, 00:30:20, so it was returned.",
      "The reason: the recipient's mailbox is full.",
      "Tell the recipient by another way to make room.",
    ].join("\n\n"),
  );
});

test("to the recipient, in Spanish, with the sender masked", () => {
  expect(write(bounced, "recipient", "es", "Europe/Madrid")).toBe(
    [
      "Revisamos el mensaje «Factura 7» de a***@hostco.example para luis@cliente.example del 23 nov 2026, 06:30:00 (Europe/Madrid). El servidor de correo del destinatario lo rechazó el 23 nov 2026, 06:30:20, por lo que se devolvió.",
      "El motivo: el buzón del destinatario está lleno.",
      "Corríjalo en su buzón, por favor, y pida al remitente que envíe el mensaje de nuevo.",
    ].join("\n\n"),
  );
});

test("a forward does not give away where it leads", () => {
  const forwarded: Journey = { ...bounced, status: "delivered", original_recipient: "luis@ours.example", recipient: "secret@private.example" };
  expect(write(forwarded, "recipient", "en")).toContain("luis@ours.example");
  expect(write(forwarded, "recipient", "en")).not.toContain("private.example");
  expect(write(forwarded, "sender", "en")).toContain("l***@ours.example");
});

describe("whatever a log holds", () => {
  const subjects = [undefined, "mx1 4XyZ12 192.0.2.7 luis@cliente.example otra@persona.example", "\u202eevil\u0000", "x".repeat(10_000)];
  const all: [Status, string | undefined, string | undefined][] = statuses.flatMap((s): [Status, string | undefined, string | undefined][] =>
    [undefined, "us", "remote", "filter", "rule", "operator", "client"].flatMap((by): [Status, string | undefined, string | undefined][] =>
      [undefined, "nobody", "us", "customer", "sender", "recipient", "recipient_admin", "something new"].map((acts): [Status, string | undefined, string | undefined] => [s, by, acts]),
    ),
  );
  test.each(["en", "es"] as const)("the answer has all its words and keeps its secrets (%s)", (language) => {
    for (const [status, by, acts] of all) {
      for (const side of ["sender", "recipient"] as const) {
        for (const subject of acts === undefined && by === undefined ? subjects : [subjects[1]]) {
          const j = { ...bounced, status, by, acts, subject, folder: "INBOX" } as Journey;
          const text = write(j, side, language);
          const other = side === "sender" ? "luis@cliente.example" : "ana@hostco.example";
          const bad = ["answer.", "{{", "undefined", "mx1", "4XyZ12", "192.0.2.7", "198.51.100.9", "otra@persona.example", "\u202e", other].filter((b) => text.includes(b));
          expect({ bad, long: text.length > 1500 }, `${status} ${by} ${acts} ${side}`).toEqual({ bad: [], long: false });
        }
      }
    }
  }, 60_000);
  test("a journey that knows almost nothing", () => {
    const bare: Journey = { id: "1", message_key: "1", first_time: "2026-11-23T05:30:00Z", last_time: "2026-11-23T05:30:00Z", status: "rejected", confidence: "exact", verdict: {} };
    expect(write(bare, "sender", "en")).toContain("a recipient who was not named");
    expect(write({ ...bare, sender: "<>" }, "recipient", "es")).toContain("aviso automático");
  });
});

test("temporary refusals are told apart, and cleaning up is no decision", () => {
  expect(outcome({ ...bounced, status: "rejected", smtp_code: 451 })).toBe("rejected_later");
  expect(outcome({ ...bounced, status: "rejected", smtp_code: 550 })).toBe("rejected");
  expect(decidedAt(bounced)).toBe("2026-11-23T05:30:20Z");
  expect(decidedAt({ ...bounced, steps: [] })).toBe(bounced.last_time);
});
