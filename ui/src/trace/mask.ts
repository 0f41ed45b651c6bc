import { domainOf } from "./direction";

/** mask hides whose address it is but leaves the domain: ana@sender.example becomes a***@sender.example. */
export function mask(address: string): string {
  const domain = domainOf(address);
  if (domain === "") return "***";
  const local = address.slice(0, address.lastIndexOf("@"));
  const first = /[\p{L}\p{N}]/u.exec(local)?.[0] ?? "";
  return `${first}***@${domain}`;
}

/** What a text for a customer must not hold. */
export interface Secrets {
  /** Addresses that the customer may see; all others are masked. */
  own: (string | undefined)[];
  /** Queue ids, sessions and receipts. */
  ids: (string | undefined)[];
  /** Names of our servers. */
  hosts: (string | undefined)[];
  /** What stands in the place of those. */
  server: string;
}

const address = /(?:"[^"\s@]*(?:\s[^"@]*)?"|[^\s<>()[\]{},;:"“”«»@]+)@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?/gu;
const ip4 = /\[?\b(?:\d{1,3}\.){3}\d{1,3}\b\]?(?::\d{1,5}\b)?/g;
const ip6 = /\[?(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])\]?/gi;

/** scrub takes out of a text what a customer must not read. */
export function scrub(text: string, secrets: Secrets): string {
  const own = new Set(secrets.own.flatMap((a) => (a ? [a.toLowerCase()] : [])));
  let out = text.replace(address, (found) => (own.has(found.toLowerCase()) ? found : mask(found)));
  // The longest first: mx1.example holds mx1. Words of two letters would hit prose.
  const words = (list: (string | undefined)[], least: number) =>
    [...new Set(list.filter((w): w is string => w !== undefined && w.length >= least))].sort((a, b) => b.length - a.length);
  for (const id of words(secrets.ids, 5)) out = out.split(id).join("…");
  for (const host of words(secrets.hosts, 2)) {
    // Not within an address or a longer name: mx1 in b@mx1.example.
    out = out.replace(new RegExp(`(?<![\\w@.-])${host.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-]|\\.\\w|@)`, "gi"), secrets.server);
  }
  // Clock times such as 10:30:05 are no addresses of machines.
  out = out.replace(ip4, "").replace(ip6, (found) => (/::|[a-f]/i.test(found) || found.split(":").length > 4 ? "" : found));
  return out.replace(/[ \t]{2,}/g, " ").replace(/ +([.,;:])/g, "$1").replace(/\(\s*\)|\[\s*\]/g, "").trim();
}
