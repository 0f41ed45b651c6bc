import { ActionIcon, Table, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import type { EventDocument } from "../../api";
import { Time } from "../../kit/time";
import { visible } from "../../kit/visible";
import { useFieldTable } from "../../logs/fields";
import { traceLink } from "../../logs/lucene";
import { cellText } from "./table";
import type { ViewProps } from "./view";

/** Longer values are cut; the whole line is in Discover. */
const most = 300;

/** EventsTable lists events. Values of fields that can be counted filter; the sign at the end traces the message. */
export function EventsTable({ panel, data, onNarrow }: ViewProps<"events">) {
  const { t } = useTranslation("dashboards");
  const { byName } = useFieldTable();
  const columns = panel.columns ?? [];
  const filters = (name: string) => !["text", "time", undefined].includes(byName.get(name)?.kind);
  return (
    <Table verticalSpacing={2} horizontalSpacing="xs" highlightOnHover stickyHeader className="board-events">
      <Table.Thead>
        <Table.Tr>
          {columns.map((c) => (
            <Table.Th key={c} translate="no">
              {c}
            </Table.Th>
          ))}
          <Table.Th w={30}>
            <VisuallyHidden>{t("trace")}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {data.hits.map((hit, i) => (
          <Table.Tr key={typeof hit.event_id === "string" ? hit.event_id : i}>
            {columns.map((c) => (
              <Table.Td key={c} data-text={byName.get(c)?.kind === "text" || undefined}>
                <Cell name={c} value={hit[c]} filters={filters(c)} onNarrow={onNarrow} />
              </Table.Td>
            ))}
            <Table.Td p={0}>
              <Trace hit={hit} label={t("trace")} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Cell({ name, value, filters, onNarrow }: { name: string; value: unknown; filters: boolean; onNarrow: ViewProps<"events">["onNarrow"] }) {
  const { t } = useTranslation("dashboards");
  if (name === "@timestamp" && typeof value === "string") return <Time at={value} style="full" size="xs" />;
  const values = Array.isArray(value) ? value.slice(0, 20) : [value];
  return values.map((one: unknown, i) => {
    const text = cellText(one);
    if (text === undefined || text === "") return null;
    const shown = visible(String(text), most);
    return filters ? (
      <button key={i} type="button" className="board-mark" title={t("filterFor", { value: visible(shown, 120) })} onClick={() => onNarrow({ field: name, value: String(text) })}>
        <bdi>{shown}</bdi>
      </button>
    ) : (
      <bdi key={i}>{shown}</bdi>
    );
  });
}

function Trace({ hit, label }: { hit: EventDocument; label: string }) {
  const id = [hit.message_id, hit.queue_id].find((v): v is string => typeof v === "string" && v !== "");
  if (!id) return null;
  return (
    <Tooltip label={label}>
      <ActionIcon component={Link} href={traceLink(id)} variant="subtle" color="gray" size="sm" aria-label={`${label}: ${visible(id, 80)}`}>
        <IconRoute size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
