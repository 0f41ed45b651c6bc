import type { Journey } from "../api";
import { domainOf } from "./direction";

export type ExampleKind = "address" | "pair" | "domain" | "message_id" | "queue_id" | "receipt" | "ip";
export interface Example {
  kind: ExampleKind;
  value: string;
}

/** examplesOf shows with the newest journeys what can be typed: what is offered is also found. */
export function examplesOf(journeys: Journey[]): Example[] {
  const found = new Map<ExampleKind, string>();
  const offer = (kind: ExampleKind, value: string | undefined) => {
    if (value && value.length <= 80 && !found.has(kind) && ![...found.values()].includes(value)) found.set(kind, value);
  };
  for (const j of journeys.slice(0, 100)) {
    const isMail = (a: string | undefined): a is string => a !== undefined && /^[\w.+-]+@[\w.-]+$/.test(a);
    if (isMail(j.recipient) && !found.has("address")) {
      offer("address", j.recipient);
      continue; // each example from another message shows more
    }
    if (isMail(j.sender) && isMail(j.recipient)) offer("pair", `${j.sender} ${j.recipient}`);
    if (isMail(j.sender)) offer("domain", domainOf(j.sender));
    offer("message_id", j.message_id);
    offer("queue_id", j.queue_ids?.[0]);
    if (j.by === "remote") offer("receipt", j.remote_id);
    offer("ip", j.client_ip);
  }
  const order: ExampleKind[] = ["address", "pair", "domain", "message_id", "queue_id", "receipt", "ip"];
  return order.flatMap((kind) => {
    const value = found.get(kind);
    return value ? [{ kind, value }] : [];
  });
}
