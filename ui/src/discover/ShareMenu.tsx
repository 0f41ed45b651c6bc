import { Button, Menu, Text } from "@mantine/core";
import { IconDownload, IconLink, IconLock, IconSearch, IconShare2, IconTable } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { post, withParams, type AggregateAnswer } from "../api";
import { copyText } from "../kit/CopyButton";
import { follow } from "../kit/download";
import { useSettings } from "../kit/settings";
import { writeSort, writeState, type Discover } from "./state";

/** linkOf is the address of what is shown. Without absolute, relative times stay relative. */
export function linkOf(discover: Discover, zone: string, absolute: { since?: string | undefined; until?: string | undefined } | undefined): string {
  const params = new URLSearchParams(discover.all);
  for (const [name, value] of Object.entries(writeState({ range: absolute ?? discover.state.range }))) {
    if (value) params.set(name, value);
    else params.delete(name);
  }
  if (absolute) params.delete("refresh");
  params.set("zone", zone);
  return new URL(`/discover?${params.toString()}`, location.href).href;
}

/** ShareMenu copies links and the query. */
export function ShareMenu({ discover }: { discover: Discover }) {
  const { t } = useTranslation("discover");
  const { zone } = useSettings();
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (said === "") return;
    const timer = setTimeout(() => setSaid(""), 2500);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (text: string | Promise<string>) => {
    try {
      setSaid((await copyText(await text)) ? t("share.copied") : t("share.failed"));
    } catch {
      setSaid(t("share.failed"));
    }
  };
  const absolute = async (): Promise<string> => {
    const { range } = discover.state;
    // The server knows what the words mean; an open end is now.
    const answer = await post<AggregateAnswer>("/api/aggregate", { query: "", since: range.since, until: range.until, zone, aggs: [{ name: "n", kind: "timeline", field: "@timestamp", buckets: 1 }] });
    return linkOf(discover, zone, { since: answer.from, until: answer.to ?? new Date().toISOString() });
  };
  return (
    <Menu position="bottom-end" shadow="md" returnFocus>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconShare2 size={16} aria-hidden />} data-testid="share-menu">
          <span aria-live="polite">{said || t("share.button")}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconLink size={16} aria-hidden />} onClick={() => void copy(linkOf(discover, zone, undefined))} data-testid="share-relative">
          {t("share.relative")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLock size={16} aria-hidden />} onClick={() => void copy(absolute())} data-testid="share-absolute">
          {t("share.absolute")}
        </Menu.Item>
        <Menu.Item leftSection={<IconSearch size={16} aria-hidden />} onClick={() => void copy(discover.composed || "*")} data-testid="share-query">
          {t("share.query")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** exportPath is where everything that matches comes from as a file. */
export function exportPath(discover: Discover, zone: string, format: "csv" | "ndjson", fields: readonly string[] | undefined): string {
  const { range, sort } = discover.state;
  return withParams("/api/export", { format, query: discover.composed, since: range.since, until: range.until, zone, sort: writeSort(sort), fields: fields?.join(",") });
}

/** ExportMenu has everything that matches written to a file; the server streams it. */
export function ExportMenu({ discover }: { discover: Discover }) {
  const { t } = useTranslation("discover");
  const { zone } = useSettings();
  const { columns } = discover.state;
  return (
    <Menu position="bottom-end" shadow="md" returnFocus width="min(22rem, calc(100vw - 1rem))">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={16} aria-hidden />} data-testid="export-menu">
          {t("export.button")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconTable size={16} aria-hidden />} onClick={() => follow(exportPath(discover, zone, "csv", columns))} data-testid="export-csv">
          {t("export.csvColumns")}
        </Menu.Item>
        <Menu.Item leftSection={<IconTable size={16} aria-hidden />} onClick={() => follow(exportPath(discover, zone, "csv", undefined))} data-testid="export-csv-all">
          {t("export.csvUsual")}
        </Menu.Item>
        <Menu.Item leftSection={<IconDownload size={16} aria-hidden />} onClick={() => follow(exportPath(discover, zone, "ndjson", undefined))} data-testid="export-ndjson">
          {t("export.ndjson")}
        </Menu.Item>
        <Text size="xs" c="dimmed" px="sm" py={6}>
          {t("export.help")}
        </Text>
      </Menu.Dropdown>
    </Menu>
  );
}
