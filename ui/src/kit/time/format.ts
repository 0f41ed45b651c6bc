/** How much of a time is shown. */
export type TimeStyle = "full" | "minute" | "day" | "clock" | "precise";

const styles: Record<TimeStyle, Intl.DateTimeFormatOptions> = {
  full: { year: "numeric", month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  precise: { year: "numeric", month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 },
  minute: { month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit" },
  day: { year: "numeric", month: "short", day: "2-digit" },
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};

const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(style: TimeStyle, zone: string, language: string): Intl.DateTimeFormat {
  const key = `${style} ${zone} ${language}`;
  let f = cache.get(key);
  if (!f) {
    f = new Intl.DateTimeFormat(language === "es" ? "es" : "en-GB", { ...styles[style], timeZone: zone, hourCycle: "h23" });
    cache.set(key, f);
  }
  return f;
}

/** formatTime shows a moment (RFC 3339 or milliseconds since 1970) in a zone; what is none comes back as it is. */
export function formatTime(at: string | number | undefined, zone: string, language: string, style: TimeStyle = "full"): string {
  if (at === undefined || at === "") return "";
  const ms = typeof at === "number" ? at : Date.parse(at);
  return Number.isNaN(ms) ? String(at) : formatter(style, zone, language).format(ms);
}

const relatives: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

/** formatAgo says how long ago a moment was: "3 minutes ago". */
export function formatAgo(at: string | number | undefined, now: number, language: string): string {
  if (at === undefined) return "";
  const ms = typeof at === "number" ? at : Date.parse(at);
  if (Number.isNaN(ms)) return "";
  const f = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of relatives) {
    if (Math.abs(now - ms) >= size || unit === "second") return f.format(Math.round((ms - now) / size), unit);
  }
  return "";
}

/** formatSeconds shows a duration: 0.13 s, 4.2 s, 3 min 20 s, 5 h 12 min, 2 d 3 h. */
export function formatSeconds(seconds: number, language: string): string {
  const number = (n: number, digits: number) => n.toLocaleString(language, { maximumFractionDigits: digits });
  if (seconds < 10) return `${number(seconds, 2)} s`;
  if (seconds < 60) return `${number(seconds, 0)} s`;
  const whole = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(" ");
}

/** formatBytes shows a size: 812 B, 14.2 kB, 3.1 MB. */
export function formatBytes(bytes: number, language: string): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let n = bytes;
  let unit = 0;
  while (Math.abs(n) >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return `${n.toLocaleString(language, { maximumFractionDigits: n < 100 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
}

export const formatNumber = (n: number, language: string, digits = 0): string => n.toLocaleString(language, { maximumFractionDigits: digits });

/** wallClock gives a moment as YYYY-MM-DDTHH:mm:ss in a zone, as a field for date and time takes it. */
export function wallClock(ms: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  }).formatToParts(ms);
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? "00";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}:${part("second")}`;
}
