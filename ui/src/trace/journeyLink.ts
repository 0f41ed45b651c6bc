import type { Journey } from "../api";
import { quote } from "../logs/lucene";

/** Whose question it was: it decides whose address a customer's answer may show. */
export type Side = "sender" | "recipient";

/** finder is the text that finds a journey again, whatever it was found with first. */
export function finder(j: Journey): string {
  const queue = j.queue_ids?.[0];
  if (queue) return queue;
  if (j.message_id) return j.message_id;
  const people = [j.sender, j.recipient].filter((a): a is string => a !== undefined && a.includes("@"));
  return people.length > 0 ? people.join(" ") : (j.client_ip ?? j.session_ids?.[0] ?? "");
}

/** A stretch of time around a journey: a clock may be set right, and short ids come again on other days. */
export function around(j: Journey): { since: string; until: string } {
  const margin = 5 * 60_000;
  const at = (time: string, by: number) => {
    const ms = Date.parse(time);
    return Number.isNaN(ms) ? time : new Date(ms + by).toISOString().replace(".000Z", "Z");
  };
  return { since: at(j.first_time, -margin), until: at(j.last_time, margin) };
}

/** journeyLink is the address of a journey's page. It holds for another day and another person. */
export function journeyLink(j: Journey, side?: Side): string {
  const { since, until } = around(j);
  const params = new URLSearchParams({ q: finder(j), since, until });
  const to = j.recipient ?? j.original_recipient;
  if (to) params.set("to", to);
  if (side) params.set("side", side);
  return `/journey/${encodeURIComponent(j.id)}?${params.toString()}`;
}

/** pick finds the journey of a link in an answer. Its id changes when the message goes on, for example by a forward: then the recipient tells. */
export function pick(journeys: Journey[], id: string, to: string | undefined): Journey | undefined {
  const same = journeys.find((j) => j.id === id);
  if (same || !to) return same;
  const others = journeys.filter((j) => j.recipient === to || j.original_recipient === to);
  return others.length === 1 ? others[0] : undefined;
}

/** sideOf tells who the customer is: the one who was searched for, else the one of ours. */
export function sideOf(j: Journey, searched: readonly string[], outbound: boolean): Side {
  const has = (address: string | undefined) => address !== undefined && searched.some((s) => matches(address.toLowerCase(), s.toLowerCase()));
  const sender = has(j.sender) || has(j.username);
  const recipient = has(j.recipient) || has(j.original_recipient);
  if (sender !== recipient) return sender ? "sender" : "recipient";
  return outbound ? "sender" : "recipient";
}

const matches = (address: string, searched: string): boolean => address === searched || address.endsWith(`@${searched}`);

/** linesQuery finds a journey's lines in Discover: by the ids it has, else by the lines themselves. */
export function linesQuery(j: Journey): string {
  const any = (field: string, values: (string | undefined)[]) => {
    const known = values.filter((v): v is string => v !== undefined && v !== "").slice(0, 30);
    return known.length === 0 ? [] : [`${field}:(${known.map(quote).join(" OR ")})`];
  };
  const byId = [...any("queue_id", j.queue_ids ?? []), ...any("session_id", j.session_ids ?? []), ...any("message_id", [j.message_id])];
  if (byId.length > 0) return byId.join(" OR ");
  return any("event_id", (j.steps ?? []).map((s) => s.event_id))[0] ?? "";
}
