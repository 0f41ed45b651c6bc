import { Button, Drawer, Group, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Panel } from "../../api";
import type { BoardContext } from "../model/context";
import { missing, tidy } from "../model/tidy";
import { PanelCard } from "../panels/PanelCard";
import { PanelForm } from "./PanelForm";

const nothing = () => undefined;

/** PanelDrawer edits one panel, with the panel itself above the form. */
export function PanelDrawer({ panel, fresh, context, onApply, onClose }: { panel: Panel; fresh: boolean; context: BoardContext; onApply: (panel: Panel) => void; onClose: () => void }) {
  const { t } = useTranslation("dashboards");
  const kit = useTranslation("kit").t;
  const [now, setNow] = useState(panel);
  const change = useCallback((part: Partial<Panel>) => setNow((p) => ({ ...p, ...part })), []);
  const lacks = missing(now);
  // Half-typed queries are not asked.
  const [calm] = useDebouncedValue(now, 500);
  const preview = useMemo(() => tidy(calm), [calm]);
  return (
    <Drawer opened onClose={onClose} position="right" size="min(46rem, 100vw)" title={fresh ? t("form.new") : t("form.edit")} closeButtonProps={{ "aria-label": kit("close") }}>
      <Stack gap="md" data-testid="panel-drawer">
        <div style={{ height: 260 }} role="region" aria-label={t("form.preview")}>
          {missing(preview) ? (
            <div className="board-note board-panel">
              <Text size="sm" c="dimmed">
                {t(`missing.${missing(preview) ?? "title"}`)}
              </Text>
            </div>
          ) : (
            <PanelCard panel={preview} context={context} onNarrow={nothing} onRange={nothing} />
          )}
        </div>
        <PanelForm panel={now} context={context} change={change} />
        <Group justify="flex-end" gap="xs">
          <Text size="sm" c="dimmed" role="status">
            {lacks ? t(`missing.${lacks}`) : ""}
          </Text>
          <Button variant="default" onClick={onClose}>
            {kit("cancel")}
          </Button>
          <Button disabled={lacks !== undefined} onClick={() => onApply(tidy(now))} data-testid="panel-apply">
            {fresh ? t("form.add") : t("form.apply")}
          </Button>
        </Group>
      </Stack>
    </Drawer>
  );
}
