import { Group, NumberInput, Select } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { PanelMetric } from "../../api";
import { useFieldTable } from "../../logs/fields";
import { QueryBar } from "../../logs/query/QueryBar";
import type { BoardContext } from "../model/context";

/** Which fields are offered: those whose values can be counted, or those that hold numbers. */
export type FieldUse = "count" | "measure" | "any";

const numbers = ["integer", "number"];

/** useFieldNames lists the fields for a use, with a name that is there already. */
export function useFieldNames(use: FieldUse, present?: string): { value: string; label: string }[] {
  const table = useFieldTable();
  return useMemo(() => {
    const fits = table.fields.filter((f) => use === "any" || (use === "measure" ? numbers.includes(f.kind) : f.kind !== "text" && f.kind !== "time"));
    const list = fits.map((f) => ({ value: f.name, label: f.name }));
    return present && !list.some((f) => f.value === present) ? [{ value: present, label: present }, ...list] : list;
  }, [table, use, present]);
}

/** FieldSelect chooses a field by typing a part of its name. */
export function FieldSelect({ label, value, use, onChange, required, clearable }: { label: string; value: string | undefined; use: FieldUse; onChange: (field: string | undefined) => void; required?: boolean; clearable?: boolean }) {
  const { t } = useTranslation("dashboards");
  const table = useFieldTable();
  const names = useFieldNames(use, value);
  return (
    <Select label={label} description={value ? table.meaning(value) : undefined} inputWrapperOrder={["label", "input", "description", "error"]} data={names} value={value ?? null} onChange={(v) => onChange(v ?? undefined)} searchable limit={200} nothingFoundMessage={t("form.noField")} required={required ?? false} clearable={clearable ?? false} allowDeselect={false} data-testid="field-select" />
  );
}

/** QueryField is a query bar within a form: what is typed counts also before it is submitted. */
export function QueryField({ label, value, context, onChange }: { label: string; value: string | undefined; context: BoardContext; onChange: (query: string) => void }) {
  const [shown, setShown] = useState(value ?? "");
  return (
    <div>
      <div className="board-label">{label}</div>
      <QueryBar
        value={shown}
        label={label}
        zone={context.zone}
        range={context.range}
        onDraft={onChange}
        onSubmit={(query) => {
          setShown(query);
          onChange(query);
        }}
      />
    </div>
  );
}

const metricKinds: readonly PanelMetric["kind"][] = ["count", "cardinality", "percentile", "avg", "sum", "min", "max"];
const metricUnits = ["", "seconds", "bytes", "percent"] as const;

/** MetricFields choose what is measured; the number of events needs no more. */
export function MetricFields({ metric, onChange }: { metric: PanelMetric | undefined; onChange: (metric: PanelMetric | undefined) => void }) {
  const { t } = useTranslation("dashboards");
  const kind = metric?.kind ?? "count";
  const change = (next: Partial<PanelMetric>) => {
    const merged: PanelMetric = { ...(metric ?? { kind: "count" }), ...next };
    if (merged.kind === "count") onChange(undefined);
    else onChange({ kind: merged.kind, field: merged.field, ...(merged.kind === "percentile" ? { percent: merged.percent || 95 } : {}), ...(merged.unit && merged.kind !== "cardinality" ? { unit: merged.unit } : {}) });
  };
  const own = kind !== "count";
  return (
    <Group gap="xs" align="flex-start" grow preventGrowOverflow={false}>
      <Select label={t("form.metric")} data={metricKinds.map((k) => ({ value: k, label: t(`metric.${k}`) }))} value={kind} onChange={(v) => v && change({ kind: v as PanelMetric["kind"], ...(v !== "cardinality" && kind === "cardinality" ? { field: undefined } : {}) })} allowDeselect={false} miw={150} />
      {own ? <FieldSelect label={t("form.of")} use={kind === "cardinality" ? "count" : "measure"} value={metric?.field} onChange={(field) => change({ field, ...(field === "delay" && !metric?.unit ? { unit: "seconds" } : field === "size" && !metric?.unit ? { unit: "bytes" } : {}) })} required /> : null}
      {kind === "percentile" ? <NumberInput label={t("form.percent")} value={metric?.percent ?? 95} onChange={(v) => change({ percent: Number(v) || 95 })} min={1} max={100} clampBehavior="blur" miw={90} /> : null}
      {own && kind !== "cardinality" ? <Select label={t("form.unit")} data={metricUnits.map((u) => ({ value: u, label: t(`unit.${u || "none"}`) }))} value={metric?.unit ?? ""} onChange={(v) => change({ unit: v || undefined })} allowDeselect={false} miw={110} /> : null}
    </Group>
  );
}
