/** What a stretch of a query is; for colours and for completion, not for meaning: the server judges. */
export type TokenKind = "field" | "colon" | "operator" | "quoted" | "regexp" | "open" | "close" | "compare" | "modifier" | "wildcard" | "word";

export interface Token {
  kind: TokenKind;
  from: number;
  to: number;
}

const meaning = new Set('():^[]"{}~'.split(""));
const isSpace = (c: string): boolean => /\s/.test(c);

/** tokenize cuts a query into tokens; it takes anything, finished or not. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let pos = 0;
  let inRange = false;
  const push = (kind: TokenKind, to: number) => {
    tokens.push({ kind, from: pos, to });
    pos = to;
  };
  while (pos < text.length) {
    const c = text.charAt(pos);
    if (isSpace(c)) pos++;
    else if (c === '"') push("quoted", closing(text, pos, '"'));
    else if (c === "/" && startsValue(text, pos) && !inRange) push("regexp", closing(text, pos, "/"));
    else if (c === "(" || c === "[" || c === "{") {
      inRange = inRange || c !== "(";
      push("open", pos + 1);
    } else if (c === ")" || c === "]" || c === "}") {
      if (c !== ")") inRange = false;
      push("close", pos + 1);
    } else if (c === ":") push("colon", pos + 1);
    else if (c === "~" || c === "^") push("modifier", wordEnd(text, pos + 1));
    else if (/^(>=?|<=?)(?=[^>\s])/.test(text.slice(pos, pos + 3)) && text.charAt(pos - 1) === ":") push("compare", pos + (text.charAt(pos + 1) === "=" ? 2 : 1));
    else if ((c === "+" || c === "-" || c === "!") && startsClause(text, pos)) push("operator", pos + 1);
    else if (text.startsWith("&&", pos) || text.startsWith("||", pos)) push("operator", pos + 2);
    else {
      const end = Math.max(pos + 1, wordEnd(text, pos));
      const word = text.slice(pos, end);
      if (text.charAt(end) === ":" && !inRange) push("field", end);
      else if (word === "AND" || word === "OR" || word === "NOT" || (word === "TO" && inRange)) push("operator", end);
      else push(/(^|[^\\])[*?]/.test(word) ? "wildcard" : "word", end);
    }
  }
  return tokens;
}

const startsValue = (text: string, pos: number): boolean => pos === 0 || /[\s(:+!-]/.test(text.charAt(pos - 1));
const startsClause = (text: string, pos: number): boolean => (pos === 0 || /[\s(]/.test(text.charAt(pos - 1))) && pos + 1 < text.length && !isSpace(text.charAt(pos + 1));

function wordEnd(text: string, from: number): number {
  let pos = from;
  while (pos < text.length) {
    const c = text.charAt(pos);
    if (c === "\\") {
      pos += 2;
      continue;
    }
    if (meaning.has(c) || isSpace(c)) break;
    pos++;
  }
  return Math.min(pos, text.length);
}

/** Where what opens at `from` closes; the end of the text when it does not. */
function closing(text: string, from: number, mark: string): number {
  for (let pos = from + 1; pos < text.length; pos++) {
    if (text.charAt(pos) === "\\") pos++;
    else if (text.charAt(pos) === mark) return pos + 1;
  }
  return text.length;
}

/** What could be completed at a place. */
export type Place =
  | { kind: "clause"; from: number; typed: string; /** A condition is complete before: an operator may follow. */ afterClause: boolean }
  | { kind: "exists"; from: number; typed: string }
  | { kind: "value"; field: string; from: number; to: number; typed: string }
  | { kind: "range"; field: string; from: number; typed: string; afterValue: boolean }
  | { kind: "none" };

