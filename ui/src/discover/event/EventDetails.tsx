import { Button, Code, Group, Tabs } from "@mantine/core";
import { IconLink, IconRoute } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import type { EventDocument } from "../../api";
import { CopyButton } from "../../kit/CopyButton";
import { visible } from "../../kit/visible";
import { traceLink } from "../../logs/lucene";
import { RawLine } from "../../logs/RawLine";
import { valuesOf, type Discover } from "../state";
import { Around } from "./Around";
import { EventFields } from "./EventFields";

const day = 86_400_000;

/** traceOf is where an event's message is traced: by its queue id, by its Message-ID, in the days around it. */
export function traceOf(event: EventDocument): string | undefined {
  const id = valuesOf(event, "queue_id")[0] ?? valuesOf(event, "message_id")[0];
  if (typeof id !== "string" || id === "") return undefined;
  const at = Date.parse(String(event["@timestamp"]));
  // Servers try for five days; a message is older than its last line.
  return traceLink(id, Number.isNaN(at) ? {} : { since: new Date(at - 6 * day).toISOString(), until: new Date(at + 6 * day).toISOString() });
}

/** The address of one event's page. */
export const eventLink = (id: string): string => `/discover?${new URLSearchParams({ event: id }).toString()}`;

/** EventDetails shows all of one event: its fields, its line, its JSON, the lines around it. page: it stands alone, not in a table. */
export function EventDetails({ event, discover, marks, page = false }: { event: EventDocument; discover: Discover; marks: readonly string[]; page?: boolean }) {
  const { t } = useTranslation("discover");
  const [tab, setTab] = useState<string | null>("fields");
  const id = typeof event["event_id"] === "string" ? event["event_id"] : undefined;
  const line = typeof event["message"] === "string" ? event["message"] : "";
  const trace = traceOf(event);
  const json = () => JSON.stringify(event, undefined, 2);
  return (
    <Tabs value={tab} onChange={setTab} keepMounted={false} data-testid="event-details">
      <Group gap="xs" justify="space-between" mb="xs">
        <Tabs.List>
          <Tabs.Tab value="fields">{t("event.fields")}</Tabs.Tab>
          <Tabs.Tab value="line">{t("event.line")}</Tabs.Tab>
          <Tabs.Tab value="json">{t("event.json")}</Tabs.Tab>
          {id ? <Tabs.Tab value="around">{t("event.around")}</Tabs.Tab> : null}
        </Tabs.List>
        <Group gap="xs">
          {trace ? (
            <Button size="xs" component={Link} href={trace} leftSection={<IconRoute size={16} aria-hidden />} data-testid="trace-message">
              {t("event.trace")}
            </Button>
          ) : null}
          {id && !page ? (
            <Button size="xs" variant="default" leftSection={<IconLink size={16} aria-hidden />} onClick={() => discover.change({ event: id })} data-testid="open-event">
              {t("event.open")}
            </Button>
          ) : null}
          {id ? <CopyButton label={t("event.copyLink")} text={() => new URL(eventLink(id), location.href).href} /> : null}
        </Group>
      </Group>
      <Tabs.Panel value="fields">
        <EventFields event={event} discover={discover} />
      </Tabs.Panel>
      <Tabs.Panel value="line">
        <RawLine line={line} marks={[...marks]} />
        <Group mt="xs">
          <CopyButton label={t("event.copyLine")} text={() => line} />
        </Group>
      </Tabs.Panel>
      <Tabs.Panel value="json">
        <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", unicodeBidi: "isolate", maxHeight: "60vh", overflowY: "auto" }} dir="ltr" translate="no" tabIndex={0}>
          {json().split("\n").slice(0, 2000).map((l) => visible(l, 5000)).join("\n")}
        </Code>
        <Group mt="xs">
          <CopyButton label={t("event.copyJson")} text={json} />
        </Group>
      </Tabs.Panel>
      <Tabs.Panel value="around">{id ? <Around id={id} discover={discover} /> : null}</Tabs.Panel>
    </Tabs>
  );
}
