import { Group, MultiSelect, NumberInput, SegmentedControl, Select, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Panel } from "../../api";
import { useSettings } from "../../kit/settings";
import { useWords } from "../../logs/words";
import type { BoardContext } from "../model/context";
import { kinds } from "../model/tidy";
import { maxTitle, withText } from "../model/words";
import { FieldSelect, MetricFields, QueryField, useFieldNames } from "./fields";
import { SeriesFields } from "./SeriesFields";

interface Props {
  panel: Panel;
  context: BoardContext;
  change: (part: Partial<Panel>) => void;
}

/** PanelForm edits what a panel shows. Each kind has the fields that it can use. */
export function PanelForm(props: Props) {
  const { panel, context, change } = props;
  const { t } = useTranslation("dashboards");
  const { language } = useSettings();
  const words = useWords();
  const { kind } = panel;
  return (
    <Stack gap="sm">
      <Group gap="xs" grow align="flex-start">
        <Select label={t("form.kind")} data={kinds.map((k) => ({ value: k, label: t(`kind.${k}`) }))} value={kind} onChange={(v) => v && change({ kind: v as Panel["kind"] })} allowDeselect={false} data-testid="panel-kind" />
        <TextInput label={t("form.title")} value={words(panel.title)} onChange={(e) => change({ title: withText(panel.title, e.currentTarget.value, language) })} maxLength={maxTitle} required={kind !== "text"} data-testid="panel-title" />
      </Group>
      {kind === "text" ? (
        <Textarea label={t("form.text")} description={t("form.markdown")} value={words(panel.text)} onChange={(e) => change({ text: withText(panel.text, e.currentTarget.value, language) })} autosize minRows={6} maxRows={20} maxLength={20_000} required data-testid="panel-text" />
      ) : (
        <QueryField label={t("form.query")} value={panel.query} context={context} onChange={(query) => change({ query })} />
      )}
      {kind === "timeline" ? <TimelineFields {...props} /> : null}
      {kind === "number" ? <NumberFields {...props} /> : null}
      {kind === "flow" ? <SeriesFields series={panel.series ?? []} context={context} onChange={(series) => change({ series })} /> : null}
      {kind === "table" ? <TableFields {...props} /> : null}
      {kind === "bar" || kind === "pie" || kind === "map" ? <ValueFields {...props} /> : null}
    </Stack>
  );
}

function Choice<T extends string>({ label, value, options, onChange }: { label: string; value: T; options: { value: T; label: string }[]; onChange: (value: T) => void }) {
  const id = useId();
  return (
    <div>
      <div className="board-label" id={id}>
        {label}
      </div>
      <SegmentedControl aria-labelledby={id} data={options} value={value} onChange={(v) => onChange(v as T)} size="xs" />
    </div>
  );
}

function TimelineFields({ panel, context, change }: Props) {
  const { t } = useTranslation("dashboards");
  const { language } = useSettings();
  const split = panel.series?.length ? "series" : panel.field !== undefined ? "field" : "one";
  const choose = (to: "one" | "field" | "series") =>
    change({ field: to === "field" ? "host" : undefined, series: to === "series" ? [{ title: { [language]: t("form.seriesNumber", { number: 1 }) }, query: "" }] : undefined });
  return (
    <>
      <Choice label={t("form.split")} value={split} onChange={choose} options={[{ value: "one", label: t("split.one") }, { value: "field", label: t("split.field") }, { value: "series", label: t("split.series") }]} />
      {split === "series" ? <SeriesFields series={panel.series ?? []} context={context} onChange={(series) => change({ series })} /> : null}
      {split === "field" ? (
        <Group gap="xs" grow align="flex-start">
          <FieldSelect label={t("form.field")} use="count" value={panel.field} onChange={(field) => change({ field: field ?? "" })} required />
          <Size panel={panel} change={change} most={50} fallback={8} />
        </Group>
      ) : null}
      {split === "series" ? null : <MetricFields metric={panel.metric} onChange={(metric) => change({ metric })} />}
    </>
  );
}

