import { useCallback, useMemo, useRef } from "react";

import type { EventDocument } from "../api";
import { readRange, rangeParams, type TimeRange } from "../kit/time";
import { useUrlState } from "../kit/url";
import { compose, readPills, samePill, writePills, type Pill } from "../logs/lucene";

export const densities = ["compact", "normal", "wrapped"] as const;
export type Density = (typeof densities)[number];

/** One key of the order of hits. */
export interface SortKey {
  field: string;
  desc: boolean;
}

export const defaultRange: TimeRange = { since: "now-24h" };
export const defaultColumns: readonly string[] = ["@timestamp", "host", "program", "log_message"];
const defaultSort: readonly SortKey[] = [{ field: "@timestamp", desc: true }];

/** What Discover shows; all of it stands in the address. */
export interface DiscoverState {
  query: string;
  pills: Pill[];
  range: TimeRange;
  columns: readonly string[];
  /** Widths in pixels of columns that were given one. */
  widths: Readonly<Record<string, number>>;
  sort: readonly SortKey[];
  /** The field by which the histogram is broken down. */
  by: string | undefined;
  density: Density;
  /** Seconds between refreshes, 0 for none. */
  refresh: number;
  chart: boolean;
  live: boolean;
  /** The event whose page is open. */
  event: string | undefined;
  /** The saved search this came from, and in which version. */
  saved: SavedRef | undefined;
}

/** A saved search as it was opened: saving over a later version would lose what somebody else did. */
export interface SavedRef {
  id: string;
  /** Absent in addresses that were written by hand: the present one. */
  version: number | undefined;
}

/** readSaved reads "id:version". */
export function readSaved(text: string | undefined): SavedRef | undefined {
  if (!text) return undefined;
  const [, id = text, version] = /^(.+):(\d{1,9})$/.exec(text) ?? [];
  return { id, version: version === undefined ? undefined : Number(version) };
}

export const writeSaved = (ref: SavedRef): string => (ref.version === undefined ? ref.id : `${ref.id}:${ref.version}`);

/** readSort reads "-delay,host". */
export function readSort(text: string | undefined): readonly SortKey[] {
  const keys = (text ?? "").split(",").flatMap((part): SortKey[] => {
    const field = part.replace(/^-/, "").trim();
    return field === "" ? [] : [{ field, desc: part.startsWith("-") }];
  });
  return keys.length === 0 ? defaultSort : keys;
}

export const writeSort = (keys: readonly SortKey[]): string => keys.map((k) => (k.desc ? `-${k.field}` : k.field)).join(",");

/** nextSort is the order after a click on a column: the other direction, or a new key; with `add` beside the others, and a third click takes the key out. */
export function nextSort(keys: readonly SortKey[], field: string, add: boolean): readonly SortKey[] {
  const now = keys.find((k) => k.field === field);
  // Times are wanted newest first, everything else from the beginning.
  const first: SortKey = { field, desc: field === "@timestamp" };
  if (!add) return [now && keys.length === 1 ? { field, desc: !now.desc } : first];
  if (!now) return [...keys, first];
  if (now.desc === first.desc) return keys.map((k) => (k.field === field ? { field, desc: !k.desc } : k));
  const rest = keys.filter((k) => k.field !== field);
  return rest.length === 0 ? defaultSort : rest;
}

/** readWidths reads "host:120,program:200". */
export function readWidths(text: string | undefined): Record<string, number> {
  const widths: Record<string, number> = {};
  for (const part of (text ?? "").split(",")) {
    const at = part.lastIndexOf(":");
    const width = Number(part.slice(at + 1));
    if (at > 0 && Number.isFinite(width) && width >= minWidth && width <= maxWidth) widths[part.slice(0, at)] = Math.round(width);
  }
  return widths;
}

export const minWidth = 60;
export const maxWidth = 2000;

const writeWidths = (widths: Readonly<Record<string, number>>): string => Object.entries(widths).map(([name, width]) => `${name}:${Math.round(width)}`).join(",");

