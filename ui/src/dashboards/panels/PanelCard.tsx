import { useMediaQuery } from "@mantine/hooks";
import { memo, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { withParams, type Panel } from "../../api";
import { download, follow } from "../../kit/download";
import type { TimeRange } from "../../kit/time";
import { compose, discoverLink } from "../../logs/lucene";
import { useWords } from "../../logs/words";
import type { BoardContext, Narrow } from "../model/context";
import { toCsv } from "../model/csv";
import { fullQuery, panelQuery } from "../model/plan";
import { PanelBody } from "./PanelBody";
import { PanelMenu, type PanelEdits } from "./PanelMenu";
import { usePanelTable } from "./table";
import { usePanelData } from "./usePanelData";
import { useSeen } from "./useSeen";

interface Props {
  panel: Panel;
  context: BoardContext;
  onNarrow: (to: Narrow) => void;
  onRange: (range: TimeRange) => void;
  edits?: PanelEdits | undefined;
}

/** PanelCard is one panel of a dashboard: its title, its menu and what it shows. */
export const PanelCard = memo(function PanelCard({ panel, context, onNarrow, onRange, edits }: Props) {
  const { t } = useTranslation("dashboards");
  const words = useWords();
  const box = useRef<HTMLElement>(null);
  const { seen, visible } = useSeen(box);
  const narrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false }) === true;
  const answer = usePanelData(panel, context, seen, visible, narrow);
  const [asTable, setAsTable] = useState(false);
  const toTable = usePanelTable();
  const { data } = answer;
  const isText = panel.kind === "text";
  const drawn = !isText && panel.kind !== "table";
  const table = useMemo(() => (asTable && drawn && data ? toTable(panel, data) : undefined), [asTable, drawn, data, panel, toTable]);
  const href = useMemo(() => panelLink(panel, context), [panel, context]);
  const title = words(panel.title);
  const csv = () => {
    if (panel.kind === "table" && !panel.field) {
      // All that match, not only the rows that are shown.
      const { range, zone } = context;
      follow(withParams("/api/export", { format: "csv", query: fullQuery(panel, context), since: range.since, until: range.until, zone, sort: panel.sort, fields: panel.columns?.join(",") }));
    } else if (data) download(`${fileName(title)}.csv`, "text/csv;charset=utf-8", toCsv(toTable(panel, data)));
  };
  return (
    <section ref={box} className="board-panel" data-kind={panel.kind} data-testid={`panel-${panel.id}`}>
      <div className="board-panel-head" data-editing={edits ? true : undefined}>
        {title || !isText || edits ? <h2 className="board-panel-title">{title || t(`kind.${panel.kind}`)}</h2> : <span className="board-panel-title" />}
        {isText && !edits ? null : (
          <PanelMenu title={title || t(`kind.${panel.kind}`)} href={isText ? undefined : href} asTable={drawn ? asTable : undefined} onTable={() => setAsTable(!asTable)} onCsv={isText || !data ? undefined : csv} edits={edits} />
        )}
      </div>
      <PanelBody panel={panel} answer={answer} table={table} href={href} onNarrow={onNarrow} onRange={onRange} />
    </section>
  );
});

/** The panel's events in Discover: its query, range, pills and columns. */
export function panelLink(panel: Panel, context: BoardContext): string {
  const { since, until } = context.range;
  return discoverLink({ query: compose([context.query, panelQuery(panel)]), pills: context.pills, since, until, columns: panel.field ? undefined : panel.columns?.filter((c) => c !== "@timestamp") });
}

const fileName = (title: string): string => title.normalize("NFD").replace(/[^\w]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60).toLowerCase() || "panel";
