import { Badge, Card, Group, Stack, Text, Title } from "@mantine/core";
import { IconUserCheck, IconWalk } from "@tabler/icons-react";
import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Journey } from "../api";
import { useSettings } from "../kit/settings";
import { formatSeconds, Time } from "../kit/time";
import { visible } from "../kit/visible";
import { StatusBadge } from "../logs/StatusBadge";
import { useWords } from "../logs/words";
import { Bit } from "./Bit";
import { ConfidenceMark } from "./ConfidenceMark";
import { directionOf } from "./direction";
import { DirectionSign, People } from "./ResultRow";
import { seconds } from "./journeySteps";

/** VerdictCard says what happened, who must act and what comes next, before anything else. */
export function VerdictCard({ journey: j, children }: { journey: Journey; children: ReactNode }) {
  const { t } = useTranslation("trace");
  const { language } = useSettings();
  const words = useWords();
  const direction = directionOf(j);
  const heading = useRef<HTMLHeadingElement>(null);
  // A reader who came by the keyboard goes on from here, and a screen reader says which message this is.
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Card withBorder padding="lg" className="trace-verdict" data-status={j.status} data-testid="verdict">
      <Stack gap="sm">
        <Group gap="sm">
          <StatusBadge status={j.status} size="lg" />
          <ConfidenceMark confidence={j.confidence} whole />
          <Badge variant="default" tt="none" leftSection={<DirectionSign direction={direction} />}>
            {t(`direction.${direction}`)}
          </Badge>
          <Text size="sm" c="dimmed" component="span">
            <Time at={j.first_time} />
          </Text>
          {seconds(j) >= 1 ? (
            <Text size="sm" c="dimmed" component="span">
              {t("journey.took", { time: formatSeconds(seconds(j), language) })}
            </Text>
          ) : null}
        </Group>
        <Title order={1} size="h3" className="trace-h1" ref={heading} tabIndex={-1}>
          <People journey={j} />
        </Title>
        {j.subject ? (
          <Text size="sm">
            {t("fact.subject")}: <Bit text={j.subject} most={300} />
          </Text>
        ) : null}
        <Text size="lg" data-testid="verdict-text">
          {visible(words(j.verdict), 3000)}
        </Text>
        {j.acts ? (
          <Group gap="xs" wrap="nowrap" align="flex-start">
            <IconUserCheck size={20} aria-hidden style={{ flex: "none" }} />
            <Text size="sm" data-testid="acts">
              <b>{t("acts.label")}</b> {t(`acts.${j.acts}`, { defaultValue: j.acts })}
            </Text>
          </Group>
        ) : null}
        {j.action ? (
          <Group gap="xs" wrap="nowrap" align="flex-start">
            <IconWalk size={20} aria-hidden style={{ flex: "none" }} />
            <Text size="sm" data-testid="action">
              <b>{t("journey.next")}</b> {visible(words(j.action), 2000)}
            </Text>
          </Group>
        ) : null}
        {children}
      </Stack>
    </Card>
  );
}
