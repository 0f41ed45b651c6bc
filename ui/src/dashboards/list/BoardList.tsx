import { ActionIcon, Button, Checkbox, Group, Menu, Paper, SimpleGrid, Stack, Text, TextInput, Title, VisuallyHidden } from "@mantine/core";
import { IconCopy, IconDots, IconDownload, IconFileImport, IconPencil, IconPlus, IconSearch, IconTrash } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";

import type { DashboardSummary } from "../../api";
import { follow } from "../../kit/download";
import { EmptyNote, ErrorNote, Waiting } from "../../kit/Notes";
import { Time } from "../../kit/time";
import { useUrlState } from "../../kit/url";
import { useTitle } from "../../kit/useTitle";
import { useWords } from "../../logs/words";
import { exportPath, useBoards } from "../api";
import { useBoardChores } from "../board/useBoardChores";
import { filterBoards } from "../model/search";
import { Import, type ImportHandle } from "./Import";
import { NewBoard } from "./NewBoard";

/** BoardList lists the dashboards that come with Rastro and those that users made. */
export function BoardList() {
  const { t } = useTranslation("dashboards");
  const words = useWords();
  const url = useUrlState();
  const asked = useBoards();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [making, setMaking] = useState(false);
  const importer = useRef<ImportHandle>(null);
  useTitle(t("title"));
  const text = url.get("search") ?? "";
  const all = asked.data?.items ?? [];
  const found = filterBoards(all, text, words);
  const own = found.filter((b) => !b.builtin);
  const builtin = found.filter((b) => b.builtin);
  const choose = (id: string, on: boolean) => setChosen((was) => new Set(on ? [...was, id] : [...was].filter((x) => x !== id)));
  const exported = chosen.size > 0 ? [...chosen] : all.filter((b) => !b.builtin).map((b) => b.id);
  const cards = (list: DashboardSummary[]) => (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3, xl: 4 }} spacing="sm" component="ul" style={{ listStyle: "none", margin: 0, padding: 0 }}>
      {list.map((b) => (
        <Card key={b.id} board={b} chosen={chosen.has(b.id)} onChoose={(on) => choose(b.id, on)} />
      ))}
    </SimpleGrid>
  );
  return (
    <div className="board-page">
      <Stack gap="md">
        <Group justify="space-between">
          <Title order={1} size="h3">
            {t("title")}
          </Title>
          <Group gap="xs">
            <Button variant="default" leftSection={<IconFileImport size={18} aria-hidden />} onClick={() => importer.current?.open()} data-testid="import">
              {t("import.button")}
            </Button>
            <Button variant="default" leftSection={<IconDownload size={18} aria-hidden />} disabled={exported.length === 0} onClick={() => follow(exportPath(exported))} data-testid="export">
              {chosen.size > 0 ? t("exportChosen", { count: chosen.size }) : t("exportOwn")}
            </Button>
            <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setMaking(true)} data-testid="new-board">
              {t("new.button")}
            </Button>
          </Group>
        </Group>
        <Import ref={importer} />
        <TextInput leftSection={<IconSearch size={16} aria-hidden />} aria-label={t("search")} placeholder={t("search")} value={text} onChange={(e) => url.set({ search: e.currentTarget.value }, "replace")} maw={420} data-testid="board-search" />
        <VisuallyHidden role="status">{asked.data ? t("count", { count: found.length }) : ""}</VisuallyHidden>
        {asked.data?.notes?.map((n, i) => <Text key={i} size="sm" role="alert">{words(n)}</Text>)}
        {asked.error ? <ErrorNote error={asked.error} again={asked.again} /> : !asked.data ? <Waiting cancel={asked.cancel} /> : found.length === 0 ? <EmptyNote title={t("noneFound")} /> : null}
        {own.length > 0 ? (
          <section aria-labelledby="boards-own">
            <Title order={2} size="h5" mb="xs" id="boards-own">
              {t("own")}
            </Title>
            {cards(own)}
          </section>
        ) : null}
        {builtin.length > 0 ? (
          <section aria-labelledby="boards-builtin">
            <Title order={2} size="h5" mb="xs" id="boards-builtin">
              {t("builtins")}
            </Title>
            {cards(builtin)}
          </section>
        ) : null}
      </Stack>
      {making ? <NewBoard onClose={() => setMaking(false)} /> : null}
    </div>
  );
}

function Card({ board, chosen, onChoose }: { board: DashboardSummary; chosen: boolean; onChoose: (on: boolean) => void }) {
  const { t } = useTranslation("dashboards");
  const words = useWords();
  const title = words(board.title);
  return (
    <Paper component="li" withBorder p="sm" data-testid={`board-${board.id}`}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <Checkbox size="sm" mt={2} checked={chosen} onChange={(e) => onChoose(e.currentTarget.checked)} aria-label={t("choose", { title })} />
        <Stack gap={2} style={{ flex: 1, minWidth: 0 }}>
          <Link href={`/dashboards/${encodeURIComponent(board.id)}`} style={{ fontWeight: 600, color: "var(--mantine-color-anchor)", overflowWrap: "anywhere" }}>
            {title}
          </Link>
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {words(board.description)}
          </Text>
          {board.updated_at ? (
            <Text size="xs" c="dimmed">
              {t("changed")} <Time at={board.updated_at} ago size="xs" />
            </Text>
          ) : null}
        </Stack>
        <CardMenu board={board} title={title} />
      </Group>
    </Paper>
  );
}

function CardMenu({ board, title }: { board: DashboardSummary; title: string }) {
  const { t } = useTranslation("dashboards");
  const chores = useBoardChores();
  const [, navigate] = useLocation();
  const duplicate = () => void chores.boards.read(board.id).then((b) => chores.duplicate(b), chores.failed);
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("actionsFor", { title })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {board.builtin ? null : (
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => navigate(`/dashboards/${encodeURIComponent(board.id)}?edit=1`)}>
            {t("edit.button")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} onClick={duplicate}>
          {board.builtin ? t("duplicateToEdit") : t("duplicate")}
        </Menu.Item>
        <Menu.Item leftSection={<IconDownload size={16} aria-hidden />} onClick={() => follow(exportPath([board.id]))}>
          {t("export")}
        </Menu.Item>
        {board.builtin ? null : (
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => void chores.remove(board)}>
            {t("delete")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
