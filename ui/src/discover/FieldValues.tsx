import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useAggregate } from "../api";
import { ErrorNote, Waiting } from "../kit/Notes";
import { useSettings } from "../kit/settings";
import { formatNumber } from "../kit/time";
import { visible } from "../kit/visible";
import { useFieldTable } from "../logs/fields";
import { clause } from "../logs/lucene";
import { FilterButtons } from "./FilterButtons";
import type { Discover } from "./state";

/** FieldValues shows the most frequent values of a field among all events that match. */
export function FieldValues({ name, kind, discover, close }: { name: string; kind: string; discover: Discover; close: () => void }) {
  const { t } = useTranslation("discover");
  const { zone, language } = useSettings();
  const table = useFieldTable();
  const { state, composed, filter, change } = discover;
  const listed = kind !== "text" && kind !== "time";
  const asked = useAggregate(
    { query: composed, since: state.range.since, until: state.range.until, zone, aggs: [{ name: "with", kind: "filters", filters: [{ key: "with", query: clause({ field: name }) }] }, ...(listed ? [{ name: "values", kind: "terms" as const, field: name, size: 10 }] : [])] },
    { keep: false },
  );
  const have = asked.data?.aggs[0]?.buckets?.[0]?.count ?? 0;
  const values = asked.data?.aggs[1];
  const aliases = table.byName.get(name)?.aliases ?? [];
  const act = (what: () => void) => () => {
    close();
    what();
  };
  return (
    <Stack gap="xs">
      <div>
        <Text fw={600} ff="monospace" size="sm" style={{ overflowWrap: "anywhere" }} translate="no">
          {visible(name, 200)}
        </Text>
        <Text size="sm">{table.meaning(name) ?? t("fields.unknown")}</Text>
        {aliases.length > 0 ? (
          <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {t("fields.aliases", { names: aliases.join(", ") })}
          </Text>
        ) : null}
      </div>
      {asked.error ? <ErrorNote error={asked.error} again={asked.again} /> : null}
      {asked.pending ? <Waiting cancel={asked.cancel} inline /> : null}
      {asked.data ? (
        <Text size="xs" c="dimmed">
          {t("fields.have", { count: asked.data.total, have: formatNumber(have, language), total: formatNumber(asked.data.total, language), share: percent(have, asked.data.total, language) })}
        </Text>
      ) : null}
      {values?.buckets?.length ? (
        <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: "none" }} data-testid="top-values">
          {values.buckets.map((b) => (
            <li key={b.key}>
              <Group gap={4} wrap="nowrap">
                <div style={{ flex: 1, minWidth: 0 }}>
                  <Group gap="xs" justify="space-between" wrap="nowrap">
                    <Text size="xs" ff="monospace" truncate title={visible(b.key, 500)} translate="no" style={{ unicodeBidi: "isolate" }}>
                      {b.key === "" ? '""' : visible(b.key, 120)}
                    </Text>
                    <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" }}>
                      {percent(b.count, have, language)} · {formatNumber(b.count, language)}
                    </Text>
                  </Group>
                  <Progress value={have > 0 ? (100 * b.count) / have : 0} size={4} aria-hidden />
                </div>
                <FilterButtons field={name} value={b.key} filter={(pill) => act(() => filter(pill))()} />
              </Group>
            </li>
          ))}
        </Stack>
      ) : null}
      <Group gap={6}>
        <Button size="compact-xs" variant="default" leftSection={<IconCircleCheck size={14} aria-hidden />} onClick={act(() => filter({ field: name }))}>
          {t("filter.exists")}
        </Button>
        {listed ? (
          <Button size="compact-xs" variant="default" onClick={act(() => change({ by: name, chart: true }))}>
            {t("fields.breakdown")}
          </Button>
        ) : null}
      </Group>
    </Stack>
  );
}

const percent = (part: number, whole: number, language: string): string => (whole === 0 ? "–" : new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: part / whole < 0.1 ? 1 : 0 }).format(part / whole));
