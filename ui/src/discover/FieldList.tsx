import { ActionIcon, Box, Button, Collapse, Group, Popover, Progress, Stack, Text, TextInput, Title, Tooltip, UnstyledButton } from "@mantine/core";
import { IconAbc, IconCalendarTime, IconChevronDown, IconChevronRight, IconCircleCheck, IconColumnInsertRight, IconColumnRemove, IconHash, IconNetwork, IconSearch, IconTag, IconToggleLeft, IconX, type Icon } from "@tabler/icons-react";
import { useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useAggregate, type EventDocument } from "../api";
import { ErrorNote, Waiting } from "../kit/Notes";
import { useSettings } from "../kit/settings";
import { formatNumber } from "../kit/time";
import { visible } from "../kit/visible";
import { useFieldTable } from "../logs/fields";
import { clause } from "../logs/lucene";
import { FilterButtons } from "./FilterButtons";
import type { Discover } from "./state";

const icons: Record<string, Icon> = { keyword: IconTag, text: IconAbc, integer: IconHash, number: IconHash, boolean: IconToggleLeft, time: IconCalendarTime, ip: IconNetwork };

/** KindIcon shows what kind a field is of. */
export function KindIcon({ kind }: { kind: string }) {
  const { t } = useTranslation("query");
  const Sign = icons[kind] ?? IconTag;
  return <Sign size={15} role="img" aria-label={t(`kind.${kind}`)} style={{ flex: "none", color: "var(--mantine-color-dimmed)" }} />;
}

/** In how many of the events that were fetched a field has a value, as a share. */
export function presence(rows: readonly EventDocument[]): Map<string, number> {
  const counts = new Map<string, number>();
  const sample = rows.slice(0, 500);
  for (const row of sample) for (const name of Object.keys(row)) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [name, count] of counts) counts.set(name, count / sample.length);
  return counts;
}

/** FieldList shows the fields there are: the chosen columns, those with values, the others. */
export function FieldList({ discover, rows, close }: { discover: Discover; rows: readonly EventDocument[]; close?: (() => void) | undefined }) {
  const { t } = useTranslation("discover");
  const table = useFieldTable();
  const [search, setSearch] = useState("");
  const [empty, setEmpty] = useState(false);
  const shares = useMemo(() => presence(rows), [rows]);
  const { columns } = discover.state;
  const wanted = search.trim().toLowerCase();
  const matches = (name: string) => wanted === "" || name.toLowerCase().includes(wanted) || (table.byName.get(name)?.aliases ?? []).some((a) => a.toLowerCase().includes(wanted)) || (table.meaning(name) ?? "").toLowerCase().includes(wanted);
  const names = useMemo(() => [...new Set([...table.fields.map((f) => f.name), ...shares.keys()])], [table.fields, shares]);
  const chosen = columns.filter(matches);
  const rest = names.filter((n) => !columns.includes(n) && matches(n)).sort((a, b) => a.localeCompare(b));
  const present = rest.filter((n) => shares.has(n));
  const absent = rest.filter((n) => !shares.has(n));
  const showEmpty = empty || wanted !== "" || rows.length === 0;
  const one = (name: string) => <FieldItem key={name} name={name} discover={discover} />;
  return (
    <Stack gap="xs" h="100%" style={{ minHeight: 0 }} component="section" aria-label={t("fields.title")} data-testid="field-list">
      <TextInput size="xs" aria-label={t("fields.search")} placeholder={t("fields.search")} value={search} onChange={(e) => setSearch(e.currentTarget.value)} leftSection={<IconSearch size={15} aria-hidden />}
        rightSection={search === "" ? undefined : <ActionIcon size="sm" variant="subtle" color="gray" onClick={() => setSearch("")} aria-label={t("fields.clear")}><IconX size={14} aria-hidden /></ActionIcon>} data-testid="field-search" />
      <Box style={{ overflowY: "auto", flex: 1, minHeight: 0 }}>
        <Section title={t("fields.selected")} count={chosen.length}>
          {chosen.map(one)}
        </Section>
        <Section title={t("fields.available")} count={present.length}>
          {present.map(one)}
        </Section>
        {absent.length > 0 ? (
          <>
            <UnstyledButton onClick={() => setEmpty(!showEmpty)} aria-expanded={showEmpty} py={4} px={4} w="100%">
              <Group gap={4} wrap="nowrap">
                {showEmpty ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
                <Text size="xs" fw={600} c="dimmed">
                  {t("fields.empty", { count: absent.length })}
                </Text>
              </Group>
            </UnstyledButton>
            <Collapse expanded={showEmpty}>{showEmpty ? <ul className="d-fields">{absent.map(one)}</ul> : null}</Collapse>
          </>
        ) : null}
        {chosen.length + rest.length === 0 ? (
          <Text size="sm" c="dimmed" p="xs">
            {t("fields.none")}
          </Text>
        ) : null}
      </Box>
      {close ? (
        <Button variant="default" onClick={close}>
          {t("fields.close")}
        </Button>
      ) : null}
    </Stack>
  );
}

function Section({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  if (count === 0) return null;
  return (
    <>
      <Title order={2} fz="xs" fw={600} c="dimmed" py={4} px={4}>
        {title} · {count}
      </Title>
      <ul className="d-fields">{children}</ul>
    </>
  );
}

function FieldItem({ name, discover }: { name: string; discover: Discover }) {
  const { t } = useTranslation("discover");
  const table = useFieldTable();
  const [open, setOpen] = useState(false);
  const kind = table.byName.get(name)?.kind ?? "keyword";
  const isColumn = discover.state.columns.includes(name);
  const column = isColumn ? t("fields.removeColumn", { field: name }) : t("fields.addColumn", { field: name });
  return (
    <li className="d-field">
      <Popover opened={open} onChange={setOpen} position="right-start" width="min(22rem, calc(100vw - 1rem))" shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <UnstyledButton onClick={() => setOpen(!open)} aria-expanded={open} aria-haspopup="dialog" className="d-field-name" title={table.meaning(name)} data-testid={`field-${name}`}>
            <KindIcon kind={kind} />
            <span translate="no">{visible(name, 80)}</span>
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown aria-label={name}>{open ? <FieldValues name={name} kind={kind} discover={discover} close={() => setOpen(false)} /> : null}</Popover.Dropdown>
      </Popover>
      <Tooltip label={column} events={{ hover: true, focus: false, touch: false }}>
        <ActionIcon size="sm" variant="subtle" color="gray" onClick={() => discover.toggleColumn(name)} aria-label={column} className="d-field-add">
          {isColumn ? <IconColumnRemove size={16} aria-hidden /> : <IconColumnInsertRight size={16} aria-hidden />}
        </ActionIcon>
      </Tooltip>
    </li>
  );
}

/** FieldValues shows the most frequent values of a field among all events that match. */
function FieldValues({ name, kind, discover, close }: { name: string; kind: string; discover: Discover; close: () => void }) {
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

export const percent = (part: number, whole: number, language: string): string => (whole === 0 ? "–" : new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: part / whole < 0.1 ? 1 : 0 }).format(part / whole));
