import { Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useTitle } from "../kit/useTitle";

export function DashboardsScreen({ id }: { id?: string }) {
  const { t } = useTranslation("app");
  useTitle(t("nav.dashboards"));
  return <Title>{t("nav.dashboards")} {id}</Title>;
}
