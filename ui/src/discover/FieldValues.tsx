import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { IconCalculator, IconCircleCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useFieldStats } from "../api";
import { ErrorNote, Waiting } from "../kit/Notes";
import { useSettings } from "../kit/settings";
import { formatNumber } from "../kit/time";
import { visible } from "../kit/visible";
import { useFieldTable } from "../logs/fields";
import { FilterButtons } from "./FilterButtons";
import type { Discover } from "./state";

/** How long the events are sampled for the first figures, in milliseconds: less than what a person takes for waiting. */
const sampleTime = 100;

/** FieldValues shows the most frequent values of a field: at once those of a sample of the events that match, and of all of them when asked to. */
export function FieldValues({ name, kind, discover, close }: { name: string; kind: string; discover: Discover; close: () => void }) {
  const { t } = useTranslation("discover");
  const { zone, language } = useSettings();
  const table = useFieldTable();
  const { state, composed, filter, change } = discover;
  const listed = kind !== "text" && kind !== "time";
  const [exact, setExact] = useState(false);
  const asked = useFieldStats({ query: composed, since: state.range.since, until: state.range.until, zone, fields: [name], size: 10, sample_ms: exact ? undefined : sampleTime });
  const figures = asked.data?.fields[0];
  const sample = asked.data?.sample;
  const have = figures?.events ?? 0;
  const values = listed ? figures?.values : undefined;
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
      {sample ? (
        <Group gap="xs" justify="space-between" align="center" data-testid="sample">
          <Text size="xs" c="dimmed" style={{ flex: 1, minWidth: "9rem" }}>
            {t("fields.sample", { count: sample.seen, seen: formatNumber(sample.seen, language), of: formatNumber(sample.of, language) })}
          </Text>
          {asked.pending && exact ? null : (
            <Button size="compact-xs" variant="light" leftSection={<IconCalculator size={14} aria-hidden />} onClick={() => setExact(true)}>
              {t("fields.exact")}
            </Button>
          )}
        </Group>
      ) : null}
      {values?.length ? (
        <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: "none" }} data-testid="top-values">
          {values.map((b) => (
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
