import { Button, Menu, Text, TextInput } from "@mantine/core";
import { IconBookmark, IconBookmarkPlus, IconDeviceFloppy, IconEdit, IconFilePlus, IconTrash } from "@tabler/icons-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";

import type { SavedSearch } from "../../api";
import { ErrorNote } from "../../kit/Notes";
import { visible } from "../../kit/visible";
import { savedPart, writeSaved, type Discover } from "../state";
import { SavedDialog, type Dialog } from "./SavedDialog";
import { conflictOf, errorOf, useSaved } from "./useSaved";

/** The address of a saved search. */
export const savedLink = (search: SavedSearch): string => {
  const params = new URLSearchParams(search.state);
  params.set("saved", writeSaved(search));
  return `/discover?${params.toString()}`;
};

/** SavedMenu opens, saves, renames and deletes searches. */
export const SavedMenu = memo(function SavedMenu({ discover }: { discover: Discover }) {
  const { t } = useTranslation("discover");
  const [, navigate] = useLocation();
  const saved = useSaved();
  const [dialog, setDialog] = useState<Dialog>();
  const [find, setFind] = useState("");
  const items = saved.list.data?.items ?? [];
  const here = items.find((s) => s.id === discover.state.saved?.id);
  // What was opened, not what is there by now: the difference is somebody else's work.
  const version = discover.state.saved?.version ?? here?.version ?? 0;
  const overtaken = here !== undefined && here.version !== version;
  const state = savedPart(discover.all);
  const changed = here !== undefined && savedPart(new URLSearchParams(here.state)) !== state;
  const found = items.filter((s) => s.title.toLowerCase().includes(find.trim().toLowerCase())).sort((a, b) => a.title.localeCompare(b.title));
  const keep = (search: SavedSearch) => discover.change({ saved: { id: search.id, version: search.version } }, "replace");
  const save = () => {
    if (!here) return setDialog({ kind: "save" });
    saved.update.mutate(
      { id: here.id, version, title: here.title, state },
      {
        onSuccess: keep,
        onError: (err) => {
          const theirs = conflictOf(err);
          setDialog(theirs ? { kind: "conflict", conflict: { mine: { title: here.title, state }, theirs } } : { kind: "failed", error: errorOf(err) });
        },
      },
    );
  };
  return (
    <>
      <Menu position="bottom-end" width="min(22rem, calc(100vw - 1rem))" shadow="md" returnFocus onOpen={() => { setFind(""); saved.list.again(); }}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconBookmark size={16} aria-hidden />} data-testid="saved-menu" style={{ maxWidth: "16rem" }}>
            {here ? `${visible(here.title, 40)}${changed ? " *" : ""}` : t("saved.button")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah="70vh" style={{ overflowY: "auto" }}>
          {here ? (
            <>
              <Menu.Label>{overtaken ? t("saved.overtaken") : changed ? t("saved.changed") : t("saved.unchanged")}</Menu.Label>
              <Menu.Item leftSection={<IconDeviceFloppy size={16} aria-hidden />} disabled={!changed} onClick={save} data-testid="saved-save">
                {t("saved.save")}
              </Menu.Item>
            </>
          ) : null}
          <Menu.Item leftSection={<IconBookmarkPlus size={16} aria-hidden />} onClick={() => setDialog({ kind: "save", title: here?.title })} data-testid="saved-save-as">
            {t("saved.saveAs")}
          </Menu.Item>
          {here ? (
            <>
              <Menu.Item leftSection={<IconEdit size={16} aria-hidden />} onClick={() => setDialog({ kind: "rename", search: here })}>
                {t("saved.rename")}
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} color="red" onClick={() => setDialog({ kind: "delete", search: here })} data-testid="saved-delete">
                {t("saved.delete")}
              </Menu.Item>
            </>
          ) : null}
          <Menu.Item leftSection={<IconFilePlus size={16} aria-hidden />} onClick={() => navigate("/discover")}>
            {t("saved.new")}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{t("saved.open")}</Menu.Label>
          {items.length > 8 ? <TextInput size="xs" mx={4} mb={4} aria-label={t("saved.find")} placeholder={t("saved.find")} value={find} onChange={(e) => setFind(e.currentTarget.value)} /> : null}
          {saved.list.error ? <ErrorNote error={saved.list.error} /> : null}
          {found.length === 0 && !saved.list.error ? (
            <Text size="sm" c="dimmed" px="sm" pb="xs">
              {t("saved.none")}
            </Text>
          ) : null}
          {found.map((s) => (
            <Menu.Item key={s.id} onClick={() => navigate(savedLink(s))} aria-current={s.id === here?.id || undefined} data-testid="saved-item">
              {visible(s.title, 120)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <SavedDialog dialog={dialog} close={() => setDialog(undefined)} show={setDialog} saved={saved} state={state} opened={(s) => navigate(savedLink(s))} renamed={(s) => !overtaken && keep(s)} gone={() => discover.change({ saved: undefined }, "replace")} />
    </>
  );
});
