import { VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useSettings } from "../kit/settings";
import { formatAgo, formatTime } from "../kit/time";

/** When says how long ago something was; pointing at it or focusing it tells the moment itself. There are hundreds on a page, so the note is one of the style sheet. */
export function When({ at, now }: { at: string | undefined; now: number }) {
  const { zone, language } = useSettings();
  const { t } = useTranslation("sources");
  if (!at) return <span className="sources-dim">{t("never")}</span>;
  const moment = `${formatTime(at, zone, language, "precise")} · ${zone}`;
  return (
    <time dateTime={at} tabIndex={0} className="sources-figure sources-when" data-moment={moment}>
      {formatAgo(at, now, language)}
      <VisuallyHidden>, {moment}</VisuallyHidden>
    </time>
  );
}