function NumberFields({ panel, context, change }: Props) {
  const { t } = useTranslation("dashboards");
  const { language } = useSettings();
  const several = (panel.series?.length ?? 0) > 0;
  return (
    <>
      <Choice
        label={t("form.figures")}
        value={several ? "series" : "one"}
        onChange={(to) => change({ series: to === "series" ? [{ title: { [language]: t("form.seriesNumber", { number: 1 }) }, query: panel.query ?? "" }] : undefined })}
        options={[{ value: "one", label: t("figures.one") }, { value: "series", label: t("figures.several") }]}
      />
      {several ? (
        <SeriesFields series={panel.series ?? []} context={context} onChange={(series) => change({ series })} />
      ) : (
        <>
          <MetricFields metric={panel.metric} onChange={(metric) => change({ metric })} />
          <QueryField label={t("form.shareOf")} value={panel.share_of} context={context} onChange={(share_of) => change({ share_of })} />
        </>
      )}
    </>
  );
}

function ValueFields({ panel, change }: Props) {
  const { t } = useTranslation("dashboards");
  return (
    <>
      <Group gap="xs" grow align="flex-start">
        <FieldSelect label={t("form.field")} use="count" value={panel.field || undefined} onChange={(field) => change({ field })} required />
        <Size panel={panel} change={change} most={panel.kind === "pie" ? 20 : 250} fallback={10} />
      </Group>
      <MetricFields metric={panel.metric} onChange={(metric) => change({ metric })} />
      {panel.kind === "bar" || panel.kind === "table" ? <Switch checked={panel.growth === true} onChange={(e) => change({ growth: e.currentTarget.checked })} label={t("form.growth")} description={t("form.growthHint")} /> : null}
    </>
  );
}

function TableFields(props: Props): ReactNode {
  const { panel, change } = props;
  const { t } = useTranslation("dashboards");
  const names = useFieldNames("any");
  const events = panel.field === undefined;
  const sort = panel.sort ?? "-@timestamp";
  const by = sort.replace(/^-/, "").split(",")[0] ?? "@timestamp";
  const columns = panel.columns ?? [];
  const known = new Set(names.map((n) => n.value));
  const more = [by, ...columns].filter((c, i, all) => !known.has(c) && all.indexOf(c) === i).map((c) => ({ value: c, label: c }));
  return (
    <>
      <Choice label={t("form.rows")} value={events ? "events" : "values"} onChange={(to) => change({ field: to === "events" ? undefined : "host" })} options={[{ value: "events", label: t("rows.events") }, { value: "values", label: t("rows.values") }]} />
      {events ? (
        <>
          <MultiSelect label={t("form.columns")} data={[...more, ...names]} value={columns} onChange={(next) => change({ columns: next })} searchable limit={200} hidePickedOptions required maxValues={30} data-testid="panel-columns" />
          <Group gap="xs" grow align="flex-end">
            <Select label={t("form.sort")} data={[...more, ...names]} value={by} onChange={(v) => v && change({ sort: sort.startsWith("-") ? `-${v}` : v })} searchable limit={200} allowDeselect={false} />
            <Size panel={panel} change={change} most={500} fallback={50} />
          </Group>
          <Switch checked={sort.startsWith("-")} onChange={(e) => change({ sort: e.currentTarget.checked ? `-${by}` : by })} label={t("form.descending")} />
        </>
      ) : (
        <ValueFields {...props} />
      )}
    </>
  );
}

function Size({ panel, change, most, fallback }: { panel: Panel; change: Props["change"]; most: number; fallback: number }) {
  const { t } = useTranslation("dashboards");
  return <NumberInput label={t("form.size")} value={panel.size || fallback} onChange={(v) => change({ size: Math.max(1, Math.min(most, Math.round(Number(v)) || fallback)) })} min={1} max={most} clampBehavior="blur" allowDecimal={false} />;
}
