import { Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAsk, type ContextAnswer, type EventDocument } from "../../api";
import { ErrorNote, Waiting } from "../../kit/Notes";
import { useSettings } from "../../kit/settings";
import { formatTime } from "../../kit/time";
import { visible } from "../../kit/visible";
import type { Discover } from "../state";

const most = 200;
const grow = (n: number): number => Math.min(most, n < 10 ? 10 : n * 2);

/** Around shows what the same host wrote before and after an event. */
export function Around({ id, discover }: { id: string; discover: Discover }) {
  const { t } = useTranslation("discover");
  const [before, setBefore] = useState(5);
  const [after, setAfter] = useState(5);
  const asked = useAsk<ContextAnswer>("/api/context", { event_id: id, before, after });
  const { data } = asked;
  if (asked.error) return <ErrorNote error={asked.error} again={asked.again} />;
  if (!data) return <Waiting cancel={asked.cancel} inline />;
  const host = typeof data.event["host"] === "string" ? data.event["host"] : "";
  return (
    <Stack gap="xs" data-testid="around">
      <Group gap="xs" justify="space-between">
        <Text size="sm" c="dimmed">
          {t("around.title", { host: visible(host, 100) })}
        </Text>
        <Button size="compact-xs" variant="default" leftSection={<IconArrowUp size={14} aria-hidden />} disabled={before >= most || data.before.length < before} onClick={() => setBefore(grow)} data-testid="around-before">
          {data.before.length < before ? t("around.first") : t("around.before")}
        </Button>
      </Group>
      <ol className="d-around" style={{ opacity: asked.stale ? 0.6 : 1 }}>
        {data.before.map((e, i) => (
          <AroundLine key={String(e["event_id"] ?? `b${i}`)} event={e} discover={discover} />
        ))}
        <AroundLine event={data.event} discover={discover} here />
        {data.after.map((e, i) => (
          <AroundLine key={String(e["event_id"] ?? `a${i}`)} event={e} discover={discover} />
        ))}
      </ol>
      <Group justify="flex-end">
        <Button size="compact-xs" variant="default" leftSection={<IconArrowDown size={14} aria-hidden />} disabled={after >= most || data.after.length < after} onClick={() => setAfter(grow)} data-testid="around-after">
          {data.after.length < after ? t("around.last") : t("around.after")}
        </Button>
      </Group>
    </Stack>
  );
}

function AroundLine({ event, discover, here = false }: { event: EventDocument; discover: Discover; here?: boolean }) {
  const { t } = useTranslation("discover");
  const { zone, language } = useSettings();
  const id = typeof event["event_id"] === "string" ? event["event_id"] : undefined;
  const text = typeof event["message"] === "string" ? event["message"] : "";
  const time = formatTime(String(event["@timestamp"] ?? ""), zone, language, "precise");
  return (
    <li aria-current={here || undefined} data-error={event["is_error"] === true || undefined}>
      {id && !here ? (
        <button type="button" onClick={() => discover.change({ event: id })} aria-label={t("around.open", { time })}>
          {time}
        </button>
      ) : (
        <span className="d-around-time">{time}</span>
      )}
      <span className="d-around-text" translate="no">
        {visible(text, 3000)}
      </span>
    </li>
  );
}
