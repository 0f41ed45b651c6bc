import type { Dashboard, Words } from "../../api";
import type { Language } from "../../kit/settings";

/** withText changes a text: in the viewer's language where it has both, else the one that it has. */
export function withText(words: Words | undefined, text: string, language: Language): Words {
  if (words?.en && words.es) return { ...words, [language]: text };
  return words?.en ? { en: text } : words?.es ? { es: text } : { [language]: text };
}

/** What of a dashboard is saved. A copy of a built-in one keeps the viewer's language only: its copies are renamed. */
export function bodyOf(board: Dashboard): Omit<Dashboard, "id" | "version" | "builtin" | "updated_at"> {
  const { title, description, since, until, query, refresh, panels } = board;
  return { title, ...(description ? { description } : {}), since, ...(until ? { until } : {}), ...(query ? { query } : {}), refresh, panels };
}

/** The longest title that is saved. */
export const maxTitle = 200;

/** copyOf makes a new dashboard out of one, under another title. */
export function copyOf(board: Dashboard, title: string, language: Language): ReturnType<typeof bodyOf> {
  return { ...bodyOf(board), title: { [language]: title.slice(0, maxTitle) } };
}
