import { Text } from "@mantine/core";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";

import type { Understood as Query } from "../api";
import { Bit } from "./Bit";
import { understoodValues } from "./question";

/** Understood tells how the box was read. */
export function Understood({ query }: { query: Query }) {
  const { t } = useTranslation("trace");
  const values = understoodValues(query);
  if (values.length === 0) return null;
  return (
    <Text size="sm" c="dimmed" data-testid="understood" component="p" style={{ overflowWrap: "anywhere" }}>
      {t("understood.label", { kind: t(`understood.${query.kind}`, { defaultValue: query.kind }) })}{" "}
      {values.slice(0, 8).map((v, i) => (
        <Fragment key={v}>
          {i > 0 ? " · " : ""}
          <Bit text={v} most={100} />
        </Fragment>
      ))}
      {values.length > 8 ? ` … +${values.length - 8}` : ""}
    </Text>
  );
}
