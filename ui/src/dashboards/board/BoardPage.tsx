import { Group, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";

import type { Dashboard, Panel } from "../../api";
import type { TimeRange } from "../../kit/time";
import { EmptyNote, Waiting } from "../../kit/Notes";
import { useTitle } from "../../kit/useTitle";
import { FilterPills } from "../../logs/FilterPills";
import { QueryBar } from "../../logs/query/QueryBar";
import { useWords } from "../../logs/words";
import type { Narrow } from "../model/context";
import { PanelCard } from "../panels/PanelCard";
import { BoardHeader } from "./BoardHeader";
import { Grid } from "./Grid";
import { addPill, useBoardState } from "./state";
import { useBoardChores } from "./useBoardChores";
import { useFull } from "./useFull";

const Editor = lazy(() => import("../edit/Editor").then((m) => ({ default: m.Editor })));

/** BoardPage shows a dashboard, and hands it to the editor when it is edited. */
export function BoardPage({ saved }: { saved: Dashboard }) {
  const words = useWords();
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const state = useBoardState(saved);
  const chores = useBoardChores();
  // While it is edited the page shows the title that it will have.
  const [shown, setShown] = useState<Dashboard>();
  const board = state.editing ? (shown ?? saved) : saved;
  useTitle(words(board.title));
  useFull(state.full, () => state.setFull(false));
  const { narrow, setRange } = useSteady(state);
  const again = () => {
    for (const path of ["/api/aggregate", "/api/search"]) void client.invalidateQueries({ queryKey: [path] });
  };
  const card = (panel: Panel) => <PanelCard panel={panel} context={state.context} onNarrow={narrow} onRange={setRange} />;
  return (
    <div className="board-page" data-testid="board">
      <Stack gap="sm">
        <BoardHeader
          board={board}
          state={state}
          onAgain={again}
          onDuplicate={() => void chores.duplicate(board, { search: location.search })}
          onDelete={() => void chores.remove(saved).then((gone) => gone && navigate("/dashboards"))}
        />
        {state.full && state.context.query === "" ? null : (
          <Group className="no-print">
            <QueryBar value={state.context.query} onSubmit={state.setQuery} zone={state.context.zone} range={state.context.range} />
          </Group>
        )}
        {state.full && state.context.pills.length === 0 ? null : <FilterPills pills={state.context.pills} put={state.setPills} add={(pill) => state.setPills(addPill(state.context.pills, pill))} />}
        {state.editing ? (
          <Suspense fallback={<Waiting />}>
            <Editor saved={saved} state={state} onShown={setShown} />
          </Suspense>
        ) : saved.panels.length === 0 ? (
          <NoPanels />
        ) : (
          <Grid panels={saved.panels}>{card}</Grid>
        )}
      </Stack>
    </div>
  );
}

function NoPanels() {
  const { t } = useTranslation("dashboards");
  return <EmptyNote title={t("noPanels")}>{t("noPanelsHint")}</EmptyNote>;
}

/** Functions that stay the same, so that panels are drawn again only when they change. */
export function useSteady(state: { narrow: (to: Narrow) => void; setRange: (range: TimeRange) => void }) {
  const latest = useRef(state);
  latest.current = state;
  const narrow = useCallback((to: Narrow) => latest.current.narrow(to), []);
  const setRange = useCallback((range: TimeRange) => latest.current.setRange(range), []);
  return { narrow, setRange };
}
