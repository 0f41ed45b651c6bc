import { Loader, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { EventDocument } from "../../api";
import { useSettings } from "../../kit/settings";
import { formatNumber } from "../../kit/time";
import { useFieldTable } from "../../logs/fields";
import { EventDetails } from "../event/EventDetails";
import type { Discover } from "../state";
import { marksOf } from "./cell";
import { leastWidth, template, tracks } from "./columns";
import { HeaderCell } from "./HeaderCell";
import { Row } from "./Row";

interface Props {
  discover: Discover;
  rows: readonly EventDocument[];
  /** How many there are in all; -1 where nobody knows. */
  total: number;
  sortable: boolean;
  stale: boolean;
  hasMore: boolean;
  pendingMore: boolean;
  more: () => void;
  /** Changes when the rows are others: the table begins at its top. */
  top: string;
}

const identity = (event: EventDocument, index: number): string => (typeof event["event_id"] === "string" ? event["event_id"] : `row ${index}`);

/** ResultTable shows events in chosen columns. Only the rows that are seen exist; the next page comes before its turn. */
export const ResultTable = memo(function ResultTable({ discover, rows, total, sortable, stale, hasMore, pendingMore, more, top }: Props) {
  const { t } = useTranslation("discover");
  const { zone, language } = useSettings();
  const { byName } = useFieldTable();
  const narrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false }) ?? false;
  const { state, filter } = discover;
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [dragged, setDragged] = useState<{ field: string; width: number }>();
  const all = useMemo(() => tracks(state.columns, dragged ? { ...state.widths, [dragged.field]: dragged.width } : state.widths, byName), [state.columns, state.widths, dragged, byName]);
  const marks = useMemo(() => marksOf(state.query, state.pills), [state.query, state.pills]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (narrow ? 96 : state.density === "compact" ? 27 : 32),
    overscan: 8,
    getItemKey: (index) => identity(rows[index] ?? {}, index),
  });
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !pendingMore && lastSeen >= rows.length - 40) more();
  }, [hasMore, pendingMore, lastSeen, rows.length, more]);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [top]);
  // An expanded event is as wide as what is seen of the table, not as its columns.
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const watch = new ResizeObserver(() => box.style.setProperty("--d-view", `${box.clientWidth}px`));
    watch.observe(box);
    return () => watch.disconnect();
  }, []);

  const toggle = useCallback((event: EventDocument) => {
    const id = identity(event, -1);
    setOpen((now) => {
      const next = new Set(now);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const step = useCallback(
    (from: number, by: number) => {
      const to = Math.max(0, Math.min(rows.length - 1, from + by));
      virtual.scrollToIndex(to, { align: "auto" });
      // The row may not exist before the next frame.
      requestAnimationFrame(() => requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-expander="${to}"]`)?.focus()));
    },
    [rows.length, virtual],
  );
  const grid = { display: "grid", gridTemplateColumns: template(all) };
  return (
    <div className="d-table" ref={scroller} role="table" tabIndex={0} aria-label={t("table.label")} aria-rowcount={total >= 0 ? total + 1 : -1} aria-colcount={state.columns.length + 1} aria-busy={stale || undefined} data-density={state.density} data-narrow={narrow || undefined} data-testid="results">
      {narrow ? null : (
        <div role="rowgroup" className="d-header" style={{ minWidth: leastWidth(all) }}>
          <div role="row" aria-rowindex={1} style={grid}>
            <div role="columnheader" className="d-head">
              <span className="d-sr">{t("table.details")}</span>
            </div>
            {all.map((track) => (
              <HeaderCell key={track.field} track={track} discover={discover} sortable={sortable} drag={(width) => setDragged(width === undefined ? undefined : { field: track.field, width })} />
            ))}
          </div>
        </div>
      )}
      <div role="rowgroup" style={{ position: "relative", height: virtual.getTotalSize(), minWidth: narrow ? undefined : leastWidth(all), opacity: stale ? 0.55 : 1 }}>
        {items.map((item) => {
          const event = rows[item.index];
          if (!event) return null;
          const isOpen = open.has(identity(event, -1));
          return (
            <div key={item.key} ref={virtual.measureElement} data-index={item.index} className="d-item" data-open={isOpen || undefined} style={{ transform: `translateY(${item.start}px)` }}>
              <div role="row" aria-rowindex={item.index + 2} className="d-row" data-error={event["is_error"] === true || undefined} style={narrow ? undefined : grid} data-testid="row">
                <Row event={event} index={item.index} columns={state.columns} byName={byName} zone={zone} language={language} marks={marks} open={isOpen} narrow={narrow} toggle={toggle} filter={filter} step={step} />
              </div>
              {isOpen ? (
                <div role="row" className="d-expanded">
                  <div role="cell">
                    <EventDetails event={event} discover={discover} marks={marks} />
                  </div>
                </div>
              ) : null}
            </div>
          );
        })}
      </div>
      {pendingMore ? (
        <div className="d-more" role="status">
          <Loader size="xs" />
          <Text size="sm">{t("table.more", { count: rows.length, shown: formatNumber(rows.length, language) })}</Text>
        </div>
      ) : null}
    </div>
  );
});
