import type { Source, UnparsedProgram } from "../api";
import { discoverLink, type Pill } from "../logs/lucene";

/** The lines of the last day are what this screen counts. */
const day = "now-24h";

function pillsOf(source: Source): Pill[] {
  const pills: Pill[] = [{ field: "source", value: source.name }];
  const host = source.hosts?.[0];
  // Two senders may have files of the same name.
  if (source.kind === "beats" && host) pills.push({ field: "host", value: host });
  return pills;
}

/** linesOf leads to the lines of a source in Discover: to those of all times where it has been quiet for a day. */
export const linesOf = (source: Source): string => discoverLink({ pills: pillsOf(source), since: source.recent > 0 ? day : undefined });

/** unparsedOf leads to those that no parser understood. */
export const unparsedOf = (source: Source): string => discoverLink({ query: "event_type:unparsed", pills: pillsOf(source), since: day });

/** programLines leads to the lines of one program that no parser understood. */
export function programLines(program: UnparsedProgram): string {
  if (program.program === "") return discoverLink({ query: "event_type:unparsed AND NOT _exists_:program", since: day });
  return discoverLink({ query: "event_type:unparsed", pills: [{ field: "program", value: program.program }], since: day });
}
