import { Text, Tooltip } from "@mantine/core";

import { useSettings } from "../settings";
import { formatAgo, formatTime, type TimeStyle } from "./format";

/** Time shows a moment in the viewer's zone; pointing at it or focusing it tells the rest. */
export function Time({ at, style = "full", ago = false, size = "sm" }: { at: string | undefined; style?: TimeStyle; ago?: boolean; size?: string }) {
  const { zone, language } = useSettings();
  if (!at) return null;
  const full = `${formatTime(at, zone, language, "precise")} · ${zone}`;
  return (
    <Tooltip label={ago ? full : `${full} · ${formatAgo(at, Date.now(), language)}`} events={{ hover: true, focus: true, touch: true }}>
      <Text component="time" dateTime={at} size={size} inherit={false} style={{ whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" }}>
        {ago ? formatAgo(at, Date.now(), language) : formatTime(at, zone, language, style)}
      </Text>
    </Tooltip>
  );
}
