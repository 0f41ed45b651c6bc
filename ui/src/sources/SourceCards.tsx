import { ActionIcon, Card, Group, Stack, Text } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Source } from "../api";
import { visible } from "../kit/visible";
import { Hosts, KindName, Lag, Rate, Read, Unparsed } from "./cells";
import { SourceDetail } from "./SourceDetail";
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

function SourceCard({ source, now, open, toggle }: { source: Source; now: number; open: boolean; toggle: (id: string) => void }) {
  const { t } = useTranslation("sources");
  const name = visible(source.name, 500);
  const Sign = open ? IconChevronDown : IconChevronRight;
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
          <dt>{t("column.host")}</dt>
          <dd>
            <Hosts hosts={source.hosts ?? []} />
          </dd>
          <dt>{t("column.last")}</dt>
          <dd>
            <When at={source.last_event ?? source.last_read} now={now} />
          </dd>
          <dt>{t("column.rate")}</dt>
          <dd>
            <Rate source={source} />
          </dd>
          <dt>{t("column.lag")}</dt>
          <dd>
            <Lag source={source} />
          </dd>
          <dt>{t("column.lines")}</dt>
          <dd>
            <Read source={source} />
          </dd>
          <dt>{t("column.unparsed")}</dt>
          <dd>
            <Unparsed source={source} />
          </dd>
        </dl>
        {open ? <SourceDetail source={source} /> : null}
      </Stack>
    </Card>
  );
}
