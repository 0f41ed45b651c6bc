import { Anchor, Button, Group, Menu } from "@mantine/core";
import { IconDownload, IconListSearch, IconMessage2Share, IconPrinter } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import type { Journey } from "../api";
import { CopyButton } from "../kit/CopyButton";
import { download } from "../kit/download";
import { useSettings } from "../kit/settings";
import { discoverLink } from "../logs/lucene";
import { CustomerAnswer } from "./CustomerAnswer";
import { fileName, stepsCsv } from "./exports";
import { around, journeyLink, linesQuery, type Side } from "./journeyLink";

/** JourneyTools are what one does with a journey: answer the customer, hand it on, keep it, look closer. */
export function JourneyTools({ journey, side }: { journey: Journey; side: Side }) {
  const { t } = useTranslation("trace");
  const { zone, language } = useSettings();
  const [answering, setAnswering] = useState(false);
  const link = () => `${location.origin}${journeyLink(journey, side)}&zone=${encodeURIComponent(zone)}`;
  return (
    <Group gap="xs" className="no-print">
      <Button size="xs" leftSection={<IconMessage2Share size={16} aria-hidden />} onClick={() => setAnswering(true)} data-testid="customer-answer">
        {t("answer.button")}
      </Button>
      <CopyButton label={t("journey.copyLink")} text={link} />
      <Menu position="bottom-start" shadow="md">
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconDownload size={16} aria-hidden />} data-testid="journey-export">
            {t("export.button")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => download(fileName(journey, "json"), "application/json", `${JSON.stringify(journey, null, 2)}\n`)}>{t("export.json")}</Menu.Item>
          <Menu.Item onClick={() => download(fileName(journey, "csv"), "text/csv;charset=utf-8", stepsCsv(journey, language))}>{t("export.stepsCsv")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button size="xs" variant="default" leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
        {t("export.print")}
      </Button>
      <Anchor component={Link} size="sm" href={discoverLink({ query: linesQuery(journey), ...around(journey) })} data-testid="in-discover">
        <Group gap={4} component="span">
          <IconListSearch size={16} aria-hidden />
          {t("journey.inDiscover")}
        </Group>
      </Anchor>
      <CustomerAnswer journey={journey} side={side} opened={answering} onClose={() => setAnswering(false)} />
    </Group>
  );
}
