import type { Journey } from "../api";

/** cell makes a value safe in CSV: quoted where it must be, and never a formula for the program that opens it. */
export function cell(value: string | number | boolean | undefined): string {
  const text = value === undefined ? "" : String(value);
  const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replace(/"/g, '""')}"` : guarded;
}

const columns = ["time", "kind", "host", "program", "queue_id", "session_id", "status", "smtp_code", "dsn", "reply", "relay_host", "relay_ip", "relay_port", "tls", "folder", "seconds", "problem", "confidence", "link"] as const;

/** stepsCsv is a journey's steps as RFC 4180 has it, with a mark that tells spreadsheets that it is UTF-8. */
export function stepsCsv(j: Journey, language: "en" | "es"): string {
  const rows = (j.steps ?? []).map((s) => [j.id, j.sender, j.recipient, ...columns.map((c) => s[c]), s.text[language] ?? s.text.en, s.line, s.event_id]);
  const head = ["journey", "sender", "recipient", ...columns, "text", "line", "event_id"];
  return `\ufeff${[head, ...rows].map((r) => r.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** A name for a journey's file that every file system takes. */
export function fileName(j: Journey, ending: string): string {
  const name = [j.first_time.slice(0, 10), j.recipient ?? j.sender ?? j.id].join("-").replace(/[^\w.@-]+/g, "_");
  return `rastro-${name.slice(0, 80)}.${ending}`;
}
