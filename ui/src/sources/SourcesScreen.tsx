import { Button, Chip, Container, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconPlayerPause, IconPlayerPlay, IconPlugConnected, IconSearch } from "@tabler/icons-react";
import { useCallback, useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useGet, type Source, type SourcesAnswer } from "../api";
import { EmptyNote, ErrorNote, Waiting } from "../kit/Notes";
import { useUrlState } from "../kit/url";
import { useInterval } from "../kit/useInterval";
import { useTitle } from "../kit/useTitle";
import { AddSource } from "./AddSource";
import { isSortKey, sortSources } from "./figures";
import { Problems } from "./Problems";
import { SourceCards } from "./SourceCards";
import { SourceTable, type Order } from "./SourceTable";
import { states } from "./StateBadge";
import { UnparsedList } from "./UnparsedList";
import "./sources.css";

const refreshSeconds = 5;
/** Rows at first, and with each press more. */
const pageSize = 50;

/** SourcesScreen answers "why do I see no logs?": what is read, how it goes, what is wrong and how to mend it. */
export function SourcesScreen() {
  const { t } = useTranslation("sources");
  useTitle(t("title"));
  const [paused, setPaused] = useState(false);
  const asked = useGet<SourcesAnswer>("/api/sources", { every: paused ? 0 : refreshSeconds * 1000 });
  const [now, setNow] = useState(Date.now);
  useInterval(() => setNow(Date.now()), refreshSeconds * 1000);
  const answer = asked.data;
  return (
    <Container size={2400} py="md" px="md">
      <Stack gap="lg">
        <Group justify="space-between" align="flex-start" gap="sm">
          <div>
            <Title order={1} size="h2">
              {t("title")}
            </Title>
            <Text c="dimmed" size="sm">
              {t("lead")}
            </Text>
            {answer ? <Summary answer={answer} /> : null}
          </div>
          <Group gap="sm">
            <Text size="sm" c="dimmed">
              {paused ? t("refresh.paused") : t("refresh.every", { count: refreshSeconds })}
            </Text>
            <Button variant="default" size="xs" aria-pressed={paused} onClick={() => setPaused(!paused)} leftSection={paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}>
              {paused ? t("refresh.resume") : t("refresh.pause")}
            </Button>
          </Group>
        </Group>
        {asked.error ? <ErrorNote error={asked.error} again={asked.again} /> : null}
        {!answer && asked.pending ? <Waiting cancel={asked.cancel} /> : null}
        {answer ? <Content answer={answer} now={now} /> : null}
      </Stack>
    </Container>
  );
}

/** Summary says in one sentence how things are, also to those who only listen. */
function Summary({ answer }: { answer: SourcesAnswer }) {
  const { t } = useTranslation("sources");
  const total = answer.sources.length + (answer.more ?? 0);
  const bad = answer.sources.filter((s) => s.state !== "ok").length;
  const text = total === 0 ? t("summary.none") : bad === 0 ? t("summary.well", { count: total }) : t("summary.look", { count: bad, total });
  return (
    <Text size="sm" fw={600} role="status" mt={4} className={bad === 0 && total > 0 ? "sources-well" : undefined} data-testid="summary">
      {text}
    </Text>
  );
}

function Content({ answer, now }: { answer: SourcesAnswer; now: number }) {
  const { t } = useTranslation("sources");
  const nothing = answer.sources.length === 0;
  return (
    <>
      <Problems server={answer.problems ?? []} sources={answer.sources} />
      {nothing ? (
        <EmptyNote title={t("add.emptyTitle")} icon={<IconPlugConnected size={36} stroke={1.5} />}>
          <Text size="sm">{t("add.emptyText")}</Text>
        </EmptyNote>
      ) : (
        <SourceList sources={answer.sources} left={answer.more ?? 0} now={now} />
      )}
      {nothing && answer.unparsed.length === 0 ? null : <UnparsedList programs={answer.unparsed} />}
      <Stack component="section" gap="sm" aria-labelledby="sources-add">
        <Title order={2} size="h4" id="sources-add">
          {t("add.title")}
        </Title>
        <AddSource />
      </Stack>
    </>
  );
}

