import { Tooltip, UnstyledButton } from "@mantine/core";
import { IconCircleCheck, IconCircleDashed, IconCircleHalf2, type Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Confidence } from "../api";
import { visible } from "../kit/visible";

const signs: Record<Confidence, Icon> = { exact: IconCircleCheck, probable: IconCircleHalf2, guess: IconCircleDashed };

/** ConfidenceMark shows how sure a link is; pointing at it, focusing it or touching it tells why. */
export function ConfidenceMark({ confidence, link, whole }: { confidence: Confidence; link?: string | undefined; whole?: boolean }) {
  const { t } = useTranslation("trace");
  const Sign = signs[confidence] ?? IconCircleDashed;
  const name = t(`confidence.${confidence}`);
  const why = [t(whole ? `confidence.whole.${confidence}` : `confidence.why.${confidence}`), link ? t("confidence.link", { link: visible(link, 200) }) : ""].filter((s) => s !== "").join(" ");
  return (
    <Tooltip label={why} events={{ hover: true, focus: true, touch: true }}>
      <UnstyledButton className="trace-confidence" data-confidence={confidence} aria-label={`${name}. ${why}`} data-testid="confidence">
        <Sign size={15} aria-hidden />
        {confidence === "exact" && !whole ? null : name}
      </UnstyledButton>
    </Tooltip>
  );
}
