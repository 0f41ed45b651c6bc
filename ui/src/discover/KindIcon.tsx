import { IconAbc, IconCalendarTime, IconHash, IconNetwork, IconTag, IconToggleLeft, type Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

const icons: Record<string, Icon> = { keyword: IconTag, text: IconAbc, integer: IconHash, number: IconHash, boolean: IconToggleLeft, time: IconCalendarTime, ip: IconNetwork };

/** KindIcon shows what kind a field is of. */
export function KindIcon({ kind }: { kind: string }) {
  const { t } = useTranslation("query");
  const Sign = icons[kind] ?? IconTag;
  return <Sign size={15} role="img" aria-label={t(`kind.${kind}`)} style={{ flex: "none", color: "var(--mantine-color-dimmed)" }} />;
}
