/** A piece of running text. */
export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong" | "em"; parts: Inline[] }
  | { kind: "link"; href: string; parts: Inline[] };

/** A block of a text: the parts of Markdown that need no HTML. */
export type Block =
  | { kind: "heading"; level: number; parts: Inline[] }
  | { kind: "paragraph"; parts: Inline[] }
  | { kind: "list"; ordered: boolean; items: Inline[][] }
  | { kind: "code"; text: string }
  | { kind: "quote"; parts: Inline[] }
  | { kind: "rule" };

const bullet = /^\s{0,3}[-*+]\s+(.*)$/;
const numbered = /^\s{0,3}\d{1,9}[.)]\s+(.*)$/;
const heading = /^\s{0,3}(#{1,4})\s+(.*?)\s*#*$/;
const fence = /^\s{0,3}```/;
const rule = /^\s{0,3}([-*_])(\s*\1){2,}\s*$/;

/** parseMarkdown reads a text into blocks; what is no Markdown, HTML above all, stays the text that it is. */
export function parseMarkdown(source: string): Block[] {
  const lines = source.replace(/\r\n?/g, "\n").split("\n");
  const blocks: Block[] = [];
  let i = 0;
  const starts = (line: string) => line.trim() === "" || heading.test(line) || fence.test(line) || bullet.test(line) || numbered.test(line) || line.startsWith(">") || rule.test(line);
  while (i < lines.length) {
    const line = lines[i] ?? "";
    if (line.trim() === "") {
      i++;
      continue;
    }
    if (fence.test(line)) {
      const end = lines.findIndex((l, k) => k > i && fence.test(l));
      const stop = end < 0 ? lines.length : end;
      blocks.push({ kind: "code", text: lines.slice(i + 1, stop).join("\n") });
      i = stop + 1;
      continue;
    }
    const head = heading.exec(line);
    if (head) {
      blocks.push({ kind: "heading", level: head[1]?.length ?? 1, parts: parseInline(head[2] ?? "") });
      i++;
      continue;
    }
    if (rule.test(line)) {
      blocks.push({ kind: "rule" });
      i++;
      continue;
    }
    const list = bullet.test(line) ? bullet : numbered.test(line) ? numbered : undefined;
    if (list) {
      const items: string[] = [];
      while (i < lines.length) {
        const item = list.exec(lines[i] ?? "");
        if (item) items.push(item[1] ?? "");
        else if (items.length > 0 && /^\s+\S/.test(lines[i] ?? "")) items.push(`${items.pop() ?? ""} ${(lines[i] ?? "").trim()}`);
        else break;
        i++;
      }
      blocks.push({ kind: "list", ordered: list === numbered, items: items.map((t) => parseInline(t)) });
      continue;
    }
    const quoted = line.startsWith(">");
    const text: string[] = [];
    do {
      text.push((lines[i] ?? "").replace(/^>\s?/, ""));
      i++;
    } while (i < lines.length && (quoted ? (lines[i] ?? "").startsWith(">") : !starts(lines[i] ?? "")));
    blocks.push({ kind: quoted ? "quote" : "paragraph", parts: parseInline(text.join("\n")) });
  }
  return blocks;
}

/** Only addresses of pages are followed: not javascript:, not data:. Addresses within the house begin with one slash. */
export function safeHref(href: string): string | undefined {
  if (/^\/(?![/\\])/.test(href) && !/[\s\\]/.test(href)) return href;
  try {
    const url = new URL(href);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
  } catch {
    return undefined;
  }
}

const token = /`([^`\n]+)`|\*\*([^*\n]+(?:\*[^*\n]+\*[^*\n]*)*)\*\*|\*([^*\s](?:[^*\n]*[^*\s])?)\*|(?<![\w_])_([^_\s](?:[^_\n]*[^_\s])?)_(?![\w_])|\[([^\]\n]{1,500})\]\(([^()\s]{1,2000})\)|(https?:\/\/[^\s<>"')\]]{1,2000})/;

export function parseInline(text: string, depth = 0): Inline[] {
  const parts: Inline[] = [];
  let rest = text;
  while (rest !== "") {
    const hit = depth > 4 ? null : token.exec(rest);
    if (!hit) break;
    const [whole, code, strong, star, under, label, href, bare] = hit;
    if (hit.index > 0) parts.push({ kind: "text", text: rest.slice(0, hit.index) });
    if (code !== undefined) parts.push({ kind: "code", text: code });
    else if (strong !== undefined) parts.push({ kind: "strong", parts: parseInline(strong, depth + 1) });
    else if (star !== undefined || under !== undefined) parts.push({ kind: "em", parts: parseInline(star ?? under ?? "", depth + 1) });
    else {
      const safe = safeHref(href ?? bare ?? "");
      if (safe) parts.push({ kind: "link", href: safe, parts: label === undefined ? [{ kind: "text", text: bare ?? "" }] : parseInline(label, depth + 3) });
      else parts.push({ kind: "text", text: whole });
    }
    rest = rest.slice(hit.index + whole.length);
  }
  if (rest !== "") parts.push({ kind: "text", text: rest });
  return parts;
}
