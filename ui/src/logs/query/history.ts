import { recall, remember } from "../../kit/settings";

const most = 20;

/** The last queries of this browser, newest first. */
export function readHistory(): string[] {
  try {
    const stored: unknown = JSON.parse(recall("queries") ?? "[]");
    return Array.isArray(stored) ? stored.filter((q): q is string => typeof q === "string" && q !== "").slice(0, most) : [];
  } catch {
    return [];
  }
}

export function addToHistory(query: string): void {
  const text = query.trim();
  if (text === "" || text.length > 2000) return;
  remember("queries", JSON.stringify([text, ...readHistory().filter((q) => q !== text)].slice(0, most)));
}

export const clearHistory = (): void => remember("queries", undefined);
