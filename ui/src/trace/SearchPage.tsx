import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useTrace, type Asked, type Journey, type TraceAnswer } from "../api";
import { EmptyNote, ErrorNote, Waiting } from "../kit/Notes";
import { useSettings } from "../kit/settings";
import { rangeParams, TimePicker, type TimeRange } from "../kit/time";
import { useUrlState, type UrlState } from "../kit/url";
import { useTitle } from "../kit/useTitle";
import { visible } from "../kit/visible";
import { readFilters } from "./filters";
import { lastOpened, rememberList } from "./lastList";
import { NotFoundNote } from "./NotFoundNote";
import { firstLimit, nextLimit, readQuestion, traceRequest, type Question } from "./question";
import { useRecent } from "./recent";
import { Results } from "./Results";
import { SearchBox } from "./SearchBox";
import { Examples, RecentSearches } from "./Starters";

const none: Journey[] = [];
const noFilters = { status: undefined, host: undefined, dir: undefined, text: undefined, limit: undefined };

/** SearchPage is the start page: one box, and the copies that were found; without a text, the newest ones. */
export function SearchPage() {
  const { t } = useTranslation("trace");
  const { zone } = useSettings();
  const url = useUrlState();
  const question = readQuestion(url.get);
  const { recent, add, remove, clear } = useRecent();
  const everything = question.text.trim() === "";
  // The newest messages keep coming by themselves; an answer to a question stands still unless one wants it otherwise.
  const refresh = Number(url.get("refresh") ?? (everything && question.limit === firstLimit ? 10 : 0)) || 0;
  const asked = useTrace(traceRequest(question, zone), { every: refresh * 1000 });
  const address = `/?${url.all.toString()}`;
  useEffect(() => rememberList(address), [address]);
  useTitle(everything ? t("title") : visible(question.text, 60));

  const search = (text: string) => {
    if (text === question.text) asked.again();
    else url.set({ ...noFilters, q: text });
    add(text);
  };
  const setRange = (range: TimeRange) => url.set({ ...rangeParams(range), limit: undefined });
  return (
    <Stack gap="md" className="trace-page">
      <Title order={1} className="trace-title">
        {t("heading")}
      </Title>
      <SearchBox text={question.text} onSearch={search} autoFocus={everything && lastOpened() === undefined}>
        <TimePicker range={question.range} onChange={setRange} refresh={refresh} onRefresh={(s) => url.set({ refresh: String(s) })} />
      </SearchBox>
      {everything ? <Examples journeys={asked.data?.journeys ?? none} onSearch={search} /> : null}
      <RecentSearches recent={recent} onSearch={search} onRemove={remove} onClear={clear} />
      <Answer asked={asked} question={question} url={url} onSearch={search} onRange={setRange} />
    </Stack>
  );
}

interface AnswerProps {
  asked: Asked<TraceAnswer>;
  question: Question;
  url: UrlState;
  onSearch: (text: string) => void;
  onRange: (range: TimeRange) => void;
}

/** Answer shows what came, while it comes, and what to do when nothing came. */
function Answer({ asked, question, url, onSearch, onRange }: AnswerProps) {
  const { t } = useTranslation("trace");
  const { data, stale, pending, error, cancel, again } = asked;
  if (error && !data) return <ErrorNote error={error} again={again} />;
  if (!data) return pending ? <Waiting cancel={cancel} /> : <Cancelled again={again} />;
  return (
    <>
      {stale && pending ? <Waiting inline cancel={cancel} /> : null}
      {stale && !pending && !error ? <Cancelled again={again} /> : null}
      {error ? <ErrorNote error={error} again={again} /> : null}
      <div className={stale ? "trace-stale" : undefined} aria-busy={stale}>
        <Stack gap="md">
          {data.partial ? <Partial reasons={data.reasons ?? []} /> : null}
          {data.not_found ? (
            <NotFoundNote answer={data} notFound={data.not_found} question={question} onSearch={onSearch} onRange={onRange} />
          ) : (
            <Results
              answer={data}
              question={question}
              filters={readFilters(url.get)}
              byMessage={url.get("group") === "1"}
              set={url.set}
              onMore={data.more && nextLimit(question.limit) !== undefined ? () => url.set({ limit: String(nextLimit(question.limit)) }, "replace") : undefined}
              loading={stale && pending}
            />
          )}
          {!data.not_found && data.journeys.length === 0 ? <EmptyNote title={t("nothingYet")} /> : null}
        </Stack>
      </div>
    </>
  );
}

function Cancelled({ again }: { again: () => void }) {
  const { t } = useTranslation(["trace", "kit"]);
  return (
    <Group justify="center" py="md" role="status">
      <Text size="sm">{t("cancelled")}</Text>
      <Button size="xs" variant="default" onClick={again}>
        {t("kit:again")}
      </Button>
    </Group>
  );
}

function Partial({ reasons }: { reasons: string[] }) {
  const { t } = useTranslation("trace");
  return (
    <Alert color="yellow" variant="light" icon={<IconAlertTriangle aria-hidden />} title={t("partial")} data-testid="partial">
      {reasons.map((r) => (
        <Text key={r} size="sm" lang="en">
          {visible(r, 500)}
        </Text>
      ))}
    </Alert>
  );
}
