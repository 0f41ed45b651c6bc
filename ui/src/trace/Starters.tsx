import { ActionIcon, Anchor, Button, Group, Text, UnstyledButton } from "@mantine/core";
import { IconHistory, IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Journey } from "../api";
import { Bit } from "./Bit";
import { examplesOf, type Example } from "./examples";

/** Examples show what the box takes, with values that are really in the logs. */
export function Examples({ journeys, onSearch }: { journeys: Journey[]; onSearch: (text: string) => void }) {
  const { t } = useTranslation("trace");
  // The first ones stay: what is about to be pressed must not become another while the newest messages come.
  const [kept, keep] = useState<Example[]>([]);
  const examples = kept.length > 0 ? kept : examplesOf(journeys);
  useEffect(() => keep((was) => (was.length > 0 ? was : examplesOf(journeys))), [journeys]);
  if (examples.length === 0) return null;
  return (
    <Group gap={6} className="trace-strip" role="group" aria-label={t("examples.label")} data-testid="examples">
      <Text size="sm" c="dimmed">
        {t("examples.title")}
      </Text>
      {examples.map(({ kind, value }) => (
        <UnstyledButton key={kind} className="trace-chip" onClick={() => onSearch(value)}>
          <span className="trace-chip-kind">{t(`examples.${kind}`)}</span>
          <Bit text={value} most={44} />
        </UnstyledButton>
      ))}
    </Group>
  );
}

interface RecentProps {
  recent: string[];
  onSearch: (text: string) => void;
  onRemove: (text: string) => void;
  onClear: () => void;
}

/** RecentSearches are the last searches of this browser. */
export function RecentSearches({ recent, onSearch, onRemove, onClear }: RecentProps) {
  const { t } = useTranslation("trace");
  if (recent.length === 0) return null;
  return (
    <Group gap={6} className="trace-strip" role="group" aria-label={t("recent.label")} data-testid="recent">
      <Group gap={4}>
        <IconHistory size={16} aria-hidden color="var(--mantine-color-dimmed)" />
        <Text size="sm" c="dimmed">
          {t("recent.title")}
        </Text>
      </Group>
      {recent.map((query) => (
        <span key={query} className="trace-chip trace-chip-pair">
          <UnstyledButton className="trace-chip-main" onClick={() => onSearch(query)}>
            <Bit text={query} most={44} />
          </UnstyledButton>
          <ActionIcon size={22} variant="subtle" color="gray" onClick={() => onRemove(query)} aria-label={t("recent.remove", { query: query.slice(0, 80) })}>
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </span>
      ))}
      {recent.length > 1 ? (
        <Anchor component="button" type="button" size="sm" onClick={onClear}>
          {t("recent.clear")}
        </Anchor>
      ) : null}
    </Group>
  );
}

/** A button that asks again with another range. */
export function RangeButtons({ ranges, onChoose }: { ranges: { key: string; since?: string }[]; onChoose: (range: { since?: string | undefined }) => void }) {
  const { t } = useTranslation("kit");
  return ranges.map((r) => (
    <Button key={r.key} size="xs" variant="default" onClick={() => onChoose({ since: r.since })}>
      {t(`range.${r.key}`)}
    </Button>
  ));
}
