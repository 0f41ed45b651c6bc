import { Anchor, Card, Group, Stack, Text, Title, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import type { UnparsedProgram } from "../api";
import { useSettings } from "../kit/settings";
import { formatTime } from "../kit/time";
import { visible } from "../kit/visible";
import { RawLine } from "../logs/RawLine";
import { programLines } from "./links";

/** UnparsedList shows which lines no parser understood, with examples, and leads to all of them. */
export function UnparsedList({ programs }: { programs: UnparsedProgram[] }) {
  const { t } = useTranslation("sources");
  return (
    <Stack component="section" gap="sm" aria-labelledby="sources-unparsed" data-testid="unparsed">
      <div>
        <Title order={2} size="h4" id="sources-unparsed">
          {t("unparsed.title")}
        </Title>
        <Text size="sm" c="dimmed">
          {programs.length > 0 ? t("unparsed.lead") : t("unparsed.none")}
        </Text>
      </div>
      {programs.map((p) => (
        <ProgramCard key={p.program} program={p} />
      ))}
    </Stack>
  );
}

function ProgramCard({ program }: { program: UnparsedProgram }) {
  const { t } = useTranslation("sources");
  const { zone, language } = useSettings();
  const name = program.program === "" ? t("unparsed.noProgram") : visible(program.program, 200);
  return (
    <Card withBorder padding="sm" data-program={program.program}>
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Group gap="sm">
            <Title order={3} size="sm" style={{ overflowWrap: "anywhere" }} translate={program.program === "" ? undefined : "no"}>
              {name}
            </Title>
            <Text size="sm" c="dimmed">
              {t("unparsed.count", { count: program.count })}
            </Text>
          </Group>
          <Anchor component={Link} href={programLines(program)} size="sm">
            {t("unparsed.search")}
            <VisuallyHidden> · {name}</VisuallyHidden>
          </Anchor>
        </Group>
        {program.examples.map((e, i) => (
          <div key={e.event_id ?? i}>
            <Text size="xs" c="dimmed" mb={2}>
              <time dateTime={e.time}>{formatTime(e.time, zone, language)}</time>
              {e.host ? ` · ${visible(e.host, 200)}` : null}
            </Text>
            <RawLine line={e.line} />
          </div>
        ))}
      </Stack>
    </Card>
  );
}
