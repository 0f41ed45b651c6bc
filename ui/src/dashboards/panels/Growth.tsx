import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { PanelMetric } from "../../api";
import { useFormats } from "../format";
import type { Figure } from "../model/read";

/** Growth shows how a figure changed against the range before: sign, arrow and words, never colour alone. */
export function Growth({ row, metric }: { row: Figure; metric?: PanelMetric | undefined }) {
  const { t } = useTranslation("dashboards");
  const formats = useFormats();
  if (row.before === undefined || row.before === null || row.value === null) return null;
  const difference = row.value - row.before;
  const Sign = difference > 0 ? IconArrowUpRight : difference < 0 ? IconArrowDownRight : IconArrowRight;
  return (
    <span className="board-growth" data-way={Math.sign(difference)} title={t("growth.title", { before: formats.figure(row.before, metric) })}>
      <Sign size={14} aria-hidden />
      {row.before === 0 && difference > 0 ? t("growth.new") : formats.change(difference, metric)}
    </span>
  );
}
