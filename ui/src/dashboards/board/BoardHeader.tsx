import { ActionIcon, Anchor, Badge, Button, Group, Menu, Text, Title, Tooltip } from "@mantine/core";
import { IconArrowsMaximize, IconArrowsMinimize, IconChevronLeft, IconCopy, IconDots, IconDownload, IconLink, IconPencil, IconPrinter, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import type { Dashboard } from "../../api";
import { copyText } from "../../kit/CopyButton";
import { follow } from "../../kit/download";
import { TimePicker } from "../../kit/time";
import { useWords } from "../../logs/words";
import { exportPath } from "../api";
import { useToast } from "../toast";
import type { BoardState } from "./state";
import { enterFull } from "./useFull";

interface Props {
  board: Dashboard;
  state: BoardState;
  onAgain: () => void;
  onDuplicate: () => void;
  onDelete: () => void;
}

/** BoardHeader names a dashboard and holds what can be done with the whole of it. */
export function BoardHeader({ board, state, onAgain, onDuplicate, onDelete }: Props) {
  const { t } = useTranslation("dashboards");
  const words = useWords();
  const { full, editing, context } = state;
  return (
    <Group justify="space-between" gap="xs" align="flex-start">
      <div style={{ minWidth: 0, flex: "1 1 16rem" }}>
        {full ? null : (
          <Anchor component={Link} href="/dashboards" size="sm" className="no-print" style={{ display: "inline-flex", alignItems: "center", gap: 2 }}>
            <IconChevronLeft size={16} aria-hidden />
            {t("back")}
          </Anchor>
        )}
        <Group gap="xs">
          <Title order={1} size="h3" style={{ overflowWrap: "anywhere" }}>
            {words(board.title)}
          </Title>
          {board.builtin ? (
            <Badge variant="light" color="gray" tt="none">
              {t("builtin")}
            </Badge>
          ) : null}
        </Group>
        {words(board.description) && !full ? (
          <Text size="sm" c="dimmed" maw="70ch">
            {words(board.description)}
          </Text>
        ) : null}
      </div>
      <Group gap="xs" className="no-print" maw="100%" miw={0}>
        <TimePicker range={context.range} onChange={state.setRange} refresh={context.refresh} onRefresh={state.setRefresh} />
        <Tooltip label={t("again")}>
          <ActionIcon variant="default" size={36} onClick={onAgain} aria-label={t("again")} data-testid="board-again">
            <IconRefresh size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={full ? t("fullEnd") : t("full")}>
          <ActionIcon
            variant="default"
            size={36}
            aria-label={full ? t("fullEnd") : t("full")}
            data-testid="board-full"
            onClick={() => {
              if (!full) enterFull();
              state.setFull(!full);
            }}
          >
            {full ? <IconArrowsMinimize size={18} aria-hidden /> : <IconArrowsMaximize size={18} aria-hidden />}
          </ActionIcon>
        </Tooltip>
        {full || editing ? null : board.builtin ? (
          <Button variant="default" leftSection={<IconCopy size={18} aria-hidden />} onClick={onDuplicate} data-testid="board-duplicate">
            {t("duplicateToEdit")}
          </Button>
        ) : (
          <Button variant="default" leftSection={<IconPencil size={18} aria-hidden />} onClick={() => state.setEditing(true)} data-testid="board-edit">
            {t("edit.button")}
          </Button>
        )}
        {full ? null : <More board={board} onDuplicate={onDuplicate} onDelete={onDelete} />}
      </Group>
    </Group>
  );
}

function More({ board, onDuplicate, onDelete }: Pick<Props, "board" | "onDuplicate" | "onDelete">) {
  const { t } = useTranslation("dashboards");
  const kit = useTranslation("kit").t;
  const toast = useToast();
  const copyLink = () => void copyText(location.href).then((done) => toast({ text: kit(done ? "copied" : "copyFailed") }));
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t("more")} data-testid="board-menu">
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconLink size={16} aria-hidden />} onClick={copyLink}>
          {t("copyLink")}
        </Menu.Item>
        <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} onClick={onDuplicate}>
          {t("duplicate")}
        </Menu.Item>
        <Menu.Item leftSection={<IconDownload size={16} aria-hidden />} onClick={() => follow(exportPath([board.id]))}>
          {t("export")}
        </Menu.Item>
        <Menu.Item leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
          {t("print")}
        </Menu.Item>
        {board.builtin ? null : (
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={onDelete}>
            {t("delete")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
