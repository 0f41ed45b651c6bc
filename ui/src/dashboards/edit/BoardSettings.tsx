import { Button, Group, Modal, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import type { Dashboard } from "../../api";
import { useSettings } from "../../kit/settings";
import { useRangeText } from "../../kit/time";
import { useWords } from "../../logs/words";
import type { BoardContext } from "../model/context";
import { maxTitle, withText } from "../model/words";

/** BoardSettings changes what concerns the whole dashboard: its title, and what it opens with. */
export function BoardSettings({ board, context, onApply, onClose }: { board: Dashboard; context: BoardContext; onApply: (board: Dashboard) => void; onClose: () => void }) {
  const { t } = useTranslation("dashboards");
  const kit = useTranslation("kit").t;
  const { language } = useSettings();
  const words = useWords();
  const rangeText = useRangeText();
  const [title, setTitle] = useState(words(board.title));
  const [description, setDescription] = useState(words(board.description));
  const [start, setStart] = useState(false);
  const refresh = context.refresh > 0 ? t("settings.every", { count: context.refresh }) : t("settings.never");
  const apply = (e: FormEvent) => {
    e.preventDefault();
    const { since, until } = context.range;
    onApply({
      ...board,
      title: withText(board.title, title.trim(), language),
      description: description.trim() === "" ? undefined : withText(board.description, description.trim(), language),
      ...(start ? { since: since || "now-24h", until: until || undefined, query: context.query || undefined, refresh: context.refresh } : {}),
    });
  };
  return (
    <Modal opened onClose={onClose} title={t("edit.settings")} centered closeButtonProps={{ "aria-label": kit("close") }}>
      <form onSubmit={apply}>
        <Stack>
          <TextInput label={t("form.title")} value={title} onChange={(e) => setTitle(e.currentTarget.value)} maxLength={maxTitle} required data-autofocus data-testid="settings-title" />
          <Textarea label={t("form.description")} value={description} onChange={(e) => setDescription(e.currentTarget.value)} maxLength={1000} autosize minRows={2} maxRows={6} />
          <Switch checked={start} onChange={(e) => setStart(e.currentTarget.checked)} label={t("settings.start")} description={t("settings.now", { range: rangeText(context.range), query: context.query || t("settings.noQuery"), refresh })} disabled={!context.range.since} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {kit("cancel")}
            </Button>
            <Button type="submit" disabled={title.trim() === ""}>
              {t("form.apply")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
