import { Fragment, type ReactNode } from "react";
import { Link } from "wouter";

import { parseMarkdown, type Block, type Inline } from "../model/markdown";

/** TextView shows a text in Markdown. It is built of elements, never of markup. */
export function TextView({ text }: { text: string }) {
  return (
    <div className="board-text">
      {parseMarkdown(text).map((b, i) => (
        <Fragment key={i}>{block(b)}</Fragment>
      ))}
    </div>
  );
}

function block(b: Block): ReactNode {
  switch (b.kind) {
    case "heading": {
      // The panel's own title is of the second level.
      const Level = (["h3", "h4", "h5", "h6"] as const)[b.level - 1] ?? "h6";
      return <Level>{inline(b.parts)}</Level>;
    }
    case "paragraph":
      return <p>{inline(b.parts)}</p>;
    case "quote":
      return <blockquote>{inline(b.parts)}</blockquote>;
    case "code":
      return (
        <pre>
          <code>{b.text}</code>
        </pre>
      );
    case "rule":
      return <hr />;
    case "list": {
      const List = b.ordered ? "ol" : "ul";
      return (
        <List>
          {b.items.map((item, i) => (
            <li key={i}>{inline(item)}</li>
          ))}
        </List>
      );
    }
  }
}

function inline(parts: Inline[]): ReactNode {
  return parts.map((p, i) => <Fragment key={i}>{piece(p)}</Fragment>);
}

function piece(p: Inline): ReactNode {
  switch (p.kind) {
    case "text":
      return p.text;
    case "code":
      return <code>{p.text}</code>;
    case "strong":
      return <strong>{inline(p.parts)}</strong>;
    case "em":
      return <em>{inline(p.parts)}</em>;
    case "link":
      return p.href.startsWith("/") ? (
        <Link href={p.href}>{inline(p.parts)}</Link>
      ) : (
        <a href={p.href} target="_blank" rel="noopener noreferrer nofollow">
          {inline(p.parts)}
        </a>
      );
  }
}
