import { ActionIcon, Box, Group, Select, Text, Tooltip } from "@mantine/core";
import { IconChartBar, IconChartBarOff } from "@tabler/icons-react";
import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useAggregate, type AggregateAnswer, type Asked } from "../api";
import { Timeline, useChartColors, type TimelineSeries } from "../kit/chart";
import { ErrorNote, Waiting } from "../kit/Notes";
import { useSettings } from "../kit/settings";
import { between, formatNumber, formatTime } from "../kit/time";
import { visible } from "../kit/visible";
import { useFieldTable } from "../logs/fields";
import { asValue } from "../logs/query/tokens";
import { escapeName } from "../logs/lucene";
import type { Discover } from "./state";

const height = 132;

/** The histogram's bars: all events, or parted by the most frequent values of a field. */
function useHistogram({ state, composed }: Discover): Asked<AggregateAnswer> & { top: string[] | undefined } {
  const { zone } = useSettings();
  const asked = { query: composed, since: state.range.since, until: state.range.until, zone };
  const by = state.by;
  // Two questions: which values matter in the whole range, then how they go over time.
  const values = useAggregate({ ...asked, aggs: [{ name: "top", kind: "terms", field: by ?? "", size: 5 }] }, { enabled: state.chart && by !== undefined });
  const answered = by === undefined || values.stale ? undefined : values.data?.aggs[0];
  const top = answered ? (answered.buckets ?? []).map((b) => b.key) : undefined;
  const aggs = by !== undefined && top && top.length > 0 ? [{ name: "by", kind: "filters" as const, filters: top.map((key) => ({ key, query: `${escapeName(by)}:${asValue(key)}` })) }] : [];
  const timeline = useAggregate({ ...asked, aggs: [{ name: "time", kind: "timeline", field: "@timestamp", buckets: 60, aggs }] }, { enabled: state.chart && (by === undefined || top !== undefined || values.error !== undefined) });
  return { ...timeline, error: timeline.error ?? values.error, top };
}

/** seriesOf turns buckets into bars; what no listed value explains is "other". */
export function seriesOf(answer: AggregateAnswer, names: { all: string; other: string }, colors: Readonly<Record<string, string>> = {}): { starts: number[]; width: number; series: TimelineSeries[] } {
  const result = answer.aggs[0];
  const buckets = result?.buckets ?? [];
  const starts = buckets.map((b) => Date.parse(b.key));
  const keys = buckets[0]?.aggs?.[0]?.buckets?.map((b) => b.key) ?? [];
  const last = starts.at(-1) ?? 0;
  const width = result?.interval_ms ?? last - (starts.at(-2) ?? last);
  if (keys.length === 0) return { starts, width, series: [{ key: "", name: names.all, values: buckets.map((b) => b.count) }] };
  const counts = buckets.map((b) => b.aggs?.[0]?.buckets?.map((one) => one.count) ?? []);
  const series = keys.map((key, i): TimelineSeries => ({ key, name: visible(key, 60), color: colors[key], values: counts.map((c) => c[i] ?? 0) }));
  // A field with several values counts an event more than once; nothing is left over then.
  const rest = buckets.map((b, i) => Math.max(0, b.count - (counts[i] ?? []).reduce((sum, n) => sum + n, 0)));
  return { starts, width, series: rest.some((n) => n > 0) ? [...series, { key: "", name: names.other, values: rest, color: "#8a9199" }] : series };
}

const splittable = new Set(["keyword", "boolean", "integer", "ip"]);

/** Histogram shows when events happened. Dragging, a click or keys zoom. */
export const Histogram = memo(function Histogram({ discover }: { discover: Discover }) {
  const { t } = useTranslation("discover");
  const { zone, language } = useSettings();
  const { state, change } = discover;
  const asked = useHistogram(discover);
  const data = asked.data;
  const { meaning } = useChartColors();
  const drawn = useMemo(() => (data ? seriesOf(data, { all: t("chart.events"), other: t("chart.other") }, state.by === "status" ? meaning : undefined) : undefined), [data, t, state.by, meaning]);
  const interval = data?.aggs[0]?.interval;
  const first = drawn?.starts[0];
  const last = drawn?.starts.at(-1);
  const summary = first === undefined || last === undefined ? t("chart.empty") : t("chart.summary", { count: data?.total ?? 0, shown: formatNumber(data?.total ?? 0, language), from: formatTime(first, zone, language), to: formatTime(last + (drawn?.width ?? 0), zone, language), interval });
  if (!state.chart) return null;
  return (
    <Box component="section" aria-label={t("chart.title")} style={{ opacity: asked.stale && asked.pending ? 0.55 : 1, minHeight: height }} data-testid="histogram" data-stale={asked.stale || undefined}>
      {asked.error ? <ErrorNote error={asked.error} again={asked.again} /> : null}
      {drawn ? <Timeline starts={drawn.starts} width={drawn.width} series={drawn.series} legend={state.by !== undefined} summary={summary} height={state.by === undefined ? height : height + 30} onBrush={(from, to) => change({ range: between(from, to), live: false })} /> : asked.error ? null : <Waiting cancel={asked.cancel} />}
    </Box>
  );
});

/** HistogramBar chooses what the histogram is broken down by, and hides it. */
export const HistogramBar = memo(function HistogramBar({ discover }: { discover: Discover }) {
  const { t } = useTranslation("discover");
  const { state, change } = discover;
  const table = useFieldTable();
  const data = useMemo(() => {
    const names = table.fields.filter((f) => splittable.has(f.kind) && !["event_id", "source_id", "offset"].includes(f.name)).map((f) => f.name);
    return state.by && !names.includes(state.by) ? [state.by, ...names] : names;
  }, [table.fields, state.by]);
  const label = state.chart ? t("chart.hide") : t("chart.show");
  return (
    <Group gap={6} wrap="nowrap">
      {state.chart ? (
        <Group gap={6} wrap="nowrap">
          <Text size="sm" c="dimmed" visibleFrom="md" id="breakdown-label">
            {t("chart.by")}
          </Text>
          <Select size="xs" w={{ base: 132, sm: 170 }} aria-label={t("chart.by")} placeholder={t("chart.nothing")} data={data} value={state.by ?? null} onChange={(v) => change({ by: v ?? undefined })} searchable clearable limit={100} nothingFoundMessage={t("fields.none")} clearButtonProps={{ "aria-label": t("chart.clear") }} data-testid="breakdown" />
        </Group>
      ) : null}
      <Tooltip label={label}>
        <ActionIcon variant="subtle" color="gray" onClick={() => change({ chart: !state.chart })} aria-label={label} aria-pressed={state.chart}>
          {state.chart ? <IconChartBarOff size={18} aria-hidden /> : <IconChartBar size={18} aria-hidden />}
        </ActionIcon>
      </Tooltip>
    </Group>
  );
});
