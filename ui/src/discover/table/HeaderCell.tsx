import { ActionIcon, Menu, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowLeft, IconArrowRight, IconArrowUp, IconArrowsSort, IconChevronDown, IconTrash } from "@tabler/icons-react";
import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";

import { visible } from "../../kit/visible";
import { maxWidth, minWidth, nextSort, type Discover } from "../state";
import { move, type Track } from "./columns";

interface Props {
  track: Track;
  discover: Discover;
  sortable: boolean;
  /** Shows a width while it is being dragged; undefined: as it was. */
  drag: (width: number | undefined) => void;
}

/** HeaderCell names a column, sorts by it, and is where it is moved, widened and removed. */
export function HeaderCell({ track, discover, sortable, drag }: Props) {
  const { t } = useTranslation("discover");
  const { state, change } = discover;
  const { field } = track;
  const key = state.sort.find((k) => k.field === field);
  const place = state.sort.length > 1 && key ? state.sort.indexOf(key) + 1 : undefined;
  const cell = useRef<HTMLDivElement>(null);
  const at = state.columns.indexOf(field);
  const setWidth = (width: number | undefined) => {
    const { [field]: _, ...rest } = state.widths;
    change({ widths: width === undefined ? rest : { ...rest, [field]: Math.round(Math.max(minWidth, Math.min(maxWidth, width))) } }, "replace");
  };
  const name = visible(field, 80);
  return (
    <div role="columnheader" aria-sort={sortable ? (key ? (key.desc ? "descending" : "ascending") : "none") : undefined} className="d-head" ref={cell} data-field={field}>
      {sortable ? (
        <UnstyledButton className="d-head-name" onClick={(e) => change({ sort: nextSort(state.sort, field, e.shiftKey) })} title={t("table.sortBy", { field: name })}>
          <span translate="no">{name}</span>
          {key ? key.desc ? <IconArrowDown size={14} aria-hidden /> : <IconArrowUp size={14} aria-hidden /> : null}
          {place ? <sub aria-hidden>{place}</sub> : null}
        </UnstyledButton>
      ) : (
        <span className="d-head-name" translate="no">
          {name}
        </span>
      )}
      <Menu position="bottom-end" shadow="md" returnFocus>
        <Menu.Target>
          <ActionIcon size={18} variant="subtle" color="gray" aria-label={t("table.columnMenu", { field: name })} className="d-head-menu">
            <IconChevronDown size={14} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {sortable ? (
            <>
              <Menu.Item leftSection={<IconArrowUp size={15} aria-hidden />} onClick={() => change({ sort: [{ field, desc: false }] })}>
                {t("table.ascending")}
              </Menu.Item>
              <Menu.Item leftSection={<IconArrowDown size={15} aria-hidden />} onClick={() => change({ sort: [{ field, desc: true }] })}>
                {t("table.descending")}
              </Menu.Item>
              <Menu.Item leftSection={<IconArrowsSort size={15} aria-hidden />} onClick={() => change({ sort: nextSort(state.sort, field, true) })}>
                {t("table.also")}
              </Menu.Item>
              <Menu.Divider />
            </>
          ) : null}
          <Menu.Item leftSection={<IconArrowLeft size={15} aria-hidden />} disabled={at <= 0} onClick={() => change({ columns: move(state.columns, field, -1) })}>
            {t("table.left")}
          </Menu.Item>
          <Menu.Item leftSection={<IconArrowRight size={15} aria-hidden />} disabled={at === state.columns.length - 1} onClick={() => change({ columns: move(state.columns, field, 1) })}>
            {t("table.right")}
          </Menu.Item>
          <Menu.Item disabled={state.widths[field] === undefined} onClick={() => setWidth(undefined)}>
            {t("table.usualWidth")}
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={15} aria-hidden />} disabled={state.columns.length === 1} onClick={() => discover.toggleColumn(field)}>
            {t("table.remove")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Grip label={t("table.width", { field: name })} width={() => cell.current?.offsetWidth ?? track.width} now={state.widths[field] ?? track.width} drag={drag} done={setWidth} />
    </div>
  );
}

/** Grip is dragged, or moved with arrow keys, to make a column wider. */
function Grip({ label, width, now, drag, done }: { label: string; width: () => number; now: number; drag: (width: number | undefined) => void; done: (width: number | undefined) => void }) {
  const start = useRef<{ x: number; width: number }>(undefined);
  const [held, setHeld] = useState(false);
  const clamp = (w: number) => Math.round(Math.max(minWidth, Math.min(maxWidth, w)));
  const down = (e: PointerEvent<HTMLDivElement>) => {
    e.preventDefault();
    e.currentTarget.setPointerCapture(e.pointerId);
    start.current = { x: e.clientX, width: width() };
    setHeld(true);
  };
  const to = (e: PointerEvent) => (start.current ? clamp(start.current.width + e.clientX - start.current.x) : undefined);
  const end = (e: PointerEvent, keep: boolean) => {
    const next = to(e);
    start.current = undefined;
    setHeld(false);
    drag(undefined);
    if (keep && next !== undefined) done(next);
  };
  const key = (e: KeyboardEvent) => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[e.key];
    if (step === undefined) return;
    e.preventDefault();
    done(clamp(width() + step));
  };
  return (
    <div role="separator" aria-orientation="vertical" aria-label={label} aria-valuenow={Math.round(now)} aria-valuemin={minWidth} aria-valuemax={maxWidth} tabIndex={0} className="d-grip" data-held={held || undefined}
      onPointerDown={down} onPointerMove={(e) => { if (start.current) drag(to(e)); }} onPointerUp={(e) => end(e, true)} onPointerCancel={(e) => end(e, false)} onKeyDown={key} onDoubleClick={() => done(undefined)} />
  );
}
