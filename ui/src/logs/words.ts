import type { Words } from "../api";
import { useSettings } from "../kit/settings";

/** inLanguage gives a text in a language, or in the other one where it has none. */
export function inLanguage(words: Words | undefined, language: string): string {
  if (!words) return "";
  return (language === "es" ? words.es || words.en : words.en || words.es) ?? "";
}

/** useWords gives texts in the viewer's language. */
export function useWords(): (words: Words | undefined) => string {
  const { language } = useSettings();
  return (words) => inLanguage(words, language);
}
