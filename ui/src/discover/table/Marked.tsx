import { Fragment } from "react";

import { split } from "../../logs/RawLine";

/** Marked shows text with the words that were looked for marked. */
export function Marked({ text, marks }: { text: string; marks: readonly string[] }) {
  if (marks.length === 0 || text === "") return text;
  return split(text, [...marks]).map((part, i) => (part.marked ? <mark key={i}>{part.text}</mark> : <Fragment key={i}>{part.text}</Fragment>));
}
