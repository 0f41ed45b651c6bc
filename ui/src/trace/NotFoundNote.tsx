import { Alert, Badge, Button, Group, Stack, Table, Text, Title, UnstyledButton } from "@mantine/core";
import { IconClockPlus, IconMailQuestion } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useTrace, type Coverage, type Near, type NotFound, type TraceAnswer } from "../api";
import { useSettings } from "../kit/settings";
import { formatNumber, Time, type TimeRange } from "../kit/time";
import { visible } from "../kit/visible";
import { useWords } from "../logs/words";
import { Bit } from "./Bit";
import { firstLimit, widerRanges, type Question } from "./question";
import { RangeButtons } from "./Starters";
import { Understood } from "./Understood";

interface Props {
  answer: TraceAnswer;
  notFound: NotFound;
  question: Question;
  onSearch: (text: string) => void;
  onRange: (range: TimeRange) => void;
}

/** NotFoundNote explains why nothing was found: what the logs cover, what is spelled alike, and what to try. */
export function NotFoundNote({ answer, notFound, question, onSearch, onRange }: Props) {
  const { t } = useTranslation("trace");
  const words = useWords();
  const wider = widerRanges(question.range);
  return (
    <Stack gap="md" data-testid="not-found">
      <Alert color="blue" variant="light" icon={<IconMailQuestion aria-hidden />} title={t("notFound.title")}>
        <Stack gap="xs">
          <Text size="md" role="status">
            {visible(words(notFound.verdict), 2000)}
          </Text>
          <Text size="sm">{visible(words(notFound.action), 2000)}</Text>
          <Understood query={answer.query} />
        </Stack>
      </Alert>
      {wider.length > 0 ? <Elsewhen question={question} onRange={onRange} /> : null}
      {wider.length > 0 ? (
        <Group gap="xs">
          <Text size="sm">{t("notFound.longer")}</Text>
          <RangeButtons ranges={wider} onChoose={onRange} />
        </Group>
      ) : null}
      {notFound.near && notFound.near.length > 0 ? <NearSpellings near={notFound.near} onSearch={onSearch} /> : null}
      {notFound.coverage && notFound.coverage.length > 0 ? <CoverageTable coverage={notFound.coverage} /> : null}
    </Stack>
  );
}

/** Elsewhen asks the same without a range: most calls are about a message that is older than the customer remembers. */
function Elsewhen({ question, onRange }: { question: Question; onRange: (range: TimeRange) => void }) {
  const { t } = useTranslation("trace");
  const { zone, language } = useSettings();
  const asked = useTrace({ query: question.text, zone, limit: firstLimit, no_steps: true }, { keep: false });
  const journeys = asked.data?.journeys ?? [];
  const newest = journeys[0];
  if (!newest) return null;
  return (
    <Alert color="green" variant="light" icon={<IconClockPlus aria-hidden />} title={t("notFound.elsewhen", { count: journeys.length, copies: `${formatNumber(journeys.length, language)}${asked.data?.more ? "+" : ""}` })} data-testid="elsewhen">
      <Group gap="sm">
        <Text size="sm">
          {t("notFound.newest")} <Time at={newest.first_time} />
        </Text>
        <Button size="xs" onClick={() => onRange({})}>
          {t("notFound.show")}
        </Button>
      </Group>
    </Alert>
  );
}

function NearSpellings({ near, onSearch }: { near: Near[]; onSearch: (text: string) => void }) {
  const { t } = useTranslation("trace");
  const { language } = useSettings();
  return (
    <section aria-labelledby="trace-near">
      <Title order={2} size="h5" id="trace-near" mb="xs">
        {t("notFound.near")}
      </Title>
      <Group gap={6}>
        {near.map((n) => (
          <UnstyledButton key={`${n.field} ${n.value}`} className="trace-chip" onClick={() => onSearch(n.value)} data-testid="near">
            <Bit text={n.value} most={80} />
            <span className="trace-chip-kind">{t("notFound.lines", { count: n.count, lines: formatNumber(n.count, language) })}</span>
          </UnstyledButton>
        ))}
      </Group>
    </section>
  );
}

function CoverageTable({ coverage }: { coverage: Coverage[] }) {
  const { t } = useTranslation("trace");
  const { language } = useSettings();
  return (
    <section>
      <Title order={2} size="h5" id="trace-coverage">
        {t("coverage.title")}
      </Title>
      <div className="trace-scroll" role="region" aria-labelledby="trace-coverage" tabIndex={0}>
        <Table verticalSpacing={6} horizontalSpacing="sm" data-testid="coverage">
          <Table.Thead>
            <Table.Tr>
              {["host", "first", "last", "events", "gaps"].map((c) => (
                <Table.Th key={c} ta={c === "events" ? "right" : "left"}>
                  {t(`coverage.${c}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {coverage.map((c) => (
              <Table.Tr key={c.host}>
                <Table.Td>
                  <Group gap={6} wrap="nowrap">
                    {c.host === "" ? <i>{t("coverage.noHost")}</i> : <Bit text={c.host} most={60} />}
                    {c.silent ? (
                      <Badge color="orange" variant="light" tt="none" autoContrast>
                        {t("coverage.silent")}
                      </Badge>
                    ) : null}
                  </Group>
                </Table.Td>
                <Table.Td>{c.first ? <Time at={c.first} /> : t("coverage.none")}</Table.Td>
                <Table.Td>{c.last ? <Time at={c.last} /> : t("coverage.none")}</Table.Td>
                <Table.Td ta="right">{formatNumber(c.events, language)}</Table.Td>
                <Table.Td>
                  <Gaps gaps={c.gaps ?? []} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}

const shownGaps = 3;

function Gaps({ gaps }: { gaps: { from: string; to: string }[] }) {
  const { t } = useTranslation("trace");
  if (gaps.length === 0) return t("coverage.noGaps");
  return (
    <Stack gap={0}>
      {gaps.slice(0, shownGaps).map((g) => (
        <Group key={g.from} gap={4} wrap="nowrap">
          <Time at={g.from} style="minute" />
          <span aria-hidden>→</span>
          <Time at={g.to} style="minute" />
        </Group>
      ))}
      {gaps.length > shownGaps ? <Text size="xs">{t("coverage.moreGaps", { count: gaps.length - shownGaps })}</Text> : null}
    </Stack>
  );
}
