import { Select } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { browserZone, useSettings } from "../settings";

/** ZoneSelect chooses the zone in which times are shown and days begin. */
export function ZoneSelect() {
  const { t } = useTranslation("kit");
  const { zone, setZone } = useSettings();
  const zones = useMemo(() => {
    const here = browserZone();
    const all = new Set(["UTC", here, zone, ...Intl.supportedValuesOf("timeZone")]);
    return [...all].map((z) => ({ value: z, label: z === here ? t("zone.browser", { zone: z }) : z }));
  }, [zone, t]);
  return (
    <Select
      label={t("zone.label")}
      data={zones}
      value={zone}
      onChange={(next) => next && setZone(next)}
      searchable
      limit={200}
      nothingFoundMessage={t("zone.none")}
      comboboxProps={{ withinPortal: false }}
      size="xs"
    />
  );
}
