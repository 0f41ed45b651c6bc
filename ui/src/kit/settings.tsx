import { useMantineColorScheme } from "@mantine/core";
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

export const languages = ["en", "es"] as const;
export type Language = (typeof languages)[number];
export type Scheme = "light" | "dark" | "auto";

/** What a viewer chose; kept in the browser. */
export interface Settings {
  language: Language;
  scheme: Scheme;
  /** IANA zone in which times are shown and days begin. */
  zone: string;
  setLanguage: (language: Language) => void;
  setScheme: (scheme: Scheme) => void;
  setZone: (zone: string) => void;
}

const Context = createContext<Settings | undefined>(undefined);

/** recall reads a setting; storage may be forbidden or hold anything. */
export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(`rastro.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** remember keeps a setting; a browser that keeps nothing is no fault. */
export function remember(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`rastro.${name}`);
    else localStorage.setItem(`rastro.${name}`, value);
  } catch {
    // The choice lasts as long as the page.
  }
}

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export function isZone(name: string | undefined): name is string {
  if (!name) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export function firstLanguage(): Language {
  const stored = recall("language");
  if (stored === "en" || stored === "es") return stored;
  return navigator.languages.some((l, i) => l.startsWith("es") && i === 0) ? "es" : "en";
}

export function SettingsProvider({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const [language, keepLanguage] = useState<Language>(firstLanguage);
  const [scheme, keepScheme] = useState<Scheme>(() => {
    const stored = recall("scheme");
    return stored === "light" || stored === "dark" ? stored : "auto";
  });
  const [zone, keepZone] = useState(() => {
    // A shared link shows the times that its sender saw.
    const linked = new URLSearchParams(location.search).get("zone") ?? undefined;
    const stored = recall("zone");
    return isZone(linked) ? linked : isZone(stored) ? stored : browserZone();
  });
  const setLanguage = useCallback(
    (next: Language) => {
      remember("language", next);
      keepLanguage(next);
      void i18n.changeLanguage(next);
    },
    [i18n],
  );
  const setScheme = useCallback(
    (next: Scheme) => {
      remember("scheme", next === "auto" ? undefined : next);
      keepScheme(next);
      setColorScheme(next);
    },
    [setColorScheme],
  );
  const setZone = useCallback((next: string) => {
    remember("zone", next === browserZone() ? undefined : next);
    keepZone(next);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const settings = useMemo(
    () => ({ language, scheme, zone, setLanguage, setScheme, setZone }),
    [language, scheme, zone, setLanguage, setScheme, setZone],
  );
  return <Context value={settings}>{children}</Context>;
}

export function useSettings(): Settings {
  const settings = useContext(Context);
  if (!settings) throw new Error("BUG: useSettings outside SettingsProvider");
  return settings;
}
