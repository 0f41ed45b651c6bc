import { Badge, Button, Group, Text } from "@mantine/core";
import { IconEraser, IconPlayerPause, IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { ErrorNote } from "../../kit/Notes";
import { useSettings } from "../../kit/settings";
import { formatNumber } from "../../kit/time";
import { mostRows, type Tail } from "./useTail";

/** LiveBar says how the live tail stands, and holds it. */
export function LiveBar({ tail, stop }: { tail: Tail; stop: () => void }) {
  const { t } = useTranslation("discover");
  const { language } = useSettings();
  const paused = tail.state === "paused";
  return (
    <>
      <Group gap="xs" data-testid="live-bar" data-state={tail.state}>
        <Badge color={tail.state === "open" ? "green" : tail.state === "closed" ? "red" : "gray"} variant="light" tt="none" autoContrast>
          {t(`live.${tail.state}`)}
        </Badge>
        <Text size="sm" role="status" data-testid="live-count">
          {paused ? t("live.waiting", { count: tail.waiting, shown: formatNumber(tail.waiting, language) }) : t("live.seen", { count: tail.seen, shown: formatNumber(tail.seen, language) })}
          {tail.seen > mostRows ? ` · ${t("live.bounded", { shown: formatNumber(mostRows, language) })}` : ""}
        </Text>
        {tail.lost > 0 ? (
          <Text size="sm" c="red" fw={600}>
            {t("live.lost", { count: tail.lost, shown: formatNumber(tail.lost, language) })}
          </Text>
        ) : null}
        <Button size="compact-sm" variant={paused ? "filled" : "default"} leftSection={paused ? <IconPlayerPlay size={15} aria-hidden /> : <IconPlayerPause size={15} aria-hidden />} onClick={paused ? tail.resume : tail.pause} data-testid="live-pause">
          {t(paused ? "live.resume" : "live.pause")}
        </Button>
        <Button size="compact-sm" variant="default" leftSection={<IconEraser size={15} aria-hidden />} onClick={tail.clear}>
          {t("live.clear")}
        </Button>
        <Button size="compact-sm" variant="default" leftSection={<IconPlayerStop size={15} aria-hidden />} onClick={stop} data-testid="live-stop">
          {t("live.stop")}
        </Button>
      </Group>
      {tail.error ? <ErrorNote error={tail.error} /> : null}
    </>
  );
}
