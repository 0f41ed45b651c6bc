import { Group, Select, Switch, TextInput, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconFilter } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Journey, Status } from "../api";
import { useSettings } from "../kit/settings";
import { formatNumber } from "../kit/time";
import type { UrlState } from "../kit/url";
import { visible } from "../kit/visible";
import { StatusBadge, statuses } from "../logs/StatusBadge";
import { directionOf, directions } from "./direction";
import { count, keep, problemStatuses, type Filters } from "./filters";

interface Props {
  journeys: Journey[];
  filters: Filters;
  byMessage: boolean;
  set: UrlState["set"];
}

/** FilterBar narrows the copies down by status (problems first), server, direction and words. */
export function FilterBar({ journeys, filters, byMessage, set }: Props) {
  const { t } = useTranslation("trace");
  const { language } = useSettings();
  const number = (n: number) => formatNumber(n, language);
  const byStatus = count(keep(journeys, filters, "statuses"), (j) => [j.status]);
  const byHost = [...count(keep(journeys, filters, "host"), (j) => j.hosts ?? [])].sort(([a], [b]) => a.localeCompare(b));
  const byDirection = count(keep(journeys, filters, "direction"), (j) => [directionOf(j)]);
  const problems = problemStatuses.filter((s) => byStatus.has(s));
  const problemCount = problems.reduce((sum, s) => sum + (byStatus.get(s) ?? 0), 0);
  const choose = (next: readonly Status[]) => set({ status: next.length === 0 ? undefined : next.join(",") });
  const toggle = (s: Status) => choose(filters.statuses.includes(s) ? filters.statuses.filter((x) => x !== s) : statuses.filter((x) => x === s || filters.statuses.includes(x)));
  const allProblems = problemCount > 0 && problemStatuses.every((s) => filters.statuses.includes(s));
  return (
    <Group gap="xs" className="no-print" role="group" aria-label={t("filter.label")}>
      <Group gap={6} className="trace-strip trace-statuses" role="group" aria-label={t("filter.status")}>
        {problems.length > 0 ? (
          <UnstyledButton className="trace-chip" aria-pressed={allProblems} onClick={() => choose(allProblems ? [] : problemStatuses)} data-testid="filter-problems">
            <IconAlertTriangle size={16} aria-hidden />
            {t("filter.problems")}
            <b>{number(problemCount)}</b>
          </UnstyledButton>
        ) : null}
        {statuses
          .filter((s) => byStatus.has(s) || filters.statuses.includes(s))
          .filter((s) => !allProblems || byStatus.has(s))
          .map((s) => (
            <UnstyledButton key={s} className="trace-chip" aria-pressed={filters.statuses.includes(s)} onClick={() => toggle(s)} data-testid={`filter-${s}`}>
              <StatusBadge status={s} />
              <b>{number(byStatus.get(s) ?? 0)}</b>
            </UnstyledButton>
          ))}
      </Group>
      {byHost.length > 1 || filters.host !== "" ? (
        <Select
          size="xs"
          className="trace-filter"
          aria-label={t("filter.host")}
          placeholder={t("filter.anyHost")}
          data={[...byHost.map(([host, n]) => ({ value: host, label: `${visible(host, 60)} (${number(n)})` })), ...(filters.host !== "" && !byHost.some(([h]) => h === filters.host) ? [filters.host] : [])]}
          value={filters.host === "" ? null : filters.host}
          onChange={(host) => set({ host: host ?? undefined })}
          clearable
          searchable={byHost.length > 10}
          clearButtonProps={{ "aria-label": t("filter.anyHost") }}
        />
      ) : null}
      <Select
        size="xs"
        className="trace-filter"
        aria-label={t("filter.direction")}
        placeholder={t("filter.anyDirection")}
        data={directions.filter((d) => byDirection.has(d) || d === filters.direction).map((d) => ({ value: d, label: `${t(`direction.${d}`)} (${number(byDirection.get(d) ?? 0)})` }))}
        value={filters.direction === "" ? null : filters.direction}
        onChange={(dir) => set({ dir: dir ?? undefined })}
        clearable
        clearButtonProps={{ "aria-label": t("filter.anyDirection") }}
      />
      <TextInput
        size="xs"
        className="trace-filter"
        leftSection={<IconFilter size={14} aria-hidden />}
        aria-label={t("filter.text")}
        placeholder={t("filter.text")}
        value={filters.text}
        onChange={(e) => set({ text: e.currentTarget.value }, "replace")}
        spellCheck={false}
        data-testid="filter-text"
      />
      <Switch size="sm" label={t("filter.byMessage")} checked={byMessage} onChange={(e) => set({ group: e.currentTarget.checked ? "1" : undefined })} data-testid="group" />
    </Group>
  );
}
