import { ActionIcon, Popover, SegmentedControl, Stack, Text, Tooltip } from "@mantine/core";
import { IconSettings } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useInfo } from "../api";
import { useSettings, type Language, type Scheme } from "../kit/settings";
import { formatBytes, formatNumber, ZoneSelect } from "../kit/time";

/** SettingsMenu is where a viewer chooses language, appearance and zone. */
export function SettingsMenu() {
  const { t } = useTranslation("app");
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={300} trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Tooltip label={t("settings.label")}>
          <ActionIcon variant="subtle" color="gray" size="lg" onClick={() => setOpen(!open)} aria-label={t("settings.label")} data-testid="settings">
            <IconSettings size={20} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("settings.label")}>{open ? <Choices /> : null}</Popover.Dropdown>
    </Popover>
  );
}

function Choices() {
  const { t } = useTranslation("app");
  const { language, scheme, setLanguage, setScheme } = useSettings();
  const info = useInfo();
  return (
    <Stack gap="sm">
      <Stack gap={4}>
        <Text size="sm" fw={500} id="settings-language">
          {t("settings.language")}
        </Text>
        <SegmentedControl
          aria-labelledby="settings-language"
          fullWidth
          size="xs"
          value={language}
          onChange={(v) => setLanguage(v as Language)}
          data={[
            { value: "en", label: "English" },
            { value: "es", label: "Español" },
          ]}
        />
      </Stack>
      <Stack gap={4}>
        <Text size="sm" fw={500} id="settings-scheme">
          {t("settings.scheme")}
        </Text>
        <SegmentedControl
          aria-labelledby="settings-scheme"
          fullWidth
          size="xs"
          value={scheme}
          onChange={(v) => setScheme(v as Scheme)}
          data={(["light", "dark", "auto"] as const).map((s) => ({ value: s, label: t(`settings.${s}`) }))}
        />
      </Stack>
      <ZoneSelect />
      {info.data ? (
        <Text size="xs" c="dimmed">
          {t("settings.release", { release: info.data.release, events: formatNumber(info.data.events, language), size: formatBytes(info.data.bytes, language) })}
        </Text>
      ) : null}
    </Stack>
  );
}
