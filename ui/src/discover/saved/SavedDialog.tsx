import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import type { RequestError, SavedSearch } from "../../api";
import { ErrorNote } from "../../kit/Notes";
import { Time } from "../../kit/time";
import { visible } from "../../kit/visible";
import { conflictOf, errorOf, type Conflict, type Saved } from "./useSaved";

/** What is asked about saved searches just now. */
export type Dialog =
  | { kind: "save"; title?: string | undefined }
  | { kind: "rename"; search: SavedSearch }
  | { kind: "delete"; search: SavedSearch }
  | { kind: "conflict"; conflict: Conflict }
  | { kind: "failed"; error: RequestError | undefined };

interface Props {
  dialog: Dialog | undefined;
  close: () => void;
  show: (dialog: Dialog) => void;
  saved: Saved;
  /** What would be saved. */
  state: string;
  /** A search was saved or is to be opened. */
  opened: (search: SavedSearch) => void;
  renamed: (search: SavedSearch) => void;
  gone: () => void;
}

const titles: Record<Dialog["kind"], string> = { save: "saved.saveAs", rename: "saved.rename", delete: "saved.delete", conflict: "saved.conflict", failed: "saved.failed" };

/** SavedDialog asks for a title, asks back before a search is deleted, and explains when somebody else saved first. */
export function SavedDialog(props: Props) {
  const { t } = useTranslation("discover");
  const { dialog, close } = props;
  return (
    <Modal opened={dialog !== undefined} onClose={close} title={dialog ? t(titles[dialog.kind]) : ""} closeButtonProps={{ "aria-label": t("saved.close") }} data-testid="saved-dialog">
      {dialog ? <Content {...props} dialog={dialog} /> : null}
    </Modal>
  );
}

function Content({ dialog, close, show, saved, state, opened, renamed, gone }: Props & { dialog: Dialog }) {
  const { t } = useTranslation("discover");
  const [error, setError] = useState<RequestError>();
  const failed = (mine: Conflict["mine"]) => (err: unknown) => {
    const theirs = conflictOf(err);
    if (theirs) show({ kind: "conflict", conflict: { mine, theirs } });
    else setError(errorOf(err));
  };
  const done = (search: SavedSearch) => {
    close();
    opened(search);
  };
  switch (dialog.kind) {
    case "save":
      return <TitleForm title={dialog.title ?? ""} error={error} busy={saved.create.isPending} submit={(title) => saved.create.mutate({ title, state }, { onSuccess: done, onError: (err) => setError(errorOf(err)) })} />;
    case "rename": {
      const { id, version, state: kept } = dialog.search;
      return <TitleForm title={dialog.search.title} error={error} busy={saved.update.isPending} submit={(title) => saved.update.mutate({ id, version, title, state: kept }, { onSuccess: (search) => { close(); renamed(search); }, onError: failed({ title, state: kept }) })} />;
    }
    case "delete":
      return (
        <Stack gap="sm">
          <Text size="sm">{t("saved.deleteAsk", { title: visible(dialog.search.title, 200) })}</Text>
          {error ? <ErrorNote error={error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              {t("saved.keep")}
            </Button>
            <Button color="red" loading={saved.remove.isPending} onClick={() => saved.remove.mutate({ id: dialog.search.id, version: dialog.search.version }, { onSuccess: () => { close(); gone(); }, onError: failed({ title: dialog.search.title, state: dialog.search.state }) })} data-testid="saved-delete-yes">
              {t("saved.deleteYes")}
            </Button>
          </Group>
        </Stack>
      );
    case "conflict": {
      const { mine, theirs } = dialog.conflict;
      return (
        <Stack gap="sm" data-testid="saved-conflict">
          <Text size="sm">{t("saved.conflictText", { title: visible(theirs.title, 200) })}</Text>
          <Text size="sm" c="dimmed" component="div">
            {t("saved.conflictWhen")} <Time at={theirs.updated_at} />
          </Text>
          {error ? <ErrorNote error={error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => done(theirs)}>
              {t("saved.openTheirs")}
            </Button>
            <Button variant="default" onClick={() => show({ kind: "save", title: mine.title })}>
              {t("saved.saveAs")}
            </Button>
            <Button color="red" loading={saved.update.isPending} onClick={() => saved.update.mutate({ id: theirs.id, version: theirs.version, ...mine }, { onSuccess: done, onError: failed(mine) })}>
              {t("saved.overwrite")}
            </Button>
          </Group>
        </Stack>
      );
    }
    case "failed":
      return dialog.error ? <ErrorNote error={dialog.error} /> : null;
  }
}

function TitleForm({ title, submit, error, busy }: { title: string; submit: (title: string) => void; error: RequestError | undefined; busy: boolean }) {
  const { t } = useTranslation("discover");
  const [text, setText] = useState(title);
  useEffect(() => setText(title), [title]);
  const send = (e: FormEvent) => {
    e.preventDefault();
    if (text.trim() !== "") submit(text.trim());
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        <TextInput label={t("saved.title")} value={text} onChange={(e) => setText(e.currentTarget.value)} maxLength={200} required data-autofocus data-testid="saved-title" />
        {error ? <ErrorNote error={error} /> : null}
        <Group justify="flex-end">
          <Button type="submit" loading={busy} disabled={text.trim() === ""} data-testid="saved-submit">
            {t("saved.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
