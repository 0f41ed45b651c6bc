import { Alert, Group, Modal, SegmentedControl, Stack, Text, Textarea } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Journey } from "../api";
import { CopyButton } from "../kit/CopyButton";
import { useSettings, type Language } from "../kit/settings";
import { customerAnswer } from "./answerText";
import type { Side } from "./journeyLink";

interface Props {
  journey: Journey;
  side: Side;
  opened: boolean;
  onClose: () => void;
}

/** CustomerAnswer shows the ready answer, to be read and changed before it is copied. */
export function CustomerAnswer({ journey, side, opened, onClose }: Props) {
  const { t } = useTranslation("trace");
  return (
    <Modal opened={opened} onClose={onClose} title={t("answer.title")} size="lg" closeButtonProps={{ "aria-label": t("answer.close") }}>
      {opened ? <Draft journey={journey} side={side} /> : null}
    </Modal>
  );
}

function Draft({ journey, side: first }: { journey: Journey; side: Side }) {
  const { t, i18n } = useTranslation("trace");
  const settings = useSettings();
  const [language, setLanguage] = useState<Language>(settings.language);
  const [side, setSide] = useState<Side>(first);
  const written = customerAnswer(journey, { side, language, zone: settings.zone, say: i18n.getFixedT(language, "trace") });
  const [changed, setChanged] = useState<{ from: string; text: string }>();
  // Changes by hand belong to the text they were made in; another language or side writes anew.
  const text = changed?.from === written ? changed.text : written;
  return (
    <Stack gap="md">
      <Group gap="md">
        <Stack gap={4}>
          <Text size="sm" fw={500} id="answer-language">
            {t("answer.language")}
          </Text>
          <SegmentedControl
            aria-labelledby="answer-language"
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
          <Text size="sm" fw={500} id="answer-side">
            {t("answer.customerIs")}
          </Text>
          <SegmentedControl
            aria-labelledby="answer-side"
            size="xs"
            value={side}
            onChange={(v) => setSide(v as Side)}
            data={(["sender", "recipient"] as const).map((s) => ({ value: s, label: t(`answer.side.${s}`) }))}
          />
        </Stack>
      </Group>
      <Textarea
        label={t("answer.preview")}
        lang={language}
        autosize
        minRows={7}
        maxRows={18}
        value={text}
        onChange={(e) => setChanged({ from: written, text: e.currentTarget.value })}
        data-testid="answer-text"
        data-autofocus
      />
      <Alert color="blue" variant="light" icon={<IconEyeOff aria-hidden />} p="xs">
        <Text size="sm">{t("answer.masked")}</Text>
      </Alert>
      <Group>
        <CopyButton variant="filled" label={t("answer.copy")} text={() => text} />
      </Group>
    </Stack>
  );
}
