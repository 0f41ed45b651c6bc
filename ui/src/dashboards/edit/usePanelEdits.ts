import { useCallback, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { Panel } from "../../api";
import { useWords } from "../../logs/words";
import { canShift, freeId, freePlace, shift } from "../model/layout";
import type { PanelEdits } from "../panels/PanelMenu";
import { useToast } from "../toast";
import type { Draft } from "./useDraft";

/** usePanelEdits gives the commands of each panel's menu; they stay the same while the panel does. */
export function usePanelEdits(draft: Draft, edit: (panel: Panel) => void): (panel: Panel) => PanelEdits {
  const { t } = useTranslation("dashboards");
  const words = useWords();
  const toast = useToast();
  const say = (gone: Panel) => ({ text: t("removed", { title: words(gone.title) || t(`kind.${gone.kind}`) }), undo: t("undo") });
  const latest = useRef({ draft, edit, say, toast });
  latest.current = { draft, edit, say, toast };
  const kept = useRef(new WeakMap<Panel, PanelEdits>());
  return useCallback((panel: Panel) => {
    const known = kept.current.get(panel);
    if (known) return known;
    const { id } = panel;
    const edits: PanelEdits = {
      edit: () => latest.current.edit(latest.current.draft.board.panels.find((p) => p.id === id) ?? panel),
      duplicate: () => latest.current.draft.change((b) => ({ ...b, panels: [...b.panels, { ...panel, id: freeId(b.panels, id.replace(/-\d+$/, "")), ...freePlace(b.panels, panel.w, panel.h) }] })),
      remove: () => {
        const now = latest.current;
        const gone = now.draft.board.panels.find((p) => p.id === id);
        now.draft.change((b) => ({ ...b, panels: b.panels.filter((p) => p.id !== id) }));
        if (!gone) return;
        const { text, undo } = now.say(gone);
        now.toast({
          text,
          action: { label: undo, run: () => latest.current.draft.change((b) => (b.panels.some((p) => p.id === id) ? b : { ...b, panels: [...b.panels, gone] })) },
        });
      },
      move: (move) => latest.current.draft.change((b) => ({ ...b, panels: shift(b.panels, id, move) })),
      can: (move) => canShift(latest.current.draft.board.panels, id, move),
    };
    kept.current.set(panel, edits);
    return edits;
  }, []);
}
