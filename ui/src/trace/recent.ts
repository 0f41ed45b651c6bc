import { useCallback, useState } from "react";

import { recall, remember } from "../kit/settings";

const most = 10;
/** A pasted bounce is asked once; kept it would fill the list with text nobody recognises. */
const longest = 300;

/** readRecent reads the kept searches, newest first; what is damaged is left out. */
export function readRecent(text: string | undefined): string[] {
  if (!text) return [];
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed.filter((q): q is string => typeof q === "string" && q !== "").slice(0, most) : [];
  } catch {
    return [];
  }
}

/** withRecent puts a search at the top of the list. */
export function withRecent(list: string[], text: string): string[] {
  const query = text.trim();
  if (query === "" || query.length > longest || query.includes("\n")) return list;
  return [query, ...list.filter((q) => q !== query)].slice(0, most);
}

/** useRecent: the last searches, kept in the browser. */
export function useRecent(): { recent: string[]; add: (query: string) => void; remove: (query: string) => void; clear: () => void } {
  const [recent, keep] = useState(() => readRecent(recall("recent")));
  const change = useCallback((edit: (list: string[]) => string[]) => {
    // Read again: another tab may have searched meanwhile.
    const next = edit(readRecent(recall("recent")));
    remember("recent", next.length === 0 ? undefined : JSON.stringify(next));
    keep(next);
  }, []);
  return {
    recent,
    add: useCallback((query: string) => change((list) => withRecent(list, query)), [change]),
    remove: useCallback((query: string) => change((list) => list.filter((q) => q !== query)), [change]),
    clear: useCallback(() => change(() => []), [change]),
  };
}
