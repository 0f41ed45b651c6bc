import { useTranslation } from "react-i18next";

import { useFormats } from "../format";
import type { Narrow } from "../model/context";
import { useColors, useNames } from "./names";
import type { ViewProps } from "./view";

interface Stage {
  name: string;
  color: string;
  count: number;
  /** Of the greatest stage, between 0 and 1. */
  part: number;
  narrow: Narrow | undefined;
}

/** FlowView shows what goes from stage to stage, and what is lost between. */
export function FlowView({ panel, data, room, onNarrow }: ViewProps<"flow">) {
  const names = useNames();
  const { of } = useColors();
  const most = Math.max(1, ...data.stages);
  const stages = data.stages.map((count, i): Stage => {
    const line = { kind: "series" as const, series: i, value: undefined };
    const query = panel.series?.[i]?.query;
    return { name: names.line(panel, line), color: of(panel, line, i), count, part: count / most, narrow: query ? { query } : undefined };
  });
  return room.width >= 150 * stages.length && room.height >= 110 ? <Wide stages={stages} onNarrow={onNarrow} /> : <Narrowed stages={stages} onNarrow={onNarrow} />;
}

interface Props {
  stages: Stage[];
  onNarrow: (to: Narrow) => void;
}

/** Stages beside each other; the band between them narrows by what is lost. */
function Wide({ stages, onNarrow }: Props) {
  const unit = 100 / stages.length;
  const flat = unit * 0.62;
  const half = (s: Stage) => Math.max(0.6, s.part * 30);
  return (
    <div className="board-flow">
      <ol className="board-flow-stages">
        {stages.map((s, i) => (
          <li key={i}>
            <Head stage={s} first={stages[0]} onNarrow={onNarrow} />
          </li>
        ))}
      </ol>
      <svg viewBox="0 0 100 62" preserveAspectRatio="none" className="board-flow-band" aria-hidden>
        {stages.map((s, i) => {
          const next = stages[i + 1];
          const x = i * unit;
          return (
            <g key={i}>
              <rect x={x} width={next ? flat : unit} y={31 - half(s)} height={half(s) * 2} fill={s.color} opacity={0.85} />
              {next ? <polygon points={`${x + flat},${31 - half(s)} ${x + unit},${31 - half(next)} ${x + unit},${31 + half(next)} ${x + flat},${31 + half(s)}`} fill={s.color} opacity={0.3} /> : null}
            </g>
          );
        })}
      </svg>
      <ol className="board-flow-stages board-flow-losses">
        {stages.slice(0, -1).map((s, i) => (
          <li key={i}>
            <Loss from={s} to={stages[i + 1]} />
          </li>
        ))}
      </ol>
    </div>
  );
}

/** Stages below each other, for narrow panels. */
function Narrowed({ stages, onNarrow }: Props) {
  return (
    <ol className="board-flow-list">
      {stages.map((s, i) => (
        <li key={i}>
          <Head stage={s} first={stages[0]} onNarrow={onNarrow} />
          <span className="board-track" aria-hidden>
            <span style={{ width: `${Math.max(0.5, s.part * 100)}%`, background: s.color }} />
          </span>
          {i < stages.length - 1 ? <Loss from={s} to={stages[i + 1]} /> : null}
        </li>
      ))}
    </ol>
  );
}

function Head({ stage, first, onNarrow }: { stage: Stage; first: Stage | undefined; onNarrow: Props["onNarrow"] }) {
  const { t } = useTranslation("dashboards");
  const formats = useFormats();
  const { narrow } = stage;
  const inside = (
    <>
      <span className="board-swatch" style={{ background: stage.color }} aria-hidden />
      <span className="board-name">{stage.name}</span>
    </>
  );
  return (
    <div className="board-flow-head">
      {narrow ? (
        <button type="button" className="board-mark" title={t("filterFor", { value: stage.name })} onClick={() => onNarrow(narrow)}>
          {inside}
        </button>
      ) : (
        <span className="board-mark">{inside}</span>
      )}
      <span>
        <strong className="board-figure">{formats.figure(stage.count)}</strong>
        {first && first !== stage && first.count >= stage.count && first.count > 0 ? <span className="board-dim"> {formats.share(stage.count / first.count)}</span> : null}
      </span>
    </div>
  );
}

function Loss({ from, to }: { from: Stage; to: Stage | undefined }) {
  const { t } = useTranslation("dashboards");
  const formats = useFormats();
  if (!to) return null;
  const lost = from.count - to.count;
  const share = from.count > 0 ? formats.share(Math.abs(lost) / from.count) : "";
  return <span className="board-dim">{lost > 0 ? t("flow.lost", { count: lost, shown: formats.figure(lost), share }) : lost < 0 ? t("flow.gained", { count: -lost, shown: formats.figure(-lost) }) : t("flow.none")}</span>;
}
