import { isNode, line, name, texts, walk, type Node } from "./syntax";

/** Attributes and keys whose text a person reads. */
const read = new Set(["title", "label", "placeholder", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "alt", "description", "message", "nothingFoundMessage", "error"]);

/** Names, formats and words of the query language: the same in every language. */
const same = new Set([
  "Rastro", "English", "Español", "Lucene", "JSON", "CSV", "NDJSON", "HTML", "UTC", "Kibana", "Elasticsearch", "GeoIP", "SMTP", "TLS", "IP", "DSN", "ID", "RFC", "URL",
  "AND", "OR", "NOT", "TO", "_exists_", "Enter", "Esc", "Tab", "Ctrl", "Shift", "Alt", "kB", "MB", "GB", "ms", "min", "now", "p50", "p95", "p99", "Message-ID", "Markdown",
]);

/** A text of the code that a person would read and that stands in no catalogue. */
export function sentencesIn(path: string, text: string, program: Node): string[] {
  const found: string[] = [];
  const check = (node: Node, said: string) => {
    if (isSentence(said)) found.push(`${path}:${line(text, node.start)}: ${said.trim()}`);
  };
  walk(program, (node, above) => {
    if (node.type === "JSXText" && typeof node.value === "string") check(node, node.value);
    if (node.type === "JSXExpressionContainer" && above.at(-1)?.type !== "JSXAttribute") {
      for (const said of texts(node.expression)) check(node, said.text);
    }
    if (node.type === "JSXAttribute" && read.has(name(node.name) ?? "")) {
      const value = isNode(node.value) && node.value.type === "JSXExpressionContainer" ? node.value.expression : node.value;
      for (const said of texts(value)) check(node, said.text);
    }
    // Options of a component: { value: "en", label: "English" }.
    if (node.type === "Property" && read.has(name(node.key) ?? "") && above.at(-1)?.type === "ObjectExpression") {
      for (const said of texts(node.value)) if (/[A-ZÁÉÍÓÚÑ¿¡]|\s/.test(said.text)) check(node, said.text);
    }
  });
  return found;
}

function isSentence(text: string): boolean {
  const words = text.split(/[^\p{L}\p{N}_-]+/u).filter((w) => /\p{L}{2}/u.test(w) && !same.has(w));
  // Date math, field names and addresses are no words of a language.
  return words.some((w) => !/^(now-?\w*|[a-z]+(_[a-z0-9]+)+|example|\d+[a-z]+)$/.test(w));
}
