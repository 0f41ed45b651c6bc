import { Alert, Anchor, Button, Group, Text } from "@mantine/core";
import { IconInfoCircle, IconMoodEmpty } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useInfo } from "../api";
import { EmptyNote, ErrorNote, Waiting } from "../kit/Notes";
import { useSettings } from "../kit/settings";
import { formatNumber, Time } from "../kit/time";
import { Histogram, HistogramBar } from "./Histogram";
import { LiveBar } from "./live/LiveBar";
import type { Tail } from "./live/useTail";
import type { Discover } from "./state";
import { ResultTable } from "./table/ResultTable";
import { useCount, type Count } from "./useCount";
import type { Pages } from "./usePages";

const noMore = (): void => undefined;

/** Results shows how many events there are, when, and which; or those that come in. */
export function Results({ discover, pages, tail, refresh }: { discover: Discover; pages: Pages; tail: Tail; refresh: () => void }) {
  const { t } = useTranslation("discover");
  const { state, change } = discover;
  const { zone } = useSettings();
  const count = useCount({ query: discover.composed, since: state.range.since, until: state.range.until, zone }, pages.head, pages.stale || state.live);
  if (state.live) {
    return (
      <>
        <LiveBar tail={tail} stop={() => change({ live: false })} />
        {tail.rows.length === 0 ? (
          <EmptyNote title={t("live.none")}>
            <Text size="sm" c="dimmed">
              {t("live.noneHint")}
            </Text>
          </EmptyNote>
        ) : (
          <ResultTable discover={discover} rows={tail.rows} total={-1} sortable={false} stale={false} hasMore={false} pendingMore={false} more={noMore} top="live" />
        )}
      </>
    );
  }
  const { head } = pages;
  // What is shown, if anything, belongs to an earlier question, and no answer is on its way.
  const givenUp = !pages.pending && !pages.error && (pages.stale || !head);
  return (
    <>
      <Group justify="space-between" gap="xs">
        <Group gap="sm">
          <HitCount pages={pages} count={count} />
          {pages.pending ? <Waiting cancel={pages.cancel} inline /> : null}
          {givenUp ? (
            <Group gap="xs" role="status">
              <Text size="sm">{t("givenUp")}</Text>
              <Button size="compact-xs" variant="default" onClick={refresh}>
                {t("kit:again")}
              </Button>
            </Group>
          ) : null}
        </Group>
        <HistogramBar discover={discover} />
      </Group>
      <Notes pages={pages} />
      {pages.error ? null : <Histogram discover={discover} />}
      {pages.error ? (
        <ErrorNote error={pages.error} again={refresh} />
      ) : head && pages.rows.length === 0 && !pages.pending ? (
        <Nothing discover={discover} />
      ) : pages.rows.length > 0 ? (
        <ResultTable discover={discover} rows={pages.rows} total={head?.total ?? -1} sortable stale={pages.stale} hasMore={pages.hasMore} pendingMore={pages.pendingMore} more={pages.more} top={`${discover.composed} ${state.range.since} ${state.range.until} ${state.sort.map((k) => `${k.desc}${k.field}`).join()}`} />
      ) : null}
    </>
  );
}

function HitCount({ pages, count }: { pages: Pages; count: Count | undefined }) {
  const { t } = useTranslation("discover");
  const { language } = useSettings();
  const { head } = pages;
  return (
    <Group gap="xs" wrap="wrap" role="status" style={{ opacity: pages.stale ? 0.6 : 1 }} data-testid="hit-count">
      {head && count ? (
        <>
          <Text fw={600} style={{ whiteSpace: "nowrap" }} title={count.estimate ? t("between", { low: formatNumber(count.estimate.low, language), high: formatNumber(count.estimate.high, language) }) : undefined}>
            {count.estimate
              ? t("about", { count: count.estimate.about, shown: formatNumber(roughly(count.estimate.about), language) })
              : t("hits", { count: count.total, shown: `${count.exact ? "" : "≥ "}${formatNumber(count.total, language)}` })}
          </Text>
          {count.estimate && count.counting ? (
            <>
              <Text size="sm" c="dimmed">
                {t("counting", { share: new Intl.NumberFormat(language, { style: "percent" }).format(count.estimate.seen / count.estimate.of) })}
              </Text>
              <Button size="compact-xs" variant="default" onClick={count.stop}>
                {t("stopCounting")}
              </Button>
            </>
          ) : null}
          <Text size="sm" c="dimmed" visibleFrom="xs">
            {t("took", { ms: formatNumber(head.took_ms, language) })}
          </Text>
        </>
      ) : null}
    </Group>
  );
}

/** Two figures are as many as an estimate has. */
const roughly = (n: number): number => Number(n.toPrecision(2));

function Notes({ pages }: { pages: Pages }) {
  const { t } = useTranslation("discover");
  const { head } = pages;
  const notes = head?.notes ?? [];
  if (!head || (!head.partial && notes.length === 0)) return null;
  return (
    <Alert color={head.partial ? "yellow" : "blue"} variant="light" icon={<IconInfoCircle aria-hidden />} py={6} title={head.partial ? t("partial") : undefined} data-testid="notes">
      {[...(head.partial_reasons ?? []), ...notes].map((note, i) => (
        <Text key={i} size="sm" lang="en" style={{ overflowWrap: "anywhere" }}>
          {note}
        </Text>
      ))}
    </Alert>
  );
}

/** Nothing says why there may be nothing, and offers what would show something. */
function Nothing({ discover }: { discover: Discover }) {
  const { t } = useTranslation("discover");
  const info = useInfo();
  const { state, change } = discover;
  const active = state.pills.filter((p) => !p.off);
  return (
    <EmptyNote title={t("nothing.title")} icon={<IconMoodEmpty size={36} stroke={1.5} />}>
      {info.data?.events === 0 ? (
        <Text size="sm">
          {t("nothing.empty")} <Anchor href="/sources">{t("nothing.sources")}</Anchor>
        </Text>
      ) : !info.data ? null : (
        <Text size="sm" c="dimmed" component="div">
          {t("nothing.span")} <Time at={info.data.oldest} /> – <Time at={info.data.newest} />
        </Text>
      )}
      <Group gap="xs" justify="center">
        {state.range.since || state.range.until ? (
          <Button size="xs" variant="default" onClick={() => change({ range: {} })}>
            {t("nothing.allTime")}
          </Button>
        ) : null}
        {active.length > 0 ? (
          <Button size="xs" variant="default" onClick={() => change({ pills: state.pills.map((p) => ({ ...p, off: true })) })}>
            {t("nothing.noPills")}
          </Button>
        ) : null}
        {state.query ? (
          <Button size="xs" variant="default" onClick={() => change({ query: "" })}>
            {t("nothing.noQuery")}
          </Button>
        ) : null}
      </Group>
    </EmptyNote>
  );
}
