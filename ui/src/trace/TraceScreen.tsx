import { Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useTitle } from "../kit/useTitle";

export function TraceScreen({ journey }: { journey?: string }) {
  const { t } = useTranslation("app");
  useTitle(t("nav.trace"));
  return <Title>{t("nav.trace")} {journey}</Title>;
}
