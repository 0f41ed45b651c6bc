import { Badge } from "@mantine/core";
import { IconAlertOctagon, IconCircleCheck, IconClockExclamation, IconFileUnknown, IconHelpCircle, IconHourglass, IconLock, IconVolumeOff, type Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** The states of a source, worst first. */
export const states = ["failed", "denied", "missing", "clock", "behind", "silent", "ok"] as const;
export type SourceState = (typeof states)[number];

const looks: Record<SourceState, { color: string; icon: Icon }> = {
  failed: { color: "red", icon: IconAlertOctagon },
  denied: { color: "red", icon: IconLock },
  missing: { color: "orange", icon: IconFileUnknown },
  clock: { color: "orange", icon: IconClockExclamation },
  behind: { color: "yellow", icon: IconHourglass },
  silent: { color: "yellow", icon: IconVolumeOff },
  ok: { color: "green", icon: IconCircleCheck },
};

/** isState: a newer server may know states that this page does not. */
export const isState = (state: string): state is SourceState => (states as readonly string[]).includes(state);

/** lookOf is the colour and the sign of a state. */
export const lookOf = (state: string): { color: string; icon: Icon } => (isState(state) ? looks[state] : { color: "gray", icon: IconHelpCircle });

export function StateBadge({ state }: { state: string }) {
  const { t } = useTranslation("sources");
  const { color, icon: Sign } = lookOf(state);
  return (
    <Badge color={color} variant="light" size="md" tt="none" className={`sources-badge sources-badge-${color}`} leftSection={<Sign size={14} aria-hidden />} data-state={state}>
      {isState(state) ? t(`state.${state}`) : state}
    </Badge>
  );
}
