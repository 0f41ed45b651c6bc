import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";

import type { Dashboard, DashboardSummary } from "../../api";
import { useSettings } from "../../kit/settings";
import { useWords } from "../../logs/words";
import { asError, useBoardActions } from "../api";
import { copyOf } from "../model/words";
import { useToast } from "../toast";

/** What the list and the page of a dashboard have in common: duplicate one, delete one and bring it back. */
export function useBoardChores() {
  const { t } = useTranslation("dashboards");
  const { language } = useSettings();
  const words = useWords();
  const boards = useBoardActions();
  const toast = useToast();
  const [, navigate] = useLocation();
  const failed = (err: unknown) => toast({ text: t("failed", { reason: asError(err).detail.message }) });

  /** Makes a copy and opens it for editing. */
  const duplicate = async (board: Dashboard, how: { search?: string } = {}): Promise<void> => {
    try {
      const made = await boards.create(copyOf(board, t("copyTitle", { title: words(board.title) }), language));
      const params = new URLSearchParams(how.search);
      params.delete("full");
      params.set("edit", "1");
      navigate(`/dashboards/${made.id}?${params.toString()}`);
    } catch (err) {
      failed(err);
    }
  };

  /** Deletes at once, with a way back that keeps the id and so the links to it. */
  const remove = async (board: Pick<DashboardSummary, "id" | "version" | "title">): Promise<boolean> => {
    try {
      const text = await boards.remove(board.id, board.version);
      toast({
        text: t("deleted", { title: words(board.title) }),
        action: { label: t("undo"), run: () => void boards.importText(text).then(() => toast({ text: t("restored", { title: words(board.title) }) }), failed) },
      });
      return true;
    } catch (err) {
      failed(err);
      return false;
    }
  };
  return { boards, duplicate, remove, failed };
}
