import { Badge } from "@mantine/core";
import {
  IconBan, IconCircleCheck, IconClockHour4, IconHandStop, IconHelpCircle, IconHourglassOff, IconInbox, IconLock, IconMailX, IconPhoneOff, IconTrash,
  type Icon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Status } from "../api";

/** How a status looks: never by colour alone. Problems first, as a desk sorts them. */
export const statuses: readonly Status[] = [
  "bounced", "expired", "rejected", "discarded", "quarantined", "held", "deferred", "abandoned", "unknown", "accepted", "delivered",
];

const looks: Record<Status, { color: string; icon: Icon }> = {
  delivered: { color: "green", icon: IconCircleCheck },
  accepted: { color: "blue", icon: IconInbox },
  deferred: { color: "yellow", icon: IconClockHour4 },
  held: { color: "orange", icon: IconHandStop },
  quarantined: { color: "grape", icon: IconLock },
  discarded: { color: "pink", icon: IconTrash },
  bounced: { color: "red", icon: IconMailX },
  expired: { color: "red", icon: IconHourglassOff },
  rejected: { color: "red", icon: IconBan },
  abandoned: { color: "gray", icon: IconPhoneOff },
  unknown: { color: "gray", icon: IconHelpCircle },
};

export function StatusBadge({ status, size = "md" }: { status: Status; size?: string }) {
  const { t } = useTranslation("logs");
  const { color, icon: Sign } = looks[status] ?? looks.unknown;
  return (
    <Badge color={color} variant="light" size={size} tt="none" leftSection={<Sign size={14} aria-hidden />} data-status={status} autoContrast>
      {t(`status.${status}`)}
    </Badge>
  );
}
