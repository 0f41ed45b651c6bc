import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import { firstLanguage } from "../kit/settings";

// One file per screen and language; a new file is picked up by its place.
const files = import.meta.glob<Record<string, unknown>>("./*/*.json", { eager: true, import: "default" });

const resources: Record<string, Record<string, Record<string, unknown>>> = {};
for (const [path, catalogue] of Object.entries(files)) {
  const [, language, namespace] = /^\.\/(\w+)\/(\w+)\.json$/.exec(path) ?? [];
  if (language && namespace) (resources[language] ??= {})[namespace] = catalogue;
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
