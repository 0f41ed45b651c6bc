import { Alert, Button, Group } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";

import type { Dashboard, Panel, RequestError } from "../../api";
import { EmptyNote, ErrorNote } from "../../kit/Notes";
import { useSettings } from "../../kit/settings";
import { EditGrid } from "../board/EditGrid";
import { Grid } from "../board/Grid";
import type { BoardState } from "../board/state";
import { useSteady } from "../board/BoardPage";
import { PanelCard } from "../panels/PanelCard";
import { newPanel } from "../model/tidy";
import { Ask } from "./Ask";
import { BoardSettings } from "./BoardSettings";
import { Conflict } from "./Conflict";
import { EditBar } from "./EditBar";
import { PanelDrawer } from "./PanelDrawer";
import { useDraft } from "./useDraft";
import { useLeaveGuard } from "./useLeaveGuard";
import { usePanelEdits } from "./usePanelEdits";
import { useSave } from "./useSave";

interface Props {
  saved: Dashboard;
  state: BoardState;
  /** Hears of the dashboard as it will be. */
  onShown: (board: Dashboard | undefined) => void;
}

/** Editor changes a dashboard: nothing is saved before "save", nothing is lost without a question. */
export function Editor({ saved, state, onShown }: Props) {
  const { t } = useTranslation("dashboards");
  const { language } = useSettings();
  const [, navigate] = useLocation();
  const draft = useDraft(saved);
  const { board } = draft;
  const [drawer, setDrawer] = useState<{ panel: Panel; fresh: boolean }>();
  const [settings, setSettings] = useState(false);
  const [asking, setAsking] = useState(false);
  const guard = useLeaveGuard(draft.dirty);
  const leave = () => state.setEditing(false);
  const save = useSave(draft, leave);
  const editsOf = usePanelEdits(draft, (panel) => setDrawer({ panel, fresh: false }));
  const { narrow, setRange } = useSteady(state);
  const small = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false }) === true;
  useEffect(() => onShown(board), [board, onShown]);
  useEffect(() => () => onShown(undefined), [onShown]);

  const add = (kind: Panel["kind"]) => {
    const stages = (["received", "queued", "delivered"] as const).map((s) => t(`new.${s}`));
    setDrawer({ panel: newPanel(kind, board.panels, t(`kind.${kind}`), language, { text: t("new.text"), stages }), fresh: true });
  };
  const apply = (panel: Panel) => {
    draft.change((b) => ({ ...b, panels: b.panels.some((p) => p.id === panel.id) ? b.panels.map((p) => (p.id === panel.id ? { ...panel, x: p.x, y: p.y, w: p.w, h: p.h } : p)) : [...b.panels, panel] }));
    setDrawer(undefined);
  };
  const discard = () => {
    draft.reset(saved);
    setAsking(false);
    leave();
  };
  const card = (panel: Panel) => <PanelCard panel={panel} context={state.context} onNarrow={narrow} onRange={setRange} edits={editsOf(panel)} />;
  return (
    <>
      <EditBar
        dirty={draft.dirty}
        canUndo={draft.canUndo}
        busy={save.busy}
        onAdd={add}
        onSettings={() => setSettings(true)}
        onUndo={draft.undo}
        onSave={() => void save.save()}
        onCancel={() => (draft.dirty ? setAsking(true) : leave())}
      />
      {draft.recovered ? <Recovered discard={() => draft.reset(saved)} /> : null}
      {save.error ? <SaveError error={save.error} /> : null}
      {board.panels.length === 0 ? <EmptyNote title={t("noPanels")}>{t("edit.first")}</EmptyNote> : small ? <Grid panels={board.panels}>{card}</Grid> : <EditGrid panels={board.panels} onPlace={(places) => draft.change((b) => ({ ...b, panels: b.panels.map((p) => ({ ...p, ...places.get(p.id) })) }))}>{card}</EditGrid>}
      {drawer ? <PanelDrawer key={drawer.panel.id} panel={drawer.panel} fresh={drawer.fresh} context={state.context} onApply={apply} onClose={() => setDrawer(undefined)} /> : null}
      {settings ? <BoardSettings board={board} context={state.context} onApply={(next) => { draft.change(() => next); setSettings(false); }} onClose={() => setSettings(false)} /> : null}
      <Ask opened={asking} title={t("leave.title")} onClose={() => setAsking(false)} answers={[{ label: t("leave.discard"), run: discard, danger: true }, { label: t("edit.save"), run: () => { setAsking(false); void save.save(); } }]}>
        {t("leave.text")}
      </Ask>
      <Ask
        opened={guard.to !== undefined}
        title={t("leave.title")}
        onClose={guard.stay}
        answers={[
          { label: t("leave.discard"), danger: true, run: () => { draft.reset(saved); navigate(guard.to ?? "/dashboards"); } },
          { label: t("leave.keep"), run: () => navigate(guard.to ?? "/dashboards") },
        ]}
      >
        {t("leave.keepText")}
      </Ask>
      {save.theirs ? <Conflict base={draft.base} mine={board} theirs={save.theirs} busy={save.busy} overwrite={() => void save.overwrite()} take={save.take} copy={() => void save.copy()} onClose={save.dismiss} /> : null}
    </>
  );
}

function Recovered({ discard }: { discard: () => void }) {
  const { t } = useTranslation("dashboards");
  return (
    <Alert variant="light" color="blue" title={t("recovered.title")}>
      <Group justify="space-between" gap="xs">
        {t("recovered.text")}
        <Button size="xs" variant="default" onClick={discard}>
          {t("leave.discard")}
        </Button>
      </Group>
    </Alert>
  );
}

const SaveError = ({ error }: { error: RequestError }) => <ErrorNote error={error} />;
