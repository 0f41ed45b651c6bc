import { Anchor, Button, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconAlertOctagon } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import type { Problem, Source } from "../api";
import { visible } from "../kit/visible";
import { useWords } from "../logs/words";
import { Hint } from "./Hint";
import { linesOf } from "./links";
import { lookOf, StateBadge } from "./StateBadge";

/** How many cards are shown at once: the worst come first. */
const shownAtOnce = 6;

/** Problems says what is wrong and how to mend it: of the server first, then of the sources, the worst first. */
export function Problems({ server, sources }: { server: Problem[]; sources: Source[] }) {
  const { t } = useTranslation("sources");
  const [all, setAll] = useState(false);
  const bad = sources.filter((s) => s.problem);
  if (server.length + bad.length === 0) return null;
  const first = Math.max(3, shownAtOnce - server.length);
  const shown = all ? bad : bad.slice(0, first);
  const more = bad.length - first;
  return (
    <Stack component="section" gap="sm" aria-labelledby="sources-problems" data-testid="problems">
      <Title order={2} size="h4" id="sources-problems">
        {t("problems.title")}
      </Title>
      <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="sm">
        {server.map((p, i) => (
          <ProblemCard key={`${p.code}-${i}`} problem={p} color="red">
            <Group gap={6} wrap="nowrap">
              <IconAlertOctagon size={18} aria-hidden className="sources-red" />
              <Text fw={600} size="sm">
                {t("problems.server")}
              </Text>
            </Group>
          </ProblemCard>
        ))}
        {shown.map((s) => (s.problem ? <SourceProblem key={s.id} source={s} problem={s.problem} /> : null))}
      </SimpleGrid>
      {more > 0 ? (
        <Group>
          <Button variant="default" size="xs" onClick={() => setAll(!all)} aria-expanded={all}>
            {all ? t("problems.less") : t("problems.show", { count: more })}
          </Button>
        </Group>
      ) : null}
    </Stack>
  );
}

function SourceProblem({ source, problem }: { source: Source; problem: Problem }) {
  const { t } = useTranslation("sources");
  return (
    <ProblemCard problem={problem} color={lookOf(source.state).color}>
      <Group gap="xs" justify="space-between">
        <StateBadge state={source.state} />
        {source.last_event ? (
          <Anchor component={Link} href={linesOf(source)} size="sm">
            {t("details.search")}
          </Anchor>
        ) : null}
      </Group>
      <Text fw={600} size="sm" style={{ overflowWrap: "anywhere" }} translate="no">
        {visible(source.name, 500)}
      </Text>
    </ProblemCard>
  );
}

function ProblemCard({ problem, color, children }: { problem: Problem; color: string; children: React.ReactNode }) {
  const { t } = useTranslation("sources");
  const words = useWords();
  return (
    <Card withBorder padding="md" className={`sources-problem sources-edge-${color}`} data-code={problem.code}>
      <Stack gap={8}>
        {children}
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {visible(words(problem.message))}
        </Text>
        <div>
          <Text size="xs" fw={600} c="dimmed">
            {t("problems.do")}
          </Text>
          <Hint text={words(problem.hint)} />
        </div>
      </Stack>
    </Card>
  );
}
