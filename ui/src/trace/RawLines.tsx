import { Button, Group, Stack, Title } from "@mantine/core";
import { IconFileText } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Journey } from "../api";
import { CopyButton } from "../kit/CopyButton";
import { RawLine } from "../logs/RawLine";
import { marksOf } from "./journeySteps";

/** RawLines are all lines of the journey as the servers wrote them. */
export function RawLines({ journey }: { journey: Journey }) {
  const { t } = useTranslation("trace");
  const [open, setOpen] = useState(false);
  const steps = (journey.steps ?? []).filter((s) => s.line);
  if (steps.length === 0) return null;
  return (
    <section aria-labelledby="trace-lines" className={open ? undefined : "no-print"}>
      <Group gap="sm" mb="xs">
        <Title order={2} size="h4" id="trace-lines">
          {t("lines.title")}
        </Title>
        <Button size="xs" variant="default" className="no-print" leftSection={<IconFileText size={16} aria-hidden />} onClick={() => setOpen(!open)} aria-expanded={open} data-testid="all-lines">
          {open ? t("lines.hideAll") : t("lines.showAll", { count: steps.length })}
        </Button>
        <span className="no-print">
          <CopyButton label={t("lines.copy")} text={() => steps.map((s) => s.line).join("\n")} />
        </span>
      </Group>
      {open ? (
        <Stack gap={4} data-testid="lines">
          {steps.map((s, i) => (
            <RawLine key={i} line={s.line ?? ""} marks={marksOf(journey, s)} />
          ))}
        </Stack>
      ) : null}
    </section>
  );
}
