import { Anchor, Group, Stack, Text } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import type { Source } from "../api";
import { useSettings } from "../kit/settings";
import { formatBytes, formatNumber, formatTime } from "../kit/time";
import { visible } from "../kit/visible";
import { RawLine } from "../logs/RawLine";
import { useWords } from "../logs/words";
import { Hint } from "./Hint";
import { linesOf, unparsedOf } from "./links";

/** SourceDetail is all that is known of one source. */
export function SourceDetail({ source }: { source: Source }) {
  const { t } = useTranslation("sources");
  const { zone, language } = useSettings();
  const words = useWords();
  const time = (at: string | undefined) => (at ? `${formatTime(at, zone, language, "precise")} · ${zone}` : undefined);
  const number = (n: number) => formatNumber(n, language);
  const followed = source.kind === "file" || source.kind === "container";
  const facts: [string, ReactNode][] = [
    [t("details.lastEvent"), time(source.last_event)],
    [t("details.lastRead"), time(source.last_read)],
    [t("details.zone"), source.zone],
    [t("details.position"), followed && source.size_bytes !== undefined ? t("details.positionOf", { read: number(source.size_bytes - Math.min(source.lag_bytes ?? 0, source.size_bytes)), size: number(source.size_bytes) }) : undefined],
    [t("details.imported"), source.kind === "import" && source.size_bytes !== undefined ? formatBytes(source.size_bytes, language) : undefined],
    [t("details.waiting"), source.lag_bytes ? formatBytes(source.lag_bytes, language) : undefined],
    [t("details.lines"), number(source.lines)],
    [t("details.recent"), number(source.recent)],
    [t("column.unparsed"), source.recent > 0 ? t("unparsedOf", { count: source.unparsed, total: number(source.recent) }) : undefined],
    [t("details.hosts"), source.hosts && source.hosts.length > 0 ? visible(source.hosts.join(", "), 1000) : undefined],
  ];
  return (
    <Stack gap="sm" data-testid="source-detail">
      {source.problem ? (
        <div>
          <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
            {visible(words(source.problem.message))}
          </Text>
          <Hint text={words(source.problem.hint)} />
        </div>
      ) : null}
      <dl className="sources-facts">
        {facts.map(([name, value]) =>
          value === undefined || value === "" ? null : (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </Fragment>
          ),
        )}
      </dl>
      <div>
        <Text size="xs" fw={600} c="dimmed" mb={4}>
          {t("details.lastLine")}
        </Text>
        {source.last_line ? <RawLine line={source.last_line} /> : <Text size="sm">{t("details.noLine")}</Text>}
      </div>
      <Group gap="md">
        {source.last_event ? (
          <Anchor component={Link} href={linesOf(source)} size="sm">
            {t("details.search")}
          </Anchor>
        ) : null}
        {source.unparsed > 0 ? (
          <Anchor component={Link} href={unparsedOf(source)} size="sm">
            {t("details.searchUnparsed")}
          </Anchor>
        ) : null}
      </Group>
    </Stack>
  );
}
