import { ActionIcon, Table, Text, Tooltip, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconArrowsSort, IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { Fragment, memo } from "react";
import { useTranslation } from "react-i18next";

import type { Source } from "../api";
import { visible } from "../kit/visible";
import { beginsDescending, type SortKey } from "./figures";
import { Hosts, KindName, Lag, Rate, Read, Unparsed } from "./cells";
import { SourceDetail } from "./SourceDetail";
import { StateBadge } from "./StateBadge";
import { When } from "./When";

export interface Order {
  key: SortKey;
  descending: boolean;
}

interface ListProps {
  sources: Source[];
  now: number;
  open: ReadonlySet<string>;
  toggle: (id: string) => void;
}

const columns: { key: SortKey; right?: boolean; about?: string }[] = [
  { key: "state" },
  { key: "kind" },
  { key: "name" },
  { key: "host" },
  { key: "last" },
  { key: "rate", right: true, about: "rate" },
  { key: "lag", right: true, about: "lag" },
  { key: "lines", right: true, about: "lines" },
  { key: "unparsed", right: true, about: "unparsed" },
];

/** SourceTable is the list for wide pages. */
export function SourceTable({ sources, now, open, toggle, order, sort }: ListProps & { order: Order; sort: (order: Order) => void }) {
  const { t } = useTranslation("sources");
  return (
    <Table.ScrollContainer minWidth={920} type="native">
      <Table verticalSpacing="xs" highlightOnHover aria-label={t("title")} data-testid="source-table">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={36}>
              <VisuallyHidden>{t("column.details")}</VisuallyHidden>
            </Table.Th>
            {columns.map((c) => (
              <Header key={c.key} column={c.key} about={c.about} right={c.right ?? false} order={order} sort={sort} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sources.map((s) => (
            <Row key={s.id} source={s} now={now} open={open.has(s.id)} toggle={toggle} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Header({ column, about, right, order, sort }: { column: SortKey; about: string | undefined; right: boolean; order: Order; sort: (order: Order) => void }) {
  const { t } = useTranslation("sources");
  const here = order.key === column;
  const Sign = !here ? IconArrowsSort : order.descending ? IconArrowDown : IconArrowUp;
  const name = t(`column.${column}`);
  const button = (
    <UnstyledButton
      className="sources-sort"
      fz="sm"
      aria-label={t("sort.by", { column: name })}
      onClick={() => sort({ key: column, descending: here ? !order.descending : beginsDescending(column) })}
      style={{ display: "inline-flex", gap: 4, alignItems: "center" }}
    >
      {name}
      <Sign size={14} aria-hidden opacity={here ? 1 : 0.45} />
    </UnstyledButton>
  );
  return (
    <Table.Th ta={right ? "right" : "left"} aria-sort={here ? (order.descending ? "descending" : "ascending") : undefined}>
      {about ? <Tooltip label={t(`about.${about}`)}>{button}</Tooltip> : button}
    </Table.Th>
  );
}

/** A row that has not changed is not drawn again: there may be hundreds. */
const Row = memo(function Row({ source, now, open, toggle }: { source: Source; now: number; open: boolean; toggle: (id: string) => void }) {
  const { t } = useTranslation("sources");
  const name = visible(source.name, 500);
  const Sign = open ? IconChevronDown : IconChevronRight;
  return (
    <Fragment>
      <Table.Tr data-testid="source" data-name={source.name}>
        <Table.Td>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-expanded={open} aria-label={t(open ? "details.hide" : "details.show", { name })} onClick={() => toggle(source.id)}>
            <Sign size={16} aria-hidden />
          </ActionIcon>
        </Table.Td>
        <Table.Td>
          <StateBadge state={source.state} />
        </Table.Td>
        <Table.Td>
          <KindName kind={source.kind} />
        </Table.Td>
        <Table.Td className="sources-name">
          <Text size="sm" translate="no" inherit={false}>
            {name}
          </Text>
        </Table.Td>
        <Table.Td>
          <Hosts hosts={source.hosts ?? []} />
        </Table.Td>
        <Table.Td>
          <When at={source.last_event ?? source.last_read} now={now} />
        </Table.Td>
        <Table.Td ta="right">
          <Rate source={source} />
        </Table.Td>
        <Table.Td ta="right">
          <Lag source={source} />
        </Table.Td>
        <Table.Td ta="right">
          <Read source={source} />
        </Table.Td>
        <Table.Td ta="right">
          <Unparsed source={source} />
        </Table.Td>
      </Table.Tr>
      {open ? (
        <Table.Tr>
          <Table.Td />
          <Table.Td colSpan={columns.length}>
            <SourceDetail source={source} />
          </Table.Td>
        </Table.Tr>
      ) : null}
    </Fragment>
  );
});

export type { ListProps };
