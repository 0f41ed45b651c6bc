import { useMemo } from "react";

import type { Dashboard } from "../../api";
import { useSettings } from "../../kit/settings";
import { rangeParams, readRange, sameRange, type TimeRange } from "../../kit/time";
import { useUrlState } from "../../kit/url";
import { compose, readPills, samePill, writePills, type Pill } from "../../logs/lucene";
import type { BoardContext, Narrow } from "../model/context";

/** What the address says of a dashboard's page, and how to change it. */
export interface BoardState {
  context: BoardContext;
  full: boolean;
  editing: boolean;
  setRange: (range: TimeRange) => void;
  setQuery: (query: string) => void;
  setPills: (pills: Pill[]) => void;
  setRefresh: (seconds: number) => void;
  setFull: (on: boolean) => void;
  setEditing: (on: boolean) => void;
  /** A mark was clicked. */
  narrow: (to: Narrow) => void;
}

/** useBoardState: range, query, pills, refresh, full screen and editing stand in the address; what it leaves out is the dashboard's own. */
export function useBoardState(board: Pick<Dashboard, "since" | "until" | "query" | "refresh" | "builtin">): BoardState {
  const url = useUrlState();
  const { zone } = useSettings();
  const own: TimeRange = { since: board.since || undefined, until: board.until || undefined };
  const range = readRange(url.get, own);
  const written = url.get("q");
  const query = written === undefined ? (board.query ?? "") : written === "*" ? "" : written;
  const pillText = url.get("pills");
  const pills = useMemo(() => readPills(pillText), [pillText]);
  const refresh = readSeconds(url.get("refresh")) ?? board.refresh;
  const { since, until } = range;
  const context = useMemo<BoardContext>(() => ({ range: { since, until }, query, pills, zone, refresh }), [since, until, query, pills, zone, refresh]);

  const queryParam = (text: string): string | undefined => (text === (board.query ?? "") ? undefined : text === "" ? "*" : text);
  return {
    context,
    full: url.get("full") === "1",
    editing: url.get("edit") === "1" && !board.builtin,
    setRange: (next) => url.set(sameRange(next, own) ? { since: undefined, until: undefined } : rangeParams(next)),
    setQuery: (next) => url.set({ q: queryParam(next) }),
    setPills: (next) => url.set({ pills: writePills(next) }),
    setRefresh: (seconds) => url.set({ refresh: seconds === board.refresh ? undefined : String(seconds) }, "replace"),
    setFull: (on) => url.set({ full: on ? "1" : undefined }, "replace"),
    setEditing: (on) => url.set({ edit: on ? "1" : undefined, ...(on ? { full: undefined } : {}) }),
    narrow: (to) => {
      if ("query" in to) url.set({ q: queryParam(narrowQuery(query, to.query)) });
      else url.set({ pills: writePills(addPill(pills, to)) });
    },
  };
}

function readSeconds(text: string | undefined): number | undefined {
  const seconds = Number(text);
  return text !== undefined && Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400 ? seconds : undefined;
}

/** addPill adds a condition; one that is there already is switched on. */
export function addPill(pills: Pill[], pill: Pill): Pill[] {
  return pills.some((p) => samePill(p, pill)) ? pills.map((p) => (samePill(p, pill) ? { field: p.field, value: p.value } : p)) : [...pills, pill];
}

/** narrowQuery joins a clicked series' query to the one that is typed, once. */
export function narrowQuery(query: string, more: string): string {
  return query === more || query.includes(`+(${more})`) ? query : compose([query, more]);
}
