import { ActionIcon, Button, Fieldset, Group, Select, Stack, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import type { PanelSeries } from "../../api";
import { useSettings } from "../../kit/settings";
import { useWords } from "../../logs/words";
import type { BoardContext } from "../model/context";
import { maxTitle, withText } from "../model/words";
import { MetricFields, QueryField } from "./fields";

const colors = ["", "delivered", "deferred", "bounced", "rejected", "neutral"] as const;

/** SeriesFields edit the lines of a timeline, the stages of a flow or the figures of a number. */
export function SeriesFields({ series, context, onChange }: { series: PanelSeries[]; context: BoardContext; onChange: (series: PanelSeries[]) => void }) {
  const { t } = useTranslation("dashboards");
  const { language } = useSettings();
  const words = useWords();
  // Names of rows that stay when rows move.
  const names = useRef<number[]>([]);
  const next = useRef(0);
  while (names.current.length < series.length) names.current.push(next.current++);
  const put = (i: number, part: Partial<PanelSeries>) => onChange(series.map((s, k) => (k === i ? { ...s, ...part } : s)));
  const swap = (i: number, k: number) => {
    const rows = [...series];
    const keys = names.current;
    const [a, b] = [rows[i], rows[k]];
    const [x, y] = [keys[i], keys[k]];
    if (!a || !b || x === undefined || y === undefined) return;
    [rows[i], rows[k], keys[i], keys[k]] = [b, a, y, x];
    onChange(rows);
  };
  const remove = (i: number) => {
    names.current.splice(i, 1);
    onChange(series.filter((_, k) => k !== i));
  };
  return (
    <Stack gap="sm">
      {series.map((s, i) => (
        <Fieldset key={names.current[i]} legend={t("form.seriesNumber", { number: i + 1 })} p="sm">
          <Stack gap="xs">
            <Group gap="xs" align="flex-end" wrap="nowrap">
              <TextInput label={t("form.name")} value={words(s.title)} onChange={(e) => put(i, { title: withText(s.title, e.currentTarget.value, language) })} maxLength={maxTitle} required style={{ flex: 1 }} />
              <Select label={t("form.color")} data={colors.map((c) => ({ value: c, label: t(`color.${c || "own"}`) }))} value={s.color ?? ""} onChange={(v) => put(i, { color: v || undefined })} allowDeselect={false} w={130} />
              <ActionIcon variant="default" size={36} disabled={i === 0} onClick={() => swap(i, i - 1)} aria-label={t("form.earlier")}>
                <IconArrowUp size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon variant="default" size={36} disabled={i === series.length - 1} onClick={() => swap(i, i + 1)} aria-label={t("form.later")}>
                <IconArrowDown size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon variant="default" size={36} onClick={() => remove(i)} aria-label={t("form.removeSeries")}>
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </Group>
            <QueryField label={t("form.seriesQuery", { number: i + 1 })} value={s.query} context={context} onChange={(query) => put(i, { query })} />
            <MetricFields metric={s.metric} onChange={(metric) => put(i, { metric })} />
          </Stack>
        </Fieldset>
      ))}
      <Group>
        <Button size="xs" variant="default" leftSection={<IconPlus size={16} aria-hidden />} disabled={series.length >= 20} onClick={() => onChange([...series, { title: { [language]: t("form.seriesNumber", { number: series.length + 1 }) }, query: "" }])}>
          {t("form.addSeries")}
        </Button>
      </Group>
    </Stack>
  );
}
