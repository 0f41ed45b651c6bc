import { useTranslation } from "react-i18next";

import type { Narrow } from "../model/context";

export interface LegendItem {
  key: string;
  name: string;
  color: string;
  /** A figure beside the name. */
  figure?: string | undefined;
  narrow?: Narrow | undefined;
}

/** Legend names colours; a name that can be filtered for is a button. */
export function Legend({ items, onNarrow, vertical }: { items: LegendItem[]; onNarrow: (to: Narrow) => void; vertical?: boolean }) {
  const { t } = useTranslation("dashboards");
  return (
    <ul className="board-legend" data-vertical={vertical || undefined}>
      {items.map((item) => {
        const { narrow } = item;
        const inside = (
          <>
            <span className="board-swatch" style={{ background: item.color }} aria-hidden />
            <bdi className="board-name">{item.name}</bdi>
            {item.figure ? <span className="board-figure">{item.figure}</span> : null}
          </>
        );
        return (
          <li key={item.key}>
            {narrow ? (
              <button type="button" className="board-mark" title={t("filterFor", { value: item.name })} onClick={() => onNarrow(narrow)}>
                {inside}
              </button>
            ) : (
              <span className="board-mark">{inside}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
