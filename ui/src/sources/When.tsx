import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useSettings } from "../kit/settings";
import { formatAgo, formatTime } from "../kit/time";

/** When says how long ago something was; pointing at it or focusing it tells the moment itself. */
export function When({ at, now }: { at: string | undefined; now: number }) {
  const { zone, language } = useSettings();
  const { t } = useTranslation("sources");
  if (!at) return <span className="sources-dim">{t("never")}</span>;
  return (
    <Tooltip label={`${formatTime(at, zone, language, "precise")} · ${zone}`}>
      <time dateTime={at} tabIndex={0} className="sources-figure">
        {formatAgo(at, now, language)}
      </time>
    </Tooltip>
  );
}
