import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";

import type { Dashboard, RequestError } from "../../api";
import { useSettings } from "../../kit/settings";
import { useWords } from "../../logs/words";
import { asError, currentOf, useBoardActions } from "../api";
import { bodyOf, copyOf } from "../model/words";
import { useToast } from "../toast";
import type { Draft } from "./useDraft";

/** useSave saves a draft. When somebody else was first, theirs is what is there now, and the viewer decides. */
export function useSave(draft: Draft, done: () => void) {
  const { t } = useTranslation("dashboards");
  const { language } = useSettings();
  const words = useWords();
  const boards = useBoardActions();
  const toast = useToast();
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<RequestError>();
  const [theirs, setTheirs] = useState<Dashboard>();

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (err) {
      const current = currentOf(err);
      setTheirs(current);
      if (!current) setError(asError(err));
    } finally {
      setBusy(false);
    }
  };
  const put = (version: number) =>
    attempt(async () => {
      const saved = await boards.save(draft.base.id, version, bodyOf(draft.board));
      setTheirs(undefined);
      draft.reset(saved);
      toast({ text: t("saved") });
      done();
    });
  return {
    busy,
    error,
    theirs,
    save: () => put(draft.base.version),
    /** Over what somebody else saved: over the version that was shown, and no later one. */
    overwrite: () => (theirs ? put(theirs.version) : Promise.resolve()),
    take: () => {
      if (!theirs) return;
      draft.reset(theirs);
      setTheirs(undefined);
      boards.seen(theirs);
      done();
    },
    copy: () =>
      attempt(async () => {
        const made = await boards.create(copyOf(draft.board, t("copyTitle", { title: words(draft.board.title) }), language));
        setTheirs(undefined);
        if (theirs) {
          draft.reset(theirs);
          boards.seen(theirs);
        }
        toast({ text: t("savedCopy", { title: words(made.title) }) });
        navigate(`/dashboards/${made.id}`);
      }),
    dismiss: () => setTheirs(undefined),
  };
}
