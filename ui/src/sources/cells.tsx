import { Group, Text } from "@mantine/core";
import { IconBox, IconFileImport, IconFileText, IconPlug, IconQuestionMark, type Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Source } from "../api";
import { useSettings } from "../kit/settings";
import { formatBytes, formatNumber } from "../kit/time";
import { visible } from "../kit/visible";
import { formatRate, formatShare, muchUnparsed, share } from "./figures";

// The figures of a source, as the table and the cards show them.

const kinds = ["file", "container", "beats", "import"] as const;
const signs: Record<(typeof kinds)[number], Icon> = { file: IconFileText, container: IconBox, beats: IconPlug, import: IconFileImport };

export function KindName({ kind }: { kind: string }) {
  const { t } = useTranslation("sources");
  const known = kinds.find((k) => k === kind);
  const Sign = known ? signs[known] : IconQuestionMark;
  return (
    <Group gap={6} wrap="nowrap">
      <Sign size={16} aria-hidden className="sources-dim" />
      <Text size="sm">{known ? t(`kind.${known}`) : kind}</Text>
    </Group>
  );
}

export function Hosts({ hosts }: { hosts: string[] }) {
  const { t } = useTranslation("sources");
  if (hosts.length === 0) return <span className="sources-dim">–</span>;
  return (
    <Text size="sm" style={{ overflowWrap: "anywhere" }} component="span">
      <span translate="no">{visible(hosts.slice(0, 2).join(", "), 200)}</span>
      {hosts.length > 2 ? ` ${t("hostsMore", { count: hosts.length - 2 })}` : null}
    </Text>
  );
}

export function Rate({ source }: { source: Source }) {
  const { language } = useSettings();
  return <span className="sources-figure">{formatRate(source.rate, language)}</span>;
}

export function Lag({ source }: { source: Source }) {
  const { language } = useSettings();
  const { t } = useTranslation("sources");
  if (source.kind !== "file" && source.kind !== "container") return <span className="sources-dim">–</span>;
  return source.lag_bytes ? <span className="sources-figure">{formatBytes(source.lag_bytes, language)}</span> : <span className="sources-dim">{t("noLag")}</span>;
}

export function Read({ source }: { source: Source }) {
  const { language } = useSettings();
  return <span className="sources-figure">{formatNumber(source.lines, language)}</span>;
}

export function Unparsed({ source }: { source: Source }) {
  const { language } = useSettings();
  const part = share(source);
  if (part === undefined) return <span className="sources-dim">–</span>;
  return <span className={`sources-figure${part >= muchUnparsed ? " sources-much" : ""}`}>{formatShare(part, language)}</span>;
}
