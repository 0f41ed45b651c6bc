import { Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useTitle } from "../kit/useTitle";

export function SourcesScreen() {
  const { t } = useTranslation("app");
  useTitle(t("nav.sources"));
  return <Title>{t("nav.sources")} </Title>;
}
