import { useTranslation } from "react-i18next";

import { useFormats } from "../format";
import type { TermRow } from "../model/read";
import { Growth } from "./Growth";
import { useColors, useNames } from "./names";
import type { ViewProps } from "./view";

/** Bars shows values of a field as horizontal bars with their figures. Each is a button that filters. */
export function Bars({ panel, data, onNarrow }: Pick<ViewProps<"terms">, "panel" | "data" | "onNarrow">) {
  const { t } = useTranslation("dashboards");
  const names = useNames();
  const formats = useFormats();
  const { of, colors } = useColors();
  const most = data.rows.reduce((max, r) => Math.max(max, r.value ?? 0), 0);
  const field = panel.field ?? "";
  const color = (row: TermRow) => (field === "status" ? of(panel, { kind: "value", series: undefined, value: row.key }, 0) : (colors.series[0] ?? ""));
  return (
    <ol className="board-bars">
      {data.rows.map((row) => {
        const name = names.value(panel, row.key);
        return (
          <li key={row.key}>
            <button type="button" className="board-bar" title={t("filterFor", { value: name })} onClick={() => onNarrow({ field, value: row.key })} data-testid="bar">
              <bdi className="board-name">{name}</bdi>
              <span className="board-figure">
                {formats.figure(row.value, panel.metric)}
                {row.share !== undefined && !panel.growth ? <span className="board-dim"> {formats.share(row.share)}</span> : null}
                <Growth row={row} metric={panel.metric} />
              </span>
              <span className="board-track" aria-hidden>
                <span style={{ width: `${most > 0 ? Math.max(0.5, ((row.value ?? 0) / most) * 100) : 0}%`, background: color(row) }} />
              </span>
            </button>
          </li>
        );
      })}
      {data.other > 0 ? (
        <li className="board-dim board-rest">{t("others", { count: data.other, shown: formats.figure(data.other) })}</li>
      ) : null}
    </ol>
  );
}
