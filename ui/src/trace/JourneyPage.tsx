import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { useTrace, type Journey, type TraceAnswer } from "../api";
import { EmptyNote, ErrorNote, Waiting } from "../kit/Notes";
import { useSettings } from "../kit/settings";
import { useUrlState } from "../kit/url";
import { useTitle } from "../kit/useTitle";
import { visible } from "../kit/visible";
import { traceLink } from "../logs/lucene";
import { directionOf } from "./direction";
import { Facts } from "./Facts";
import { journeyLink, pick, sideOf, type Side } from "./journeyLink";
import { JourneyTools } from "./JourneyTools";
import { Notes, RelatedMessages, Recipients } from "./JourneyOthers";
import { RawLines } from "./RawLines";
import { lastList, rememberOpened } from "./lastList";
import { ResultList } from "./ResultList";
import { Timeline } from "./Timeline";
import { VerdictCard } from "./VerdictCard";

/** Most recipients whose steps a page asks for; the list shows more. */
const mostCopies = 200;

/** JourneyPage is one message on its way to one recipient. The address holds a question that finds it again. */
export function JourneyPage({ id }: { id: string }) {
  const { t } = useTranslation("trace");
  const { zone } = useSettings();
  const url = useUrlState();
  const query = url.get("q") ?? "";
  const range = { since: url.get("since"), until: url.get("until") };
  const asked = useTrace({ query, ...range, zone, limit: mostCopies }, { enabled: query !== "", keep: false });
  const journey = asked.data ? pick(asked.data.journeys, id, url.get("to")) : undefined;
  useTitle(journey ? visible(journey.recipient ?? journey.original_recipient ?? t("journey.title"), 80) : t("journey.title"));
  useEffect(() => {
    window.scrollTo(0, 0);
    rememberOpened(id);
  }, [id]);
  const side = url.get("side");
  return (
    <Stack gap="md" className="trace-page">
      <BackLink query={query} />
      {journey || (asked.data?.journeys ?? []).length > 0 ? null : (
        <Title order={1} className="trace-hidden">
          {t("journey.title")}
        </Title>
      )}
      {query === "" ? <Missing /> : null}
      {asked.error ? <ErrorNote error={asked.error} again={asked.again} /> : null}
      {asked.pending && !asked.data ? <Waiting cancel={asked.cancel} /> : null}
      {!asked.pending && !asked.data && !asked.error && query !== "" ? (
        <EmptyNote title={t("cancelled")}>
          <Anchor component="button" type="button" onClick={asked.again}>
            {t("journey.load")}
          </Anchor>
        </EmptyNote>
      ) : null}
      {asked.data && journey ? (
        <JourneyView answer={asked.data} journey={journey} side={side === "sender" || side === "recipient" ? side : sideOf(journey, [], directionOf(journey) === "outbound")} />
      ) : null}
      {asked.data && !journey ? <Others answer={asked.data} /> : null}
    </Stack>
  );
}

function BackLink({ query }: { query: string }) {
  const { t } = useTranslation("trace");
  // Back to the list as it was, where this page was opened from it.
  const back = lastList() ?? (query === "" ? "/" : traceLink(query));
  return (
    <Anchor component={Link} href={back} size="sm" className="no-print" data-testid="back">
      <Group gap={4} component="span">
        <IconArrowLeft size={16} aria-hidden />
        {t("journey.back")}
      </Group>
    </Anchor>
  );
}

function Missing() {
  const { t } = useTranslation("trace");
  return (
    <EmptyNote title={t("journey.missing")}>
      <Text size="sm">{t("journey.missingHint")}</Text>
      <Anchor component={Link} href="/">
        {t("journey.search")}
      </Anchor>
    </EmptyNote>
  );
}

/** Others are what the link's question finds when the journey itself is not among it any more. */
function Others({ answer }: { answer: TraceAnswer }) {
  const { t } = useTranslation("trace");
  if (answer.journeys.length === 0) return <Missing />;
  return (
    <>
      <Title order={1} size="h3">
        {t("journey.changed")}
      </Title>
      <Text size="sm">{t("journey.changedHint")}</Text>
      <ResultList rows={answer.journeys.map((journey) => ({ kind: "copy", journey, nested: false }))} link={(j) => journeyLink(j)} toggle={() => undefined} />
    </>
  );
}

function JourneyView({ answer, journey, side }: { answer: TraceAnswer; journey: Journey; side: Side }) {
  const copies = answer.journeys.filter((j) => j.message_key === journey.message_key);
  return (
    <>
      <VerdictCard journey={journey}>
        <JourneyTools journey={journey} side={side} />
      </VerdictCard>
      <div className="trace-columns">
        <Stack gap="lg" className="trace-main">
          <Notes notes={journey.notes ?? []} />
          <Timeline journey={journey} />
          <RawLines journey={journey} />
        </Stack>
        <Stack gap="lg" className="trace-side">
          <Recipients journey={journey} copies={copies} side={side} />
          <RelatedMessages journey={journey} />
          <Facts journey={journey} />
        </Stack>
      </div>
    </>
  );
}
