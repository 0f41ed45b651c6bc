import { Button, Group, Popover, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { IconCalendarTime } from "@tabler/icons-react";
import { useId, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { useSettings } from "../settings";
import { formatTime, wallClock } from "./format";
import { moment, plainAge, quickKey, quickRanges, sameRange, type TimeRange } from "./range";
import { ZoneSelect } from "./ZoneSelect";

interface Props {
  range: TimeRange;
  onChange: (range: TimeRange) => void;
  /** Seconds between refreshes, 0 for none; without onRefresh there is no such choice. */
  refresh?: number;
  onRefresh?: (seconds: number) => void;
}

/** The text of a range, as the button shows it. */
export function useRangeText(): (range: TimeRange) => string {
  const { t } = useTranslation("kit");
  const { zone, language } = useSettings();
  return (range) => {
    const quick = quickKey(range);
    if (quick) return t(`range.${quick}`);
    const age = plainAge(range.since);
    if (age && !range.until) return t(`range.last.${age.unit}`, { count: age.count });
    const show = (text: string | undefined, open: string) => {
      if (!text) return open;
      const at = moment(text);
      return at === undefined || /^\d{4}-\d\d-\d\d(T[\d:.]+)?$/.test(text) ? text.replace("T", " ") : formatTime(at, zone, language, "full");
    };
    return `${show(range.since, t("range.start"))} → ${show(range.until, t("range.now"))}`;
  };
}

/** TimePicker chooses a time range: one of the usual ones, date math, or two moments; and how often to look again. */
export function TimePicker({ range, onChange, refresh, onRefresh }: Props) {
  const { t } = useTranslation("kit");
  const [open, setOpen] = useState(false);
  const text = useRangeText();
  const shown = refresh ? `${text(range)} · ${t("refresh.short", { count: refresh })}` : text(range);
  const choose = (next: TimeRange) => {
    setOpen(false);
    if (!sameRange(next, range)) onChange(next);
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width="min(26rem, calc(100vw - 1rem))" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconCalendarTime size={18} aria-hidden />}
          onClick={() => setOpen(!open)}
          aria-label={t("range.button", { range: shown })}
          data-testid="time-picker"
          style={{ maxWidth: "100%" }}
        >
          {shown}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("range.label")}>
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 2, xs: 3 }} spacing={4} verticalSpacing={4}>
            {quickRanges.map((q) => (
              <Button key={q.key} size="compact-sm" variant={sameRange(q, range) ? "filled" : "subtle"} justify="flex-start" onClick={() => choose({ since: q.since, until: q.until })}>
                {t(`range.${q.key}`)}
              </Button>
            ))}
          </SimpleGrid>
          <Exact key={`${range.since} ${range.until}`} range={range} choose={choose} />
          {onRefresh ? <Refresh refresh={refresh ?? 0} onRefresh={onRefresh} /> : null}
          <ZoneSelect />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Exact takes the two ends as text: date math, or moments in the viewer's zone. */
function Exact({ range, choose }: { range: TimeRange; choose: (range: TimeRange) => void }) {
  const { t } = useTranslation("kit");
  const { zone } = useSettings();
  const shown = (end: string | undefined) => {
    const at = /(Z|[+-]\d\d:\d\d)$/.test(end ?? "") ? moment(end) : undefined;
    return at === undefined ? (end ?? "") : wallClock(at, zone);
  };
  const [since, setSince] = useState(shown(range.since));
  const [until, setUntil] = useState(shown(range.until));
  const help = useId();
  const apply = (e: FormEvent) => {
    e.preventDefault();
    choose({ since: since.trim().replace(" ", "T") || undefined, until: until.trim().replace(" ", "T") || undefined });
  };
  return (
    <form onSubmit={apply}>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <TextInput size="xs" label={t("range.from")} placeholder="now-1d/d" value={since} onChange={(e) => setSince(e.currentTarget.value)} aria-describedby={help} style={{ flex: 1 }} spellCheck={false} data-testid="since" />
        <TextInput size="xs" label={t("range.to")} placeholder="now" value={until} onChange={(e) => setUntil(e.currentTarget.value)} aria-describedby={help} style={{ flex: 1 }} spellCheck={false} data-testid="until" />
        <Button size="xs" type="submit">
          {t("range.apply")}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" mt={4} id={help}>
        {t("range.help")}
      </Text>
    </form>
  );
}

const refreshes = [0, 5, 10, 30, 60, 300];

function Refresh({ refresh, onRefresh }: { refresh: number; onRefresh: (seconds: number) => void }) {
  const { t } = useTranslation("kit");
  const all = refreshes.includes(refresh) ? refreshes : [...refreshes, refresh].sort((a, b) => a - b);
  return (
    <Select
      label={t("refresh.label")}
      size="xs"
      data={all.map((s) => ({ value: String(s), label: s === 0 ? t("refresh.off") : t("refresh.every", { count: s }) }))}
      value={String(refresh)}
      onChange={(v) => onRefresh(Number(v ?? 0))}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
      data-testid="refresh"
    />
  );
}
