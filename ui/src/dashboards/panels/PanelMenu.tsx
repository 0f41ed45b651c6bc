import { ActionIcon, Menu } from "@mantine/core";
import {
  IconArrowDown, IconArrowLeft, IconArrowRight, IconArrowUp, IconArrowsHorizontal, IconArrowsVertical, IconChartBar, IconCopy, IconDotsVertical, IconDownload, IconListSearch, IconPencil, IconTable, IconTrash,
  type Icon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import type { Move } from "../model/layout";

/** What can be done to a panel while its dashboard is edited. */
export interface PanelEdits {
  edit: () => void;
  duplicate: () => void;
  remove: () => void;
  move: (move: Move) => void;
  can: (move: Move) => boolean;
}

interface Props {
  title: string;
  /** Its events in Discover; a text has none. */
  href: string | undefined;
  asTable: boolean | undefined;
  onTable: () => void;
  onCsv: (() => void) | undefined;
  edits: PanelEdits | undefined;
}

const moves: [Move, Icon][] = [
  ["left", IconArrowLeft], ["right", IconArrowRight], ["up", IconArrowUp], ["down", IconArrowDown],
  ["wider", IconArrowsHorizontal], ["narrower", IconArrowsHorizontal], ["taller", IconArrowsVertical], ["shorter", IconArrowsVertical],
];

/** PanelMenu holds all that can be done with a panel, also what the mouse does by dragging. */
export function PanelMenu({ title, href, asTable, onTable, onCsv, edits }: Props) {
  const { t } = useTranslation("dashboards");
  return (
    <Menu position="bottom-end" shadow="md" width={240} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("menu.label", { title })} className="no-drag" data-testid="panel-menu">
          <IconDotsVertical size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah="70vh" style={{ overflowY: "auto" }}>
        {href ? (
          <Menu.Item component={Link} href={href} leftSection={<IconListSearch size={16} aria-hidden />}>
            {t("discover")}
          </Menu.Item>
        ) : null}
        {asTable === undefined ? null : (
          <Menu.Item onClick={onTable} leftSection={asTable ? <IconChartBar size={16} aria-hidden /> : <IconTable size={16} aria-hidden />}>
            {asTable ? t("menu.chart") : t("menu.table")}
          </Menu.Item>
        )}
        {onCsv ? (
          <Menu.Item onClick={onCsv} leftSection={<IconDownload size={16} aria-hidden />}>
            {t("menu.csv")}
          </Menu.Item>
        ) : null}
        {edits ? <Edits edits={edits} divider={href !== undefined} /> : null}
      </Menu.Dropdown>
    </Menu>
  );
}

function Edits({ edits, divider }: { edits: PanelEdits; divider: boolean }) {
  const { t } = useTranslation("dashboards");
  return (
    <>
      {divider ? <Menu.Divider /> : null}
      <Menu.Item onClick={edits.edit} leftSection={<IconPencil size={16} aria-hidden />}>
        {t("menu.edit")}
      </Menu.Item>
      <Menu.Item onClick={edits.duplicate} leftSection={<IconCopy size={16} aria-hidden />}>
        {t("menu.duplicate")}
      </Menu.Item>
      <Menu.Item onClick={edits.remove} color="red" leftSection={<IconTrash size={16} aria-hidden />}>
        {t("menu.remove")}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Label>{t("menu.place")}</Menu.Label>
      {moves.map(([move, Sign]) => (
        <Menu.Item key={move} closeMenuOnClick={false} disabled={!edits.can(move)} onClick={() => edits.move(move)} leftSection={<Sign size={16} aria-hidden />}>
          {t(`menu.${move}`)}
        </Menu.Item>
      ))}
    </>
  );
}
