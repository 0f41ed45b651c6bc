import "./discover.css";

import { ActionIcon, Button, Drawer, Group, Title, Tooltip, VisuallyHidden } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconAntennaBars5, IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { recall, remember, useSettings } from "../kit/settings";
import { TimePicker } from "../kit/time";
import { useInterval } from "../kit/useInterval";
import { useTitle } from "../kit/useTitle";
import { FilterPills } from "../logs/FilterPills";
import { QueryBar } from "../logs/query/QueryBar";
import { EventDrawer } from "./event/EventDrawer";
import { FieldList } from "./FieldList";
import { Results } from "./Results";
import { SavedMenu } from "./saved/SavedMenu";
import { ExportMenu, ShareMenu } from "./ShareMenu";
import { useDiscover, writeSort } from "./state";
import { usePages } from "./usePages";
import { useTail } from "./live/useTail";
import { ViewMenu } from "./ViewMenu";

/** DiscoverScreen searches all events: a query, a time, a histogram, the fields and the lines. */
export function DiscoverScreen() {
  const { t } = useTranslation("discover");
  const { zone } = useSettings();
  const discover = useDiscover();
  const { state, composed, change } = discover;
  const client = useQueryClient();
  const [turn, setTurn] = useState(0);
  const narrow = useMediaQuery("(max-width: 62em)", undefined, { getInitialValueInEffect: false }) ?? false;
  const [listed, setListed] = useState(() => recall("discover.fields") !== "hidden");
  const [drawer, setDrawer] = useState(false);
  useTitle(t("title"));

  const asked = { query: composed, since: state.range.since, until: state.range.until, zone, sort: writeSort(state.sort) };
  const pages = usePages(asked, turn, !state.live);
  const tail = useTail(composed, zone, state.live);
  const refresh = useCallback(() => {
    setTurn((n) => n + 1);
    void client.invalidateQueries({ queryKey: ["/api/aggregate"] });
    void client.invalidateQueries({ queryKey: ["/api/fields/stats"] });
  }, [client]);
  // Who reads far down is not torn from there.
  useInterval(() => pages.pages <= 1 && !pages.pending && refresh(), state.live ? 0 : state.refresh * 1000);

  const rows = state.live ? tail.rows : pages.rows;
  const submit = (query: string) => (query === state.query ? refresh() : change({ query }));
  const toggleList = () => {
    if (narrow) return setDrawer(true);
    remember("discover.fields", listed ? "hidden" : undefined);
    setListed(!listed);
  };
  const listLabel = narrow || !listed ? t("fields.show") : t("fields.hide");
  const list = <FieldList discover={discover} rows={rows} close={narrow ? () => setDrawer(false) : undefined} />;
  return (
    <div className="d-screen">
      <VisuallyHidden>
        <Title order={1}>{t("title")}</Title>
      </VisuallyHidden>
      <div className="d-bar">
        <QueryBar value={state.query} onSubmit={submit} zone={zone} range={state.range} error={pages.error} />
        <Group gap={6} wrap="nowrap">
          <TimePicker range={state.range} onChange={(range) => change({ range, live: false })} refresh={state.refresh} onRefresh={(seconds) => change({ refresh: seconds }, "replace")} />
          <Tooltip label={t("refresh")}>
            <ActionIcon variant="default" size={36} onClick={refresh} aria-label={t("refresh")} data-testid="refresh-now" disabled={state.live}>
              <IconRefresh size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Group>
      </div>
      <div className="d-tools">
        <Group gap={6} style={{ flex: 1, minWidth: 0 }}>
          <Tooltip label={listLabel}>
            <ActionIcon variant="default" size={30} onClick={toggleList} aria-label={listLabel} aria-expanded={narrow ? drawer : listed} data-testid="toggle-fields">
              {!narrow && listed ? <IconLayoutSidebarLeftCollapse size={18} aria-hidden /> : <IconLayoutSidebarLeftExpand size={18} aria-hidden />}
            </ActionIcon>
          </Tooltip>
          <FilterPills pills={discover.state.pills} put={(pills) => discover.change({ pills })} add={discover.filter} />
        </Group>
        <Group gap={6}>
          <Button size="xs" variant={state.live ? "filled" : "default"} leftSection={<IconAntennaBars5 size={16} aria-hidden />} onClick={() => change({ live: !state.live })} aria-pressed={state.live} data-testid="live">
            {t("live.button")}
          </Button>
          <SavedMenu discover={discover} />
          <ShareMenu discover={discover} />
          <ExportMenu discover={discover} />
          <ViewMenu discover={discover} />
        </Group>
      </div>
      <div className="d-body">
        {!narrow && listed ? (
          <div className="d-side">
            <button type="button" className="skip" onClick={() => document.querySelector<HTMLElement>("[data-testid=results]")?.focus()}>
              {t("skip")}
            </button>
            {list}
          </div>
        ) : null}
        <div className="d-main">
          <Results discover={discover} pages={pages} tail={tail} refresh={refresh} />
        </div>
      </div>
      {narrow ? (
        <Drawer opened={drawer} onClose={() => setDrawer(false)} title={t("fields.title")} closeButtonProps={{ "aria-label": t("fields.close") }} styles={{ body: { height: "calc(100dvh - 4rem)" } }}>
          {list}
        </Drawer>
      ) : null}
      <EventDrawer discover={discover} />
    </div>
  );
}
