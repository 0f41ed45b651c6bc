import { Button, Group, Menu, Paper, Text } from "@mantine/core";
import {
  IconAdjustments, IconArrowBackUp, IconChartAreaLine, IconChartBar, IconChartDonut, IconChartFunnel, IconDeviceFloppy, IconMap, IconNumbers, IconPlus, IconTable, IconTypography,
  type Icon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Panel } from "../../api";
import { kinds } from "../model/tidy";

const icons: Record<Panel["kind"], Icon> = {
  timeline: IconChartAreaLine, bar: IconChartBar, pie: IconChartDonut, table: IconTable, number: IconNumbers, flow: IconChartFunnel, map: IconMap, text: IconTypography,
};

interface Props {
  dirty: boolean;
  canUndo: boolean;
  busy: boolean;
  onAdd: (kind: Panel["kind"]) => void;
  onSettings: () => void;
  onUndo: () => void;
  onSave: () => void;
  onCancel: () => void;
}

/** EditBar holds what can be done with a dashboard that is edited. */
export function EditBar({ dirty, canUndo, busy, onAdd, onSettings, onUndo, onSave, onCancel }: Props) {
  const { t } = useTranslation("dashboards");
  return (
    <Paper withBorder shadow="sm" p="xs" className="board-savebar no-print" role="toolbar" aria-label={t("edit.label")} data-testid="edit-bar">
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Menu position="bottom-start" shadow="md">
            <Menu.Target>
              <Button size="xs" leftSection={<IconPlus size={16} aria-hidden />} data-testid="add-panel">
                {t("edit.add")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {kinds.map((kind) => {
                const Sign = icons[kind];
                return (
                  <Menu.Item key={kind} leftSection={<Sign size={16} aria-hidden />} onClick={() => onAdd(kind)} data-testid={`add-${kind}`}>
                    {t(`kind.${kind}`)}
                    <Text size="xs" c="dimmed">
                      {t(`kindHint.${kind}`)}
                    </Text>
                  </Menu.Item>
                );
              })}
            </Menu.Dropdown>
          </Menu>
          <Button size="xs" variant="default" leftSection={<IconAdjustments size={16} aria-hidden />} onClick={onSettings} data-testid="board-settings">
            {t("edit.settings")}
          </Button>
          <Button size="xs" variant="default" leftSection={<IconArrowBackUp size={16} aria-hidden />} onClick={onUndo} disabled={!canUndo} data-testid="edit-undo">
            {t("undo")}
          </Button>
        </Group>
        <Group gap="xs">
          <Text size="sm" c="dimmed" role="status">
            {dirty ? t("edit.dirty") : t("edit.clean")}
          </Text>
          <Button size="xs" variant="default" onClick={onCancel} data-testid="edit-cancel">
            {dirty ? t("edit.discard") : t("edit.done")}
          </Button>
          <Button size="xs" leftSection={<IconDeviceFloppy size={16} aria-hidden />} onClick={onSave} disabled={!dirty} loading={busy} data-testid="edit-save">
            {t("edit.save")}
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}
