import type { FieldInfo } from "../../api";

const narrow: Record<string, number> = { "@timestamp": 224, received_at: 224, next_retry: 224, host: 168, program: 160, level: 80, queue_id: 170, message_id: 260, sender: 230, recipient: 230, original_recipient: 230, event_type: 170, status: 110, reply: 420, subject: 320 };
const byKind: Record<string, number> = { ip: 150, integer: 100, number: 100, boolean: 90, time: 224 };

/** Columns that take the room that is left. */
const wide = new Set(["message", "log_message"]);
const wideLeast = 360;
export const expanderWidth = 34;

export interface Track {
  field: string;
  /** Width in pixels; the least one of a column that takes what is left. */
  width: number;
  grows: boolean;
}

/** tracks gives each column its width: the chosen one, the usual one, or what is left. */
export function tracks(columns: readonly string[], widths: Readonly<Record<string, number>>, byName: ReadonlyMap<string, FieldInfo>): Track[] {
  const found = columns.map((field): Track => {
    const chosen = widths[field];
    if (chosen !== undefined) return { field, width: chosen, grows: false };
    if (wide.has(field)) return { field, width: wideLeast, grows: true };
    return { field, width: narrow[field] ?? byKind[byName.get(field)?.kind ?? ""] ?? 160, grows: false };
  });
  // Some column must fill the row.
  const last = found.at(-1);
  if (last && !found.some((c) => c.grows) && widths[last.field] === undefined) last.grows = true;
  return found;
}

export const template = (all: readonly Track[]): string => [`${expanderWidth}px`, ...all.map((c) => (c.grows ? `minmax(${c.width}px, 1fr)` : `${c.width}px`))].join(" ");

export const leastWidth = (all: readonly Track[]): number => expanderWidth + all.reduce((sum, c) => sum + c.width, 0);

/** move puts a column one place to the left (-1) or right (1). */
export function move(columns: readonly string[], field: string, by: -1 | 1): string[] {
  const next = [...columns];
  const from = next.indexOf(field);
  const to = from + by;
  if (from < 0 || to < 0 || to >= next.length) return next;
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}
