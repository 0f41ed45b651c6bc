import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";

import type { RequestError } from "../../api";
import { ErrorNote } from "../../kit/Notes";
import { useSettings } from "../../kit/settings";
import { asError, useBoardActions } from "../api";
import { maxTitle } from "../model/words";

/** NewBoard asks for a title, and opens the new dashboard for editing. */
export function NewBoard({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("dashboards");
  const kit = useTranslation("kit").t;
  const { language } = useSettings();
  const boards = useBoardActions();
  const [, navigate] = useLocation();
  const [title, setTitle] = useState("");
  const [error, setError] = useState<RequestError>();
  const [busy, setBusy] = useState(false);
  const make = (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    boards.create({ title: { [language]: title.trim() }, since: "now-24h", refresh: 0, panels: [] }).then(
      (made) => navigate(`/dashboards/${made.id}?edit=1`),
      (err: unknown) => {
        setBusy(false);
        setError(asError(err));
      },
    );
  };
  return (
    <Modal opened onClose={onClose} title={t("new.title")} centered closeButtonProps={{ "aria-label": kit("close") }}>
      <form onSubmit={make}>
        <Stack>
          <TextInput label={t("form.title")} value={title} onChange={(e) => setTitle(e.currentTarget.value)} maxLength={maxTitle} required data-autofocus data-testid="new-title" />
          {error ? <ErrorNote error={error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {kit("cancel")}
            </Button>
            <Button type="submit" loading={busy} disabled={title.trim() === ""} data-testid="new-make">
              {t("new.make")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
