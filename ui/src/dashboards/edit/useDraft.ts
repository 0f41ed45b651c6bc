import { useCallback, useEffect, useMemo, useState } from "react";

import type { Dashboard } from "../../api";
import { sameBoard } from "../model/conflict";

/** The state of a dashboard that is being edited. */
export interface Draft {
  /** The dashboard with the changes. */
  board: Dashboard;
  /** The state the changes began with; its version is the one that a save names. */
  base: Dashboard;
  dirty: boolean;
  /** The changes come from before: the page was left or loaded again. */
  recovered: boolean;
  change: (to: (board: Dashboard) => Dashboard) => void;
  canUndo: boolean;
  undo: () => void;
  /** Begins anew with a state of the server. */
  reset: (base: Dashboard) => void;
}

interface State {
  base: Dashboard;
  past: Dashboard[];
  now: Dashboard;
  recovered: boolean;
}

const maxPast = 50;
const keyOf = (id: string) => `rastro.draft.${id}`;

/** Unsaved changes outlive a reload and the browser's back; they end with the tab. */
function recall(id: string): { base: Dashboard; now: Dashboard } | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(id)) ?? "null");
    if (typeof kept === "object" && kept !== null && "base" in kept && "now" in kept) return kept as { base: Dashboard; now: Dashboard };
  } catch {
    // Storage is forbidden, or holds something else.
  }
  return undefined;
}

function keep(id: string, state: { base: Dashboard; now: Dashboard } | undefined): void {
  try {
    if (state) sessionStorage.setItem(keyOf(id), JSON.stringify(state));
    else sessionStorage.removeItem(keyOf(id));
  } catch {
    // The changes last as long as the page.
  }
}

/** useDraft holds the unsaved changes of a dashboard. */
export function useDraft(saved: Dashboard): Draft {
  const [state, setState] = useState<State>(() => {
    const kept = saved.builtin ? undefined : recall(saved.id);
    return kept && !sameBoard(kept.base, kept.now) ? { base: kept.base, past: [kept.base], now: kept.now, recovered: true } : { base: saved, past: [], now: saved, recovered: false };
  });
  const dirty = useMemo(() => !sameBoard(state.base, state.now), [state]);
  useEffect(() => keep(state.base.id, dirty ? { base: state.base, now: state.now } : undefined), [state, dirty]);
  // A newer state of the server is taken while nothing was changed here.
  useEffect(() => setState((s) => (s.base.version !== saved.version && sameBoard(s.base, s.now) ? { base: saved, past: [], now: saved, recovered: false } : s)), [saved]);
  const change = useCallback((to: (board: Dashboard) => Dashboard) => {
    setState((s) => {
      const next = to(s.now);
      return sameBoard(next, s.now) ? s : { ...s, past: [...s.past, s.now].slice(-maxPast), now: next };
    });
  }, []);
  const undo = useCallback(() => {
    setState((s) => {
      const last = s.past[s.past.length - 1];
      return last ? { ...s, past: s.past.slice(0, -1), now: last } : s;
    });
  }, []);
  const reset = useCallback((base: Dashboard) => {
    // At once: who saves may leave the page in the same breath.
    keep(base.id, undefined);
    setState({ base, past: [], now: base, recovered: false });
  }, []);
  return { board: state.now, base: state.base, dirty, recovered: state.recovered && dirty, change, canUndo: state.past.length > 0, undo, reset };
}
