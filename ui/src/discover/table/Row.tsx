import { memo, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { EventDocument, FieldInfo } from "../../api";
import type { Pill } from "../../logs/lucene";
import { FilterButtons } from "../FilterButtons";
import { glyphs } from "../glyphs";
import { textOf, valuesOf } from "../state";
import { cellText } from "./cell";
import { Marked } from "./Marked";

interface Props {
  event: EventDocument;
  index: number;
  columns: readonly string[];
  byName: ReadonlyMap<string, FieldInfo>;
  zone: string;
  language: string;
  marks: readonly string[];
  open: boolean;
  narrow: boolean;
  toggle: (event: EventDocument) => void;
  filter: (pill: Pill) => void;
  /** Moves the focus to the row above (-1) or below (1). */
  step: (from: number, by: number) => void;
}

/** Row is one event: a line of cells, or a card where there is no room for columns. */
export const Row = memo(function Row({ event, index, columns, byName, zone, language, marks, open, narrow, toggle, filter, step }: Props) {
  const { t } = useTranslation("discover");
  const key = (e: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[e.key];
    if (by === undefined) return;
    e.preventDefault();
    step(index, by);
  };
  const shown = (field: string) => cellText(event[field], byName.get(field)?.kind, zone, language);
  const expander = (
    <button type="button" className="d-act" onClick={() => toggle(event)} onKeyDown={key} aria-expanded={open} aria-label={t(open ? "table.collapse" : "table.expand", { row: index + 1 })} data-expander={index}>
      {open ? glyphs.open : glyphs.closed}
    </button>
  );
  if (narrow) {
    const [first, ...rest] = columns;
    return (
      <div role="cell" className="d-card">
        <div className="d-card-head">
          {expander}
          <span className="d-card-time">{first ? shown(first) : ""}</span>
        </div>
        <div className="d-card-facts">
          {rest.filter((f) => !lines.has(f)).map((field) => {
            const text = shown(field);
            return text === "" ? null : (
              <span key={field}>
                <span className="d-card-name">{field} </span>
                <Marked text={text} marks={marks} />
              </span>
            );
          })}
        </div>
        {rest.filter((f) => lines.has(f)).map((field) => (
          <div key={field} className="d-card-line">
            <span className="d-text">
              <Marked text={shown(field)} marks={marks} />
            </span>
          </div>
        ))}
      </div>
    );
  }
  return (
    <>
      <div role="cell" className="d-cell d-cell-expander">
        {expander}
      </div>
      {columns.map((field) => (
        <Cell key={field} event={event} field={field} kind={byName.get(field)?.kind} filter={filter}>
          <Marked text={shown(field)} marks={marks} />
        </Cell>
      ))}
    </>
  );
});

/** Fields that are a line of their own in a card. */
const lines = new Set(["message", "log_message", "reply", "subject"]);

/** A cell shows its buttons to the pointer that is over it; the expanded event has the same for everybody. */
function Cell({ event, field, kind, filter, children }: { event: EventDocument; field: string; kind: string | undefined; filter: (pill: Pill) => void; children: ReactNode }) {
  const [over, setOver] = useState(false);
  const [value, second] = over ? valuesOf(event, field) : [];
  const buttons = value !== undefined && second === undefined && kind !== "text" && kind !== "time";
  return (
    <div role="cell" className="d-cell" onPointerEnter={() => setOver(true)} onPointerLeave={() => setOver(false)}>
      <div className="d-text">{children}</div>
      {buttons ? (
        <div className="d-hover">
          <FilterButtons field={field} value={textOf(value)} filter={filter} tabbable={false} />
        </div>
      ) : null}
    </div>
  );
}