/** placeAt says what is being written at the caret. */
export function placeAt(text: string, caret: number): Place {
  const tokens = tokenize(text);
  /** The field of each open group; "" without one. */
  const groups: string[] = [];
  let field = "";
  let range = "";
  let rangeValues = 0;
  let complete = false;
  /** The last word is the value of a field. */
  let named = false;
  let before: Token | undefined;
  for (const token of tokens) {
    const inside = token.from < caret && (caret < token.to || (caret === token.to && !"open close colon operator compare".split(" ").includes(token.kind)) || openQuote(text, token, caret));
    const word = text.slice(token.from, token.to);
    if (token.from >= caret) break;
    if (inside) return placeIn(text, token, caret, field || groups.at(-1) || "", range, rangeValues, complete);
    switch (token.kind) {
      case "field":
        field = unescapeName(word);
        complete = false;
        break;
      case "open":
        // in(…) holds a query of its own.
        if (word === "(" && before?.to === token.from && text.slice(before.from, before.to) === "in" && named) groups.push("");
        else if (word === "(") groups.push(field || groups.at(-1) || "");
        else {
          range = field || groups.at(-1) || "*";
          rangeValues = 0;
        }
        field = "";
        complete = false;
        break;
      case "close":
        if (word === ")") groups.pop();
        else range = "";
        field = "";
        complete = true;
        break;
      case "operator":
        complete = false;
        break;
      case "colon":
      case "compare":
        break;
      default:
        if (range) rangeValues++;
        named = (field || groups.at(-1) || "") !== "";
        field = "";
        complete = true;
    }
    before = token;
  }
  if (range) return { kind: "range", field: range, from: caret, typed: "", afterValue: rangeValues > 0 };
  if (field === "_exists_") return { kind: "exists", from: caret, typed: "" };
  const direct = /[:(\s]$/.test(text.slice(0, caret)) || caret === 0 || /[<>=]$/.test(text.slice(0, caret));
  if (field && !/\s$/.test(text.slice(0, caret))) return { kind: "value", field, from: caret, to: caret, typed: "" };
  const group = groups.at(-1);
  if (group && !complete) return { kind: "value", field: group, from: caret, to: caret, typed: "" };
  return direct || /[+!-]$/.test(text.slice(0, caret)) ? { kind: "clause", from: caret, typed: "", afterClause: complete } : { kind: "none" };
}

const openQuote = (text: string, token: Token, caret: number): boolean => token.kind === "quoted" && caret === token.to && (token.to - token.from < 2 || text.charAt(token.to - 1) !== '"');

function placeIn(text: string, token: Token, caret: number, field: string, range: string, rangeValues: number, complete: boolean): Place {
  const typed = text.slice(token.from, caret);
  if (range) return token.kind === "word" ? { kind: "range", field: range, from: token.from, typed, afterValue: rangeValues > 0 } : { kind: "none" };
  if (token.kind === "quoted") {
    // A caret behind the closing mark has nothing to complete.
    if (caret === token.to && !openQuote(text, token, caret)) return { kind: "none" };
    return field && field !== "_exists_" ? { kind: "value", field, from: token.from, to: token.to, typed: typed.slice(1).replace(/\\(.)/g, "$1") } : { kind: "none" };
  }
  if (token.kind === "field") return { kind: "clause", from: token.from, typed, afterClause: complete };
  if (token.kind === "operator" && /^[A-Z]+$/.test(typed)) return { kind: "clause", from: token.from, typed, afterClause: complete };
  if (token.kind !== "word") return { kind: "none" };
  if (field === "_exists_") return { kind: "exists", from: token.from, typed };
  if (field) return { kind: "value", field, from: token.from, to: token.to, typed: typed.replace(/\\(.)/g, "$1") };
  return { kind: "clause", from: token.from, typed, afterClause: complete };
}

const unescapeName = (name: string): string => name.replace(/\\(.)/g, "$1");

/** indexAt is the place in a JavaScript string of a byte offset in its UTF-8 form, as the server counts. */
export function indexAt(text: string, bytes: number): number {
  let seen = 0;
  let index = 0;
  for (const c of text) {
    if (seen >= bytes) break;
    const code = c.codePointAt(0) ?? 0;
    seen += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    index += c.length;
  }
  return index;
}

/** spanAt is what to underline for a mistake at a byte offset: the token there, or the last character. */
export function spanAt(text: string, bytes: number): { from: number; to: number } | undefined {
  if (text === "") return undefined;
  const at = Math.min(indexAt(text, bytes), text.length - 1);
  const token = tokenize(text).find((t) => t.from <= at && at < t.to);
  return token ? { from: Math.min(at, token.from), to: token.to } : { from: at, to: at + 1 };
}

/** asValue writes a value so that it means exactly itself, with quotation marks only where they are needed. */
export function asValue(value: string): string {
  if (/^[\p{L}\p{N}_.@][\p{L}\p{N}_.@-]*$/u.test(value) && !/^(AND|OR|NOT|TO)$/.test(value)) return value;
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/** asPrefix writes the beginning of a value as a wildcard. */
export function asPrefix(value: string): string {
  return `${value.replace(/[\s+\-=&|><!(){}[\]^"~*?:\\/]/g, "\\$&")}*`;
}
