/** One condition beside the typed query: the pills below the query bar. */
export interface Pill {
  field: string;
  /** The value; absent: the field exists. */
  value?: string | undefined;
  not?: boolean | undefined;
  off?: boolean | undefined;
}

/** quote makes a phrase that means exactly this value, whatever is in it. */
export function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/** escapeName makes a field's name safe before a colon. */
export function escapeName(name: string): string {
  return name.replace(/[\s+\-=&|><!(){}[\]^"~*?:\\/]/g, (c) => (c === "-" || c === "." ? c : `\\${c}`));
}

/** clause is a condition in Lucene syntax. */
export function clause(pill: Pill): string {
  const positive = pill.value === undefined ? `_exists_:${escapeName(pill.field)}` : `${escapeName(pill.field)}:${quote(pill.value)}`;
  return pill.not ? `NOT ${positive}` : positive;
}

/** compose joins queries and pills: all must match. Each typed query stands in parentheses, as AND and OR have no precedence in this syntax. */
export function compose(queries: (string | undefined)[], pills: Pill[] = []): string {
  const texts = queries.map((q) => q?.trim() ?? "").filter((q) => q !== "" && q !== "*" && q !== "*:*");
  const conditions = pills.filter((p) => !p.off).map(clause);
  if (conditions.length === 0 && texts.length <= 1) return texts[0] ?? "";
  return [...texts.map((q) => `+(${q})`), ...conditions.map((c) => (c.startsWith("NOT ") ? `-${c.slice(4)}` : `+${c}`))].join(" ");
}

/** readPills reads the pills of an address; what is damaged is left out. */
export function readPills(text: string | undefined): Pill[] {
  if (!text) return [];
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed)) return [];
    return parsed.flatMap((p: unknown) => {
      if (typeof p !== "object" || p === null || !("field" in p) || typeof p.field !== "string" || p.field === "") return [];
      const { value, not, off } = p as { value?: unknown; not?: unknown; off?: unknown };
      return [{ field: p.field, value: typeof value === "string" ? value : undefined, not: not === true || undefined, off: off === true || undefined }];
    });
  } catch {
    return [];
  }
}

export const writePills = (pills: Pill[]): string | undefined => (pills.length === 0 ? undefined : JSON.stringify(pills));

export const samePill = (a: Pill, b: Pill): boolean => a.field === b.field && a.value === b.value;

/** The address of Discover with a query. Screens link to each other by address only. */
export function discoverLink(state: { query?: string | undefined; pills?: Pill[]; since?: string | undefined; until?: string | undefined; columns?: string[] | undefined }): string {
  const params = new URLSearchParams();
  if (state.query) params.set("q", state.query);
  const pills = writePills(state.pills ?? []);
  if (pills) params.set("pills", pills);
  params.set("since", state.since || "*");
  if (state.until) params.set("until", state.until);
  if (state.columns && state.columns.length > 0) params.set("columns", state.columns.join(","));
  return `/discover?${params.toString()}`;
}

/** The address of Trace with a question. */
export function traceLink(query: string, range: { since?: string | undefined; until?: string | undefined } = {}): string {
  const params = new URLSearchParams({ q: query });
  params.set("since", range.since || "*");
  if (range.until) params.set("until", range.until);
  return `/?${params.toString()}`;
}
