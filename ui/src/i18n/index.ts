import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import { firstLanguage } from "../kit/settings";

// One file per screen and language; a new file is picked up by its place.
const files = import.meta.glob<Record<string, unknown>>("./*/*.json", { eager: true, import: "default" });

const resources: Record<string, Record<string, Record<string, unknown>>> = {};
for (const [path, catalogue] of Object.entries(files)) {
  const [, language, namespace] = /^\.\/(\w+)\/(\w+)\.json$/.exec(path) ?? [];
  if (language && namespace) (resources[language] ??= {})[namespace] = language === "es" ? withMillions(catalogue) : catalogue;
}

/** Spanish has a plural of its own for whole millions; texts that do not tell it apart say what they say of others. */
function withMillions(catalogue: Record<string, unknown>): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(catalogue)) {
    all[key] = typeof text === "object" && text !== null ? withMillions(text as Record<string, unknown>) : text;
    const many = key.replace(/_other$/, "_many");
    if (many !== key && !(many in catalogue)) all[many] = text;
  }
  return all;
}

void i18next.use(initReactI18next).init({
  resources,
  lng: firstLanguage(),
  fallbackLng: "en",
  defaultNS: "kit",
  // React escapes; escaping twice would show entities.
  interpolation: { escapeValue: false },
  returnNull: false,
});

export { i18next };
