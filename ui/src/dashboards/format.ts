import { useMemo } from "react";

import type { PanelMetric } from "../api";
import { useSettings } from "../kit/settings";
import { formatBytes, formatNumber, formatSeconds } from "../kit/time";

/** How figures read in the viewer's language. */
export interface Formats {
  /** A figure of a metric, with its unit. */
  figure: (value: number | null | undefined, metric?: PanelMetric) => string;
  /** A share between 0 and 1. */
  share: (share: number) => string;
  /** A difference, with its sign. */
  change: (difference: number, metric?: PanelMetric) => string;
  /** A difference of shares, in points. */
  points: (difference: number) => string;
}

/** useFormats gives the ways to write figures. */
export function useFormats(): Formats {
  const { language } = useSettings();
  return useMemo(() => formats(language), [language]);
}

export function formats(language: string): Formats {
  const share = (n: number) => n.toLocaleString(language, { style: "percent", maximumFractionDigits: digits(n * 100) });
  const figure = (value: number | null | undefined, metric?: PanelMetric): string => {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    switch (metric?.unit) {
      case "bytes":
        return formatBytes(value, language);
      case "seconds":
        return value < 0 ? `-${formatSeconds(-value, language)}` : formatSeconds(value, language);
      case "percent":
        return share(value / 100);
      default:
        return formatNumber(value, language, Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : 2);
    }
  };
  const signed = (n: number, text: string) => (n > 0 ? `+${text}` : n < 0 ? `−${text.replace(/^[-−]/, "")}` : text);
  return {
    figure,
    share,
    change: (n, metric) => signed(n, figure(Math.abs(n), metric)),
    points: (n) => {
      const rounded = Math.round(n * 1000) / 10;
      return signed(rounded, Math.abs(rounded).toLocaleString(language, { maximumFractionDigits: 1 }));
    },
  };
}

const digits = (percent: number): number => (percent !== 0 && Math.abs(percent) < 10 ? 1 : Math.abs(percent) > 99 && Math.abs(percent) < 100 ? 2 : Math.abs(percent) < 100 ? 1 : 0);
