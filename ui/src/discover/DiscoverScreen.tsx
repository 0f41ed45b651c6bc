import { Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useTitle } from "../kit/useTitle";

export function DiscoverScreen() {
  const { t } = useTranslation("app");
  useTitle(t("nav.discover"));
  return <Title>{t("nav.discover")} </Title>;
}
