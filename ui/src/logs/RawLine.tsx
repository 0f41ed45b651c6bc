import { Code } from "@mantine/core";
import { Fragment } from "react";

import { visible } from "../kit/visible";

/** RawLine shows a line of a log as text, with the parts that matter marked. Nothing in it is ever taken for markup. */
export function RawLine({ line, marks = [] }: { line: string; marks?: string[] }) {
  const shown = visible(line);
  const parts = split(shown, marks.map((m) => visible(m)).filter((m) => m.length > 1));
  return (
    <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", unicodeBidi: "isolate" }} dir="ltr" translate="no" lang="zxx">
      {parts.map((p, i) => (p.marked ? <mark key={i}>{p.text}</mark> : <Fragment key={i}>{p.text}</Fragment>))}
    </Code>
  );
}

/** split cuts text at the marks, without case; the longest mark wins where several begin. */
export function split(text: string, marks: string[]): { text: string; marked: boolean }[] {
  if (marks.length === 0) return [{ text, marked: false }];
  const any = [...new Set(marks)].sort((a, b) => b.length - a.length).slice(0, 50).map((m) => m.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text
    .split(new RegExp(`(${any.join("|")})`, "gi"))
    .map((part, i) => ({ text: part, marked: i % 2 === 1 }))
    .filter((p) => p.text !== "");
}
