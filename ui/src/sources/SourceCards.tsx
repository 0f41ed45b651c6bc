import { ActionIcon, Card, Group, Stack, Text } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { Fragment, memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Source } from "../api";
import { visible } from "../kit/visible";
import { Hosts, KindName, Lag, Rate, Read, Unparsed } from "./cells";
import { SourceDetail } from "./SourceDetail";
import type { SortKey } from "./figures";
import type { ListProps } from "./SourceTable";
import { StateBadge } from "./StateBadge";
import { When } from "./When";

/** SourceCards is the list for narrow pages. */
export function SourceCards({ sources, now, open, toggle }: ListProps) {
  const { t } = useTranslation("sources");
  return (
    <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: "none" }} aria-label={t("title")} data-testid="source-cards">
      {sources.map((s) => (
        <SourceCard key={s.id} source={s} now={now} open={open.has(s.id)} toggle={toggle} />
      ))}
    </Stack>
  );
}

const SourceCard = memo(function SourceCard({ source, now, open, toggle }: { source: Source; now: number; open: boolean; toggle: (id: string) => void }) {
  const { t } = useTranslation("sources");
  const name = visible(source.name, 500);
  const Sign = open ? IconChevronDown : IconChevronRight;
  const at = source.last_event ?? source.last_read;
  // On a small page nothing is said of what never came.
  const facts: [SortKey, ReactNode][] = [
    ["host", source.hosts ? <Hosts hosts={source.hosts} /> : undefined],
    ["last", <When at={at} now={now} />],
    ["rate", at ? <Rate source={source} /> : undefined],
    ["lag", source.lag_bytes ? <Lag source={source} /> : undefined],
    ["lines", at ? <Read source={source} /> : undefined],
    ["unparsed", source.recent > 0 ? <Unparsed source={source} /> : undefined],
  ];
  return (
    <Card component="li" withBorder padding="sm" data-testid="source" data-name={source.name}>
      <Stack gap={8}>
        <Group justify="space-between" wrap="nowrap">
          <Group gap="xs">
            <StateBadge state={source.state} />
            <KindName kind={source.kind} />
          </Group>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-expanded={open} aria-label={t(open ? "details.hide" : "details.show", { name })} onClick={() => toggle(source.id)}>
            <Sign size={20} aria-hidden />
          </ActionIcon>
        </Group>
        <Text size="sm" fw={600} translate="no" style={{ overflowWrap: "anywhere" }}>
          {name}
        </Text>
        <dl className="sources-facts">
          {facts.map(([column, value]) =>
            value === undefined ? null : (
              <Fragment key={column}>
                <dt>{t(`column.${column}`)}</dt>
                <dd>{value}</dd>
              </Fragment>
            ),
          )}
        </dl>
        {open ? <SourceDetail source={source} /> : null}
      </Stack>
    </Card>
  );
});
