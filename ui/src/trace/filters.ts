import type { Journey, Status } from "../api";
import { statuses } from "../logs/StatusBadge";
import { directionOf, directions, type Direction } from "./direction";

/** What of the answer is shown. Empty lists and texts leave everything. */
export interface Filters {
  statuses: Status[];
  host: string;
  direction: Direction | "";
  text: string;
}

/** The statuses that a desk is called about. */
export const problemStatuses: readonly Status[] = statuses.filter((s) => s !== "delivered" && s !== "accepted");

export function readFilters(get: (name: string) => string | undefined): Filters {
  const wanted = (get("status") ?? "").split(",");
  const direction = get("dir") ?? "";
  return {
    statuses: statuses.filter((s) => wanted.includes(s)),
    host: get("host") ?? "",
    direction: directions.find((d) => d === direction) ?? "",
    text: get("text") ?? "",
  };
}

export const isFiltered = (f: Filters): boolean => f.statuses.length > 0 || f.host !== "" || f.direction !== "" || f.text.trim() !== "";

/** keep gives the journeys that pass all filters but those named in but: counts beside a filter must not depend on it. */
export function keep(journeys: Journey[], f: Filters, but?: "statuses" | "host" | "direction"): Journey[] {
  const words = f.text.toLowerCase().split(/\s+/).filter((w) => w !== "");
  return journeys.filter(
    (j) =>
      (but === "statuses" || f.statuses.length === 0 || f.statuses.includes(j.status)) &&
      (but === "host" || f.host === "" || (j.hosts ?? []).includes(f.host)) &&
      (but === "direction" || f.direction === "" || directionOf(j) === f.direction) &&
      words.every((w) => textOf(j).includes(w)),
  );
}

const texts = new WeakMap<Journey, string>();

/** All of a journey that a person may remember, in lower case. */
function textOf(j: Journey): string {
  let text = texts.get(j);
  if (text === undefined) {
    const parts = [j.sender, j.recipient, j.original_recipient, j.subject?.slice(0, 2000), j.message_id, j.client_ip, j.client_host, j.relay_host, j.relay_ip, j.remote_id, j.reply, j.verdict.en, j.verdict.es];
    text = [...parts, ...(j.queue_ids ?? [])].join("\n").toLowerCase();
    texts.set(j, text);
  }
  return text;
}

/** count counts the values of journeys; one journey may have several. */
export function count<T extends string>(journeys: Journey[], values: (j: Journey) => readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const j of journeys) for (const v of values(j)) counts.set(v, (counts.get(v) ?? 0) + 1);
  return counts;
}

/** One row of the list: a recipient's copy, or the head of a message with several. */
export type Row = { kind: "copy"; journey: Journey; nested: boolean } | { kind: "message"; key: string; copies: Journey[]; open: boolean };

/** rowsOf lays journeys out; by message, copies stand below their message's head while it is open. */
export function rowsOf(journeys: Journey[], byMessage: boolean, open: ReadonlySet<string>): Row[] {
  if (!byMessage) return journeys.map((journey) => ({ kind: "copy", journey, nested: false }));
  const messages = new Map<string, Journey[]>();
  for (const j of journeys) {
    const copies = messages.get(j.message_key);
    if (copies) copies.push(j);
    else messages.set(j.message_key, [j]);
  }
  return [...messages].flatMap(([key, copies]): Row[] => {
    const [first, ...more] = copies;
    if (first && more.length === 0 && recipientsOf(copies).size <= 1) return [{ kind: "copy", journey: first, nested: false }];
    const head: Row = { kind: "message", key, copies, open: open.has(key) };
    return head.open ? [head, ...copies.map((journey): Row => ({ kind: "copy", journey, nested: true }))] : [head];
  });
}

/** The recipients of a message by status, problems first: as the server counted them, else those that are here. */
export function recipientsOf(copies: Journey[]): Map<Status, number> {
  const counted = copies.find((j) => j.recipients)?.recipients;
  const counts = counted ? new Map(Object.entries(counted) as [Status, number][]) : count(copies, (j) => [j.status]);
  return new Map([...counts].sort(([a], [b]) => statuses.indexOf(a) - statuses.indexOf(b)));
}