/** SourceList is the list with its filter and its order, both in the address. */
function SourceList({ sources, left, now }: { sources: Source[]; left: number; now: number }) {
  const { t } = useTranslation("sources");
  const url = useUrlState();
  const narrow = useMediaQuery("(max-width: 60em)", window.innerWidth < 960, { getInitialValueInEffect: false });
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [shown, setShown] = useState(pageSize);
  const words = url.get("q") ?? "";
  const state = url.get("state") ?? "";
  const order = readOrder(url.get("sort"));
  const wanted = useDeferredValue(words.trim().toLowerCase());
  const list = useMemo(
    () => sortSources(sources.filter((s) => (state === "" || s.state === state) && fits(s, wanted)), order.key, order.descending),
    [sources, state, wanted, order.key, order.descending],
  );
  const toggle = useCallback((id: string) => setOpen((before) => flipped(before, id)), []);
  const more = list.length - shown;
  const props = { sources: list.slice(0, shown), now, open, toggle };
  return (
    <Stack component="section" gap="sm" aria-label={t("title")}>
      <Group gap="md" align="flex-end">
        <TextInput
          label={t("filter.label")}
          placeholder={t("filter.placeholder")}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={words}
          onChange={(e) => url.set({ q: e.currentTarget.value }, "replace")}
          w={{ base: "100%", xs: 320 }}
          type="search"
        />
        <StateFilter sources={sources} state={state} choose={(next) => url.set({ state: next })} />
      </Group>
      {list.length === 0 ? (
        <EmptyNote title={t("filter.nothing")}>
          <Button variant="default" size="xs" onClick={() => url.set({ q: undefined, state: undefined })}>
            {t("filter.clear")}
          </Button>
        </EmptyNote>
      ) : narrow ? (
        <SourceCards {...props} />
      ) : (
        <SourceTable {...props} order={order} sort={(o) => url.set({ sort: o.key === "state" && !o.descending ? undefined : `${o.descending ? "-" : ""}${o.key}` })} />
      )}
      {more > 0 ? (
        <Group>
          <Button variant="default" size="xs" onClick={() => setShown(shown + pageSize)}>
            {t("rows.more", { count: Math.min(more, pageSize) })}
          </Button>
        </Group>
      ) : null}
      {left > 0 ? (
        <Text size="sm" c="dimmed">
          {t("rows.left", { count: left })}
        </Text>
      ) : null}
    </Stack>
  );
}

/** StateFilter offers the states that occur, with how often. */
function StateFilter({ sources, state, choose }: { sources: Source[]; state: string; choose: (state: string | undefined) => void }) {
  const { t } = useTranslation("sources");
  const counts = new Map<string, number>();
  for (const s of sources) counts.set(s.state, (counts.get(s.state) ?? 0) + 1);
  const offered = states.filter((s) => counts.has(s) || s === state);
  if (offered.length < 2 && state === "") return null;
  return (
    <Chip.Group value={state} onChange={(next) => choose(next === "" ? undefined : next)}>
      <Group gap={6} role="radiogroup" aria-label={t("filter.state")}>
        <Chip value="" size="xs" variant="light">
          {`${t("filter.all")} ${sources.length}`}
        </Chip>
        {offered.map((s) => (
          <Chip key={s} value={s} size="xs" variant="light">
            {`${t(`state.${s}`)} ${counts.get(s) ?? 0}`}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}

function readOrder(text: string | undefined): Order {
  const descending = text?.startsWith("-") ?? false;
  const key = text?.replace(/^-/, "") ?? "";
  return isSortKey(key) ? { key, descending } : { key: "state", descending: false };
}

function fits(source: Source, words: string): boolean {
  return words === "" || [source.name, ...(source.hosts ?? [])].some((text) => text.toLowerCase().includes(words));
}

function flipped(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(before);
  if (!next.delete(id)) next.add(id);
  return next;
}
