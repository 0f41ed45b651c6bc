import { Button, Group, Menu, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { withParams, type TraceAnswer } from "../api";
import { follow } from "../kit/download";
import { EmptyNote } from "../kit/Notes";
import { useSettings } from "../kit/settings";
import { formatNumber } from "../kit/time";
import type { UrlState } from "../kit/url";
import { directionOf } from "./direction";
import { FilterBar } from "./FilterBar";
import { isFiltered, keep, rowsOf, type Filters } from "./filters";
import { journeyLink, sideOf } from "./journeyLink";
import { understoodValues, type Question } from "./question";
import { ResultList } from "./ResultList";
import { Understood } from "./Understood";

interface Props {
  answer: TraceAnswer;
  question: Question;
  filters: Filters;
  byMessage: boolean;
  set: UrlState["set"];
  onMore: (() => void) | undefined;
  loading: boolean;
}

/** Results are the copies that were found, with what narrows them down. */
export function Results({ answer, question, filters, byMessage, set, onMore, loading }: Props) {
  const { t } = useTranslation("trace");
  const { language } = useSettings();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  if (answer.journeys.length === 0) return null;
  const shown = keep(answer.journeys, filters);
  const rows = rowsOf(shown, byMessage, open);
  const messages = new Set(shown.map((j) => j.message_key)).size;
  const searched = understoodValues(answer.query);
  const toggle = (key: string) =>
    setOpen((was) => {
      const next = new Set(was);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  return (
    <Stack gap="sm">
      <FilterBar journeys={answer.journeys} filters={filters} byMessage={byMessage} set={set} />
      <Group justify="space-between" gap="xs">
        <div>
          <Text size="sm" role="status" data-testid="trace-count">
            {t("found", { count: shown.length, copies: formatNumber(shown.length, language), messages: t("messages", { count: messages, messages: formatNumber(messages, language) }) })}
            {answer.more ? ` ${t("newestOnly", { limit: formatNumber(answer.journeys.length, language) })}` : ""}
          </Text>
          <Understood query={answer.query} />
        </div>
        <ExportMenu question={question} filters={filters} />
      </Group>
      {rows.length === 0 ? (
        <EmptyNote title={t("filteredOut")}>
          <Button size="xs" variant="default" onClick={() => set({ status: undefined, host: undefined, dir: undefined, text: undefined })}>
            {t("filter.none")}
          </Button>
        </EmptyNote>
      ) : (
        <ResultList rows={rows} link={(j) => journeyLink(j, sideOf(j, searched, directionOf(j) === "outbound"))} toggle={toggle} />
      )}
      {answer.more ? (
        <Group justify="center" className="no-print">
          {onMore ? (
            <Button variant="default" onClick={onMore} loading={loading} data-testid="trace-more">
              {isFiltered(filters) ? t("lookFurther") : t("showMore")}
            </Button>
          ) : (
            <Text size="sm">{t("tooMany")}</Text>
          )}
        </Group>
      ) : null}
    </Stack>
  );
}

/** ExportMenu hands out the whole answer as a file, made by the server. Filters that the server does not know do not narrow it. */
function ExportMenu({ question, filters }: { question: Question; filters: Filters }) {
  const { t } = useTranslation("trace");
  const { zone, language } = useSettings();
  const take = (format: "csv" | "json") =>
    follow(
      withParams("/api/trace/export", {
        format, query: question.text, since: question.range.since, until: question.range.until, zone, lang: language,
        status: filters.statuses.join(","),
      }),
    );
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={16} aria-hidden />} data-testid="trace-export">
          {t("export.button")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{filters.statuses.length > 0 ? t("export.withStatus") : t("export.all")}</Menu.Label>
        <Menu.Item onClick={() => take("csv")}>{t("export.csv")}</Menu.Item>
        <Menu.Item onClick={() => take("json")}>{t("export.json")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