export function readState(get: (name: string) => string | undefined): DiscoverState {
  const columns = (get("columns") ?? "").split(",").filter((c) => c !== "");
  const density = densities.find((d) => d === get("density"));
  const refresh = Number(get("refresh"));
  return {
    query: get("q") ?? "",
    pills: readPills(get("pills")),
    range: readRange(get, defaultRange),
    columns: columns.length === 0 ? defaultColumns : [...new Set(columns)].slice(0, 100),
    widths: readWidths(get("widths")),
    sort: readSort(get("sort")),
    by: get("by"),
    density: density ?? "normal",
    refresh: Number.isFinite(refresh) && refresh > 0 ? Math.max(1, Math.min(3600, Math.round(refresh))) : 0,
    chart: get("chart") !== "off",
    live: get("live") === "on",
    event: get("event"),
    saved: readSaved(get("saved")),
  };
}

/** The part of an address that changes give; undefined takes a parameter out. */
export function writeState(change: Partial<DiscoverState>): Record<string, string | undefined> {
  const params: Record<string, string | undefined> = {};
  if (change.query !== undefined) params["q"] = change.query;
  if (change.pills) params["pills"] = writePills(change.pills);
  if (change.range) Object.assign(params, rangeParams(change.range));
  if (change.columns) params["columns"] = change.columns.join(",") === defaultColumns.join(",") ? undefined : change.columns.join(",");
  if (change.widths) params["widths"] = writeWidths(change.widths);
  if (change.sort) params["sort"] = writeSort(change.sort) === writeSort(defaultSort) ? undefined : writeSort(change.sort);
  if ("by" in change) params["by"] = change.by;
  if (change.density) params["density"] = change.density === "normal" ? undefined : change.density;
  if (change.refresh !== undefined) params["refresh"] = change.refresh > 0 ? String(change.refresh) : undefined;
  if (change.chart !== undefined) params["chart"] = change.chart ? undefined : "off";
  if (change.live !== undefined) params["live"] = change.live ? "on" : undefined;
  if ("event" in change) params["event"] = change.event;
  if ("saved" in change) params["saved"] = change.saved && writeSaved(change.saved);
  return params;
}

// What is the viewer's moment and not the search's is not saved with it.
const unsaved = ["saved", "event", "live", "zone"];

/** The part of an address that is saved under a name. */
export function savedPart(all: URLSearchParams): string {
  const kept = new URLSearchParams(all);
  for (const name of unsaved) kept.delete(name);
  kept.sort();
  return kept.toString();
}

/** addPill adds a condition; the contrary of one that is there takes its place. */
export function addPill(pills: readonly Pill[], pill: Pill): Pill[] {
  return [...pills.filter((p) => !samePill(p, pill)), pill];
}

/** A value of an event as a condition compares it. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : typeof value === "object" && value !== null ? JSON.stringify(value) : String(value));

/** The values of a field of an event. */
export const valuesOf = (event: EventDocument, field: string): unknown[] => {
  const value = event[field];
  return value === undefined || value === null ? [] : Array.isArray(value) ? (value as unknown[]) : [value];
};

/** What the parts of the screen do with the state. */
export interface Discover {
  state: DiscoverState;
  /** The query and the pills as one query. */
  composed: string;
  all: URLSearchParams;
  change: (change: Partial<DiscoverState>, how?: "push" | "replace") => void;
  filter: (pill: Pill) => void;
  toggleColumn: (field: string) => void;
}

export function useDiscover(): Discover {
  const url = useUrlState();
  const text = url.all.toString();
  const state = useMemo(() => {
    const params = new URLSearchParams(text);
    return readState((name) => params.get(name) ?? undefined);
  }, [text]);
  const composed = useMemo(() => compose([state.query], state.pills), [state]);
  const { set } = url;
  const change = useCallback((next: Partial<DiscoverState>, how?: "push" | "replace") => set(writeState(next), how), [set]);
  // What acts on the state stays the same function while the state changes: long lists of rows and fields hold on to it.
  const latest = useRef(state);
  latest.current = state;
  const filter = useCallback((pill: Pill) => change({ pills: addPill(latest.current.pills, pill) }), [change]);
  const toggleColumn = useCallback(
    (field: string) => {
      const { columns } = latest.current;
      const without = columns.filter((c) => c !== field);
      change({ columns: without.length < columns.length ? without : [...columns, field] });
    },
    [change],
  );
  const all = useMemo(() => new URLSearchParams(text), [text]);
  return useMemo(() => ({ state, composed, all, change, filter, toggleColumn }), [state, composed, all, change, filter, toggleColumn]);
}
