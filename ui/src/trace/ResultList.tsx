import { defaultRangeExtractor, useWindowVirtualizer, type Range } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Journey } from "../api";
import type { Row } from "./filters";
import { lastOpened, rememberOpened } from "./lastList";
import { MessageRow, ResultRow } from "./ResultRow";

interface Props {
  rows: Row[];
  link: (journey: Journey) => string;
  toggle: (messageKey: string) => void;
}

/** Up to here every row is in the page, where the browser's own search and print find it. */
const fewRows = 150;

const keyOf = (row: Row): string => (row.kind === "copy" ? row.journey.id : row.key);

/** ResultList shows rows; the arrow keys go through them, and Tab passes the list in one step. */
export function ResultList({ rows, link, toggle }: Props) {
  const { t } = useTranslation("trace");
  const list = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | undefined>(lastOpened);
  const scroll = useRef<(index: number) => void>(() => undefined);
  const at = rows.findIndex((r) => keyOf(r) === active);
  const current = at < 0 ? 0 : at;

  const go = (index: number) => {
    const row = rows[index];
    if (!row) return;
    setActive(keyOf(row));
    scroll.current(index);
    focusRow(list.current, index, 10);
  };
  // Back from a journey: go on where its row is. Whoever types meanwhile keeps the focus.
  const first = useRef(go);
  useEffect(() => {
    const row = rows.findIndex((r) => keyOf(r) === lastOpened());
    rememberOpened(undefined);
    if (row >= 0 && (document.activeElement === null || document.activeElement === document.body)) first.current(row);
    // Once, when the list appears.
  }, []);
  const press = (e: KeyboardEvent) => {
    if (e.altKey || e.ctrlKey || e.metaKey) return;
    const next = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: rows.length - 1 }[e.key];
    if (next === undefined) return;
    e.preventDefault();
    go(Math.max(0, Math.min(rows.length - 1, next)));
  };
  const render = (row: Row, index: number) =>
    row.kind === "copy" ? (
      <ResultRow journey={row.journey} href={link(row.journey)} nested={row.nested} index={index} tabbable={index === current} onFocus={() => setActive(keyOf(row))} />
    ) : (
      <MessageRow copies={row.copies} open={row.open} toggle={() => toggle(row.key)} index={index} tabbable={index === current} onFocus={() => setActive(keyOf(row))} />
    );
  return (
    <div ref={list} role="list" aria-label={t("list.label")} onKeyDown={press} className="trace-list" data-testid="results">
      {rows.length > fewRows ? (
        <ManyRows rows={rows} current={current} list={list} scroll={scroll} render={render} />
      ) : (
        rows.map((row, i) => (
          <div role="listitem" key={keyOf(row)}>
            {render(row, i)}
          </div>
        ))
      )}
    </div>
  );
}

/** focusRow waits some frames for a row that is only now drawn. */
function focusRow(list: HTMLElement | null, index: number, frames: number): void {
  const row = list?.querySelector<HTMLElement>(`[data-row="${index}"]`);
  if (row) row.focus();
  else if (frames > 0) requestAnimationFrame(() => focusRow(list, index, frames - 1));
}

interface ManyProps {
  rows: Row[];
  /** The row that Tab stops at: it must be there wherever the page is scrolled to. */
  current: number;
  list: { current: HTMLDivElement | null };
  scroll: { current: (index: number) => void };
  render: (row: Row, index: number) => ReactNode;
}

/** ManyRows draws only what can be seen, as thousands of rows would make the page slow. */
function ManyRows({ rows, current, list, scroll, render }: ManyProps) {
  const getItemKey = useCallback((i: number) => (rows[i] ? keyOf(rows[i]) : i), [rows]);
  const rangeExtractor = useCallback((range: Range) => [...new Set([...defaultRangeExtractor(range), current])].sort((a, b) => a - b), [current]);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (window.innerWidth < 900 ? 150 : 66),
    overscan: 12,
    scrollMargin: list.current?.offsetTop ?? 0,
    scrollPaddingStart: 70,
    scrollPaddingEnd: 70,
    getItemKey,
    rangeExtractor,
  });
  scroll.current = (index) => virtualizer.scrollToIndex(index, { align: "auto" });
  return (
    <div style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
      {virtualizer.getVirtualItems().map((item) => {
        const row = rows[item.index];
        return row ? (
          <div
            key={item.key}
            ref={virtualizer.measureElement}
            data-index={item.index}
            role="listitem"
            aria-setsize={rows.length}
            aria-posinset={item.index + 1}
            style={{ position: "absolute", top: 0, left: 0, right: 0, transform: `translateY(${item.start - virtualizer.options.scrollMargin}px)` }}
          >
            {render(row, item.index)}
          </div>
        ) : null;
      })}
    </div>
  );
}
