import { describe, expect, it } from "vitest";

import { parseInline, parseMarkdown, safeHref } from "./markdown";

describe("parseMarkdown", () => {
  it("reads headings, lists, paragraphs, quotes, code and rules", () => {
    const blocks = parseMarkdown("# Mail\n\nOne\ntwo\n\n- a\n- b\n  more\n\n1. x\n2. y\n\n> said\n\n---\n```\n<b>\n```");
    expect(blocks.map((b) => b.kind)).toEqual(["heading", "paragraph", "list", "list", "quote", "rule", "code"]);
    expect(blocks[2]).toMatchObject({ ordered: false, items: [[{ text: "a" }], [{ text: "b more" }]] });
    expect(blocks[3]).toMatchObject({ ordered: true });
    expect(blocks[6]).toEqual({ kind: "code", text: "<b>" });
  });

  it("leaves HTML the text that it is", () => {
    expect(parseMarkdown("<img src=x onerror=alert(1)>")).toEqual([{ kind: "paragraph", parts: [{ kind: "text", text: "<img src=x onerror=alert(1)>" }] }]);
  });

  it("does not lose the end of code that is never closed", () => {
    expect(parseMarkdown("```\na\nb")).toEqual([{ kind: "code", text: "a\nb" }]);
  });

  it("ends on any input", () => {
    for (const text of ["*", "**", "***a**", "[a](b", "`", "#", "# ", "> ", "- ", "1. ", "\u0000", "_a", "![x](http://y)"]) expect(Array.isArray(parseMarkdown(text))).toBe(true);
  });

  it("is quick on long hostile text", () => {
    const blocks = parseMarkdown("*a ".repeat(5000) + "[".repeat(5000) + "`".repeat(5001));
    expect(blocks).toHaveLength(1);
  });
});

describe("parseInline", () => {
  it("marks bold, italics and code", () => {
    expect(parseInline("a **b *c*** `d*e*` _f_ snake_case_name")).toMatchObject([
      { text: "a " }, { kind: "strong" }, { text: " " }, { kind: "code", text: "d*e*" }, { text: " " }, { kind: "em" }, { text: " snake_case_name" },
    ]);
  });

  it("follows links to pages only", () => {
    expect(parseInline("[x](https://example.org/a)")).toEqual([{ kind: "link", href: "https://example.org/a", parts: [{ kind: "text", text: "x" }] }]);
    expect(parseInline("[x](javascript:alert(1))")[0]).toMatchObject({ kind: "text" });
    expect(parseInline("see https://example.org.")[1]).toMatchObject({ kind: "link" });
  });
});

describe("safeHref", () => {
  it("refuses what is no page", () => {
    for (const href of ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "//evil.example", "/\\evil.example", "vbscript:x", "", "a b"]) expect(safeHref(href)).toBeUndefined();
    expect(safeHref("/discover?q=x")).toBe("/discover?q=x");
    expect(safeHref("http://example.org")).toBe("http://example.org/");
  });
});
