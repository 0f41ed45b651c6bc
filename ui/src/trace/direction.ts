import type { Journey } from "../api";

/** Which way a message went, seen from our servers. */
export type Direction = "inbound" | "outbound" | "local" | "unknown";
export const directions: readonly Direction[] = ["inbound", "outbound", "local", "unknown"];

/**
 * directionOf works out the direction from the journey alone:
 *
 * - It comes from us when the client logged in, when the client is the machine
 *   itself, or when a program that names its clients names none (a notice, a
 *   script). It comes from outside when a client that did not log in handed it
 *   in. Programs that name no clients leave it open.
 * - It goes to us when it was stored in a folder, when a server of ours took it
 *   for good, or when a program on the machine itself answered. It goes outside
 *   when the other company's server decided.
 *
 * From us to us is local, from us to anywhere else outbound. From outside to
 * anywhere is inbound, a forwarded one too; but a message that nobody
 * readdressed and that another company's server was to take is outbound: we
 * only relay for our own, known by their network. Addresses of one domain on
 * both sides decide what the log leaves open.
 */
export function directionOf(j: Journey): Direction {
  const from = origin(j);
  const to = goal(j);
  const oneDomain = domainOf(j.sender) !== "" && domainOf(j.sender) === domainOf(j.original_recipient ?? j.recipient);
  if (from === "us") return to === "us" || (to === "open" && oneDomain) ? "local" : "outbound";
  if (to === "outside") return j.original_recipient ? "inbound" : "outbound";
  if (from === "outside") return "inbound";
  return oneDomain ? "local" : "unknown";
}

type Side = "us" | "outside" | "open";

/** Programs that name the client of each message which did not begin on the machine itself. */
const namesClients = new Set(["postfix", "exim", "sendmail"]);

function origin(j: Journey): Side {
  if (j.username || isOwnMachine(j.client_ip)) return "us";
  if (j.client_ip) return "outside";
  const queued = (j.queue_ids ?? []).length > 0;
  if (queued && (j.sender === "<>" || namesClients.has(j.program ?? ""))) return "us";
  return "open";
}

function goal(j: Journey): Side {
  if (j.folder || isOwnMachine(j.relay_ip)) return "us";
  if (j.by === "remote") return "outside";
  if (j.by === "us" && j.status === "delivered") return "us";
  return "open";
}

const isOwnMachine = (ip: string | undefined): boolean => ip !== undefined && (ip.startsWith("127.") || ip === "::1" || ip.startsWith("::ffff:127."));

/** The part of an address behind the @, in lower case; "" where there is none. */
export function domainOf(address: string | undefined): string {
  const at = address?.lastIndexOf("@") ?? -1;
  return at < 0 || address === undefined ? "" : address.slice(at + 1).toLowerCase();
}
