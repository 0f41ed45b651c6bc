/** Sparkline draws a course without axes; the table of the panel has its figures. */
export function Sparkline({ values, color }: { values: readonly (number | null)[]; color: string }) {
  const most = Math.max(1e-9, ...values.map((v) => v ?? 0));
  const step = 100 / Math.max(1, values.length - 1);
  const points = values.map((v, i) => `${(i * step).toFixed(2)},${(29 - ((v ?? 0) / most) * 27).toFixed(2)}`);
  return (
    <svg className="board-spark" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden>
      <polygon points={`0,30 ${points.join(" ")} 100,30`} fill={color} opacity={0.15} />
      <polyline points={points.join(" ")} fill="none" stroke={color} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
