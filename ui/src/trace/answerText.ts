import type { Journey } from "../api";
import { formatTime } from "../kit/time";
import { visible } from "../kit/visible";
import { inLanguage } from "../logs/words";
import type { Side } from "./journeyLink";
import { mask, scrub } from "./mask";

/** The words of the catalogue in the customer's language. */
export type Say = (key: string, values?: Record<string, string | number>) => string;

export interface AnswerOptions {
  /** Whose question it is: the customer's own address stays readable, all others are masked. */
  side: Side;
  language: "en" | "es";
  zone: string;
  say: Say;
}

/**
 * customerAnswer writes what a desk may send to its customer: which message,
 * what happened, why, and what to do next. Nothing in it comes from a log but
 * addresses, the subject and the folder; other people's addresses are masked,
 * and our servers, queue ids and IP addresses are left out.
 */
export function customerAnswer(j: Journey, options: AnswerOptions): string {
  const { say, language, zone } = options;
  const time = (at: string) => formatTime(at, zone, language, "full");
  const people = peopleIn(j, options);
  const subject = j.subject ? visible(j.subject, 120) : "";
  const intro = say(`answer.about.${options.side}${subject === "" ? "" : "_subject"}`, { ...people, subject, time: `${time(j.first_time)} (${zone})` });
  const happened = say(`answer.happened.${outcome(j)}`, { ...people, folder: visible(j.folder ?? "", 60), when: time(decidedAt(j)) });
  const lines = [`${intro} ${happened}`];
  if (j.status === "deferred" && j.next_retry) lines.push(say("answer.nextRetry", { when: time(j.next_retry) }));
  const because = inLanguage(j.because, language);
  if (because !== "" && tellsWhy(j)) lines.push(say("answer.because", { because }));
  lines.push(nextStep(j, options));
  return scrub(lines.join("\n\n"), {
    own: options.side === "sender" ? [j.sender, j.username] : [j.original_recipient ?? j.recipient],
    ids: [...(j.queue_ids ?? []), ...(j.session_ids ?? []), j.remote_id, j.message_id],
    hosts: j.hosts ?? [],
    server: say("answer.server"),
  });
}

function peopleIn(j: Journey, { side, say }: AnswerOptions): { sender: string; recipient: string } {
  // Where a mailbox forwards its mail, only its owner may know the other address.
  const written = j.original_recipient ?? j.recipient;
  const sender = j.sender === "<>" ? say("answer.noticeSender") : j.sender ? visible(j.sender, 200) : say("answer.unknownSender");
  const recipient = written ? visible(written, 200) : say("answer.unknownRecipient");
  const hide = (text: string) => (text.includes("@") ? mask(text) : text);
  return side === "sender" ? { sender, recipient: hide(recipient) } : { sender: hide(sender), recipient };
}

/** The key of the sentence that tells what happened. */
export function outcome(j: Journey): string {
  switch (j.status) {
    case "delivered":
      return j.by === "remote" ? "delivered_there" : j.folder ? "delivered_folder" : "delivered_here";
    case "discarded":
      return j.by === "rule" ? "discarded_rule" : j.by === "operator" ? "discarded_operator" : "discarded";
    case "bounced":
      return j.by === "remote" ? "bounced_there" : j.by === "rule" ? "bounced_rule" : "bounced";
    case "rejected":
      return (j.smtp_code ?? 500) < 500 ? "rejected_later" : "rejected";
    default:
      return j.status;
  }
}

/** A filter's or an operator's reasons are for the desk. */
const tellsWhy = (j: Journey): boolean => ["bounced", "expired", "deferred", "rejected"].includes(j.status) && j.by !== "operator" && j.by !== "rule";

function nextStep(j: Journey, { side, language, say }: AnswerOptions): string {
  const key = `answer.next.${side}`;
  switch (j.status) {
    case "delivered":
      return say(`${key}.delivered`);
    case "accepted":
    case "deferred":
    case "abandoned":
    case "held":
    case "quarantined":
    case "unknown":
      return say(`${key}.${j.status}`);
  }
  // What the reply dictionary tells the one who wrote to a refused address is written for that person.
  const advice = inLanguage(j.action, language);
  if (side === "sender" && j.by === "remote" && j.status === "bounced" && (j.acts === "customer" || j.acts === "recipient") && advice !== "") return advice;
  const acts = ["recipient", "recipient_admin", "sender", "customer", "us"].find((a) => a === j.acts) ?? "nobody";
  return say(`${key}.${acts}`);
}

/** When the status was decided: steps after that only clean up. */
export function decidedAt(j: Journey): string {
  const steps = j.steps ?? [];
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i];
    if (step && step.status === j.status) return step.time;
  }
  return j.last_time;
}
