import { useMemo } from "react";

import { useAggregate, useSearch, type AggregateRequest, type Panel, type RequestError, type SearchRequest } from "../../api";
import type { BoardContext } from "../model/context";
import { planBefore, planPanel } from "../model/plan";
import { readPanel, type PanelData } from "../model/read";

/** What a panel shows, and how its question stands. */
export interface PanelAnswer {
  data: PanelData | undefined;
  /** The panel was never in sight, and so asked nothing yet. */
  waiting: boolean;
  pending: boolean;
  stale: boolean;
  error: RequestError | undefined;
  /** Reasons why the answer is not whole. */
  partial: string[];
  cancel: () => void;
  again: () => void;
}

const noAggregate: AggregateRequest = { query: "", aggs: [] };
const noSearch: SearchRequest = { query: "", size: 0 };

/** usePanelData asks what a panel needs. Before it was ever seen it asks nothing; out of sight it does not repeat. */
export function usePanelData(panel: Panel, context: BoardContext, seen: boolean, visible: boolean, narrow: boolean): PanelAnswer {
  const plan = useMemo(() => planPanel(panel, context, narrow), [panel, context, narrow]);
  const every = visible ? context.refresh * 1000 : 0;
  const sums = useAggregate(plan.aggregate ?? noAggregate, { enabled: seen && plan.aggregate !== undefined, every });
  const hits = useSearch(plan.search ?? noSearch, { enabled: seen && plan.search !== undefined, every });
  const earlier = useMemo(
    () => (sums.data && !sums.stale ? planBefore(panel, context, sums.data.from, sums.data.to, sums.at) : undefined),
    [panel, context, sums.data, sums.stale, sums.at],
  );
  const old = useAggregate(earlier ?? noAggregate, { enabled: seen && earlier !== undefined });
  const main = plan.search ? hits : sums;
  const data = useMemo(() => readPanel(panel, plan.aggregate ? sums.data : undefined, plan.search ? hits.data : undefined, old.data), [panel, plan, sums.data, hits.data, old.data]);
  const partial = main.data?.partial ? (main.data.partial_reasons ?? [""]) : [];
  return { data, waiting: !seen, pending: main.pending, stale: main.stale, error: main.error, partial, cancel: main.cancel, again: main.again };
}
