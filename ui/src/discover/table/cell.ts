import { formatTime } from "../../kit/time";
import { visible } from "../../kit/visible";
import { tokenize } from "../../logs/query/tokens";
import type { Pill } from "../../logs/lucene";
import { textOf } from "../state";

/** cellText shows the value of a field: times in the viewer's zone, several values parted by commas, nothing that hides or deceives. */
export function cellText(value: unknown, kind: string | undefined, zone: string, language: string, most = 1500): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.slice(0, 50).map((v) => cellText(v, kind, zone, language, most)).join(", ") + (value.length > 50 ? " …" : "");
  if (kind === "time" && typeof value === "string") return formatTime(value, zone, language, "precise");
  return visible(textOf(value), most);
}

/** marksOf are the words of a query that are worth marking in a line. */
export function marksOf(query: string, pills: readonly Pill[]): string[] {
  const marks: string[] = [];
  let not = false;
  let skip = false;
  for (const token of tokenize(query.slice(0, 5000))) {
    const word = query.slice(token.from, token.to);
    if (token.kind === "operator") not = word === "NOT" || word === "-" || word === "!";
    else if (token.kind === "field") skip = word === "_exists_";
    else if (token.kind === "word" || token.kind === "quoted" || token.kind === "wildcard") {
      const text = (token.kind === "quoted" ? word.slice(1).replace(/"$/, "") : word).replace(/\\(.)/g, "$1");
      // The longest stretch between stars is what can be seen.
      const best = token.kind === "wildcard" ? text.split(/[*?]+/).sort((a, b) => b.length - a.length)[0] ?? "" : text;
      if (!not && !skip && best.length > 1) marks.push(best);
      not = false;
      skip = false;
    }
  }
  for (const pill of pills) if (!pill.off && !pill.not && pill.value !== undefined && pill.value.length > 1) marks.push(pill.value);
  return [...new Set(marks)].slice(0, 30);
}
