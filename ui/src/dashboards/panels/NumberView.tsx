import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import type { Panel, PanelMetric } from "../../api";
import { useFormats } from "../format";
import type { PanelData } from "../model/read";
import { useColors, useNames } from "./names";
import { Sparkline } from "./Sparkline";
import type { ViewProps } from "./view";

type One = Extract<PanelData, { kind: "number" }>["figures"][number];

/** NumberView shows one great figure with its course, or several beside each other. */
export function NumberView({ panel, data, room, href }: ViewProps<"number"> & { href: string }) {
  const names = useNames();
  const { of, colors } = useColors();
  const several = data.figures.length > 1;
  const spark = !several && data.spark.length > 1 && room.height > 90;
  const most = several ? 1.5 : Math.max(1.5, Math.min(3, room.height / 42));
  // Beside the course a figure has a little more than half of the width.
  const width = several ? 10 : (room.width * (spark ? 0.56 : 1)) / 16;
  return (
    <div className="board-numbers" data-several={several || undefined}>
      {data.figures.map((f, i) => {
        const line = { kind: "series" as const, series: f.series, value: undefined };
        return (
          <div key={i} className="board-number">
            {f.series === undefined ? null : (
              <span className="board-number-name">
                <span className="board-swatch" style={{ background: of(panel, line, i) }} aria-hidden />
                {names.line(panel, line)}
              </span>
            )}
            <Great figure={f} panel={panel} most={most} width={width} href={href} />
          </div>
        );
      })}
      {spark ? <Sparkline values={data.spark} color={colors.series[0] ?? ""} /> : null}
    </div>
  );
}

function Great({ figure, panel, most, width, href }: { figure: One; panel: Panel; most: number; width: number; href: string }) {
  const { t } = useTranslation("dashboards");
  const formats = useFormats();
  const metric = figure.series === undefined ? panel.metric : panel.series?.[figure.series]?.metric;
  const share = shareOf(figure.value, figure.of?.value);
  const text = figure.of ? (share === null ? "–" : formats.share(share)) : formats.figure(figure.value, metric);
  return (
    <>
      <Link href={href} className="board-great" style={{ fontSize: `${Math.max(1.1, Math.min(most, width / (text.length * 0.62)))}rem` }} title={t("discover")} data-testid="figure">
        {text}
      </Link>
      {figure.of ? <span className="board-dim">{t("ofAll", { part: formats.figure(figure.value, metric), all: formats.figure(figure.of.value, metric) })}</span> : null}
      <Against figure={figure} metric={metric} />
    </>
  );
}

const shareOf = (part: number | null | undefined, all: number | null | undefined): number | null => (part === null || part === undefined || !all ? null : part / all);

/** The least events of a range that others are compared with. */
const leastCompared = 20;

/** Against tells the change against the range before: in points for a share, in percent for the rest. */
function Against({ figure, metric }: { figure: One; metric: PanelMetric | undefined }) {
  const { t } = useTranslation("dashboards");
  const formats = useFormats();
  if (figure.before === undefined) return null;
  const now = figure.of ? shareOf(figure.value, figure.of.value) : figure.value;
  // A share of a handful is chance, such as in the first day of a new server; so is a multiple of one.
  const old = !figure.of ? figure.before : (figure.of.before ?? 0) < leastCompared ? null : shareOf(figure.before, figure.of.before);
  const chance = !figure.of && old !== null && old > 0 && old < leastCompared && now !== null && now / old >= 10;
  if (now === null || old === null || chance) return <span className="board-dim">{t("growth.unknown")}</span>;
  // A tenth of a point is the least that is said of shares.
  const difference = figure.of ? Math.round((now - old) * 1000) / 1000 : now - old;
  const Sign = difference > 0 ? IconArrowUpRight : difference < 0 ? IconArrowDownRight : IconArrowRight;
  const before = figure.of ? formats.share(old) : formats.figure(old, metric);
  const text = figure.of ? t("growth.points", { points: formats.points(difference) }) : old === 0 ? (now === 0 ? t("growth.same") : t("growth.new")) : now / old >= 10 ? t("growth.times", { times: formats.figure(Math.round(now / old)) }) : `${difference > 0 ? "+" : difference < 0 ? "−" : ""}${formats.share(Math.abs(difference / old))}`;
  return (
    <span className="board-growth" data-way={Math.sign(difference)} title={t("growth.title", { before })}>
      <Sign size={14} aria-hidden />
      {text} <span className="board-dim">{t("growth.against")}</span>
    </span>
  );
}
