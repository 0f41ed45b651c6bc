import { Button, Code, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { ApiError } from "../../api";
import { visible } from "../../kit/visible";

/** QueryMistake says what is wrong with a query and offers how it was probably meant. */
export function QueryMistake({ mistake, use }: { mistake: ApiError; use: (query: string) => void }) {
  const { t, i18n } = useTranslation("query");
  const known = i18n.exists(`query:code.${mistake.code}`);
  // The server says it in English, and more exactly.
  const ours = i18n.language !== "en";
  return (
    <Group gap="xs" mt={4} wrap="wrap" data-testid="query-mistake" role="group" aria-label={t("mistake")}>
      <Group gap={6} wrap="nowrap" align="flex-start">
        <IconAlertTriangle size={16} color="var(--mantine-color-red-6)" aria-hidden style={{ flex: "none", marginTop: 3 }} />
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {ours ? t(known ? `code.${mistake.code}` : "code.other") : `${mistake.message}${mistake.hint ? `; ${mistake.hint}` : ""}`}
        </Text>
      </Group>
      {mistake.suggestion === undefined || mistake.suggestion === "" ? null : (
        <Group gap={6} wrap="wrap" style={{ minWidth: 0 }}>
          <Code style={{ overflowWrap: "anywhere", unicodeBidi: "isolate" }} translate="no">
            {visible(mistake.suggestion, 300)}
          </Code>
          <Button size="compact-xs" variant="light" onClick={() => use(mistake.suggestion ?? "")} data-testid="query-use">
            {t("use")}
          </Button>
        </Group>
      )}
    </Group>
  );
}
