import { Drawer, Stack, Text } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useAsk, type ContextAnswer } from "../../api";
import { ErrorNote, Waiting } from "../../kit/Notes";
import { Time } from "../../kit/time";
import { visible } from "../../kit/visible";
import { RawLine } from "../../logs/RawLine";
import type { Discover } from "../state";
import { marksOf } from "../table/cell";
import { EventDetails } from "./EventDetails";

/** EventDrawer is the page of one event: what a link to it opens. */
export function EventDrawer({ discover }: { discover: Discover }) {
  const { t } = useTranslation("discover");
  const { event: id, query, pills } = discover.state;
  const asked = useAsk<ContextAnswer>("/api/context", { event_id: id ?? "", before: 0, after: 0 }, { enabled: id !== undefined, keep: false });
  const marks = useMemo(() => marksOf(query, pills), [query, pills]);
  const event = asked.data?.event;
  // A filter that is chosen here is about what lies below.
  const within: Discover = { ...discover, filter: (pill) => discover.change({ pills: [...pills.filter((p) => p.field !== pill.field || p.value !== pill.value), pill], event: undefined }) };
  return (
    <Drawer opened={id !== undefined} onClose={() => discover.change({ event: undefined })} position="right" size="xl" title={<Text fw={600}>{t("event.title")}</Text>} closeButtonProps={{ "aria-label": t("event.close") }} data-testid="event-drawer">
      {asked.error ? <ErrorNote error={asked.error} again={asked.again} /> : null}
      {asked.pending && !event ? <Waiting cancel={asked.cancel} /> : null}
      {event && id ? (
        <Stack gap="sm">
          <Text size="sm" c="dimmed" component="div">
            <Time at={String(event["@timestamp"] ?? "")} style="precise" /> · {visible(String(event["host"] ?? ""), 100)} · {visible(String(event["program"] ?? ""), 100)}
          </Text>
          <RawLine line={String(event["message"] ?? "")} marks={marks} />
          <EventDetails key={id} event={event} discover={within} marks={marks} page />
        </Stack>
      ) : null}
    </Drawer>
  );
}
