import { ActionIcon, Box, Button, Collapse, Group, Popover, Stack, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconSearch, IconX } from "@tabler/icons-react";
import { memo, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { EventDocument } from "../api";
import { visible } from "../kit/visible";
import { useFieldTable } from "../logs/fields";
import { Act } from "./Act";
import { FieldValues } from "./FieldValues";
import { glyphs } from "./glyphs";
import { KindIcon } from "./KindIcon";
import type { Discover } from "./state";

/** In how many of the events that were fetched a field has a value, as a share. */
export function presence(rows: readonly EventDocument[]): Map<string, number> {
  const counts = new Map<string, number>();
  const sample = rows.slice(0, 500);
  for (const row of sample) for (const name of Object.keys(row)) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [name, count] of counts) counts.set(name, count / sample.length);
  return counts;
}

/** FieldList shows the fields there are: the chosen columns, those with values, the others. */
export const FieldList = memo(function FieldList({ discover, rows, close }: { discover: Discover; rows: readonly EventDocument[]; close?: (() => void) | undefined }) {
  const { t } = useTranslation("discover");
  const table = useFieldTable();
  const [search, setSearch] = useState("");
  const [empty, setEmpty] = useState(false);
  const shares = useMemo(() => presence(rows), [rows]);
  const { columns } = discover.state;
  const wanted = search.trim().toLowerCase();
  const matches = (name: string) => wanted === "" || name.toLowerCase().includes(wanted) || (table.byName.get(name)?.aliases ?? []).some((a) => a.toLowerCase().includes(wanted)) || (table.meaning(name) ?? "").toLowerCase().includes(wanted);
  const names = useMemo(() => [...new Set([...table.fields.map((f) => f.name), ...shares.keys()])], [table.fields, shares]);
  const chosen = columns.filter(matches);
  const rest = names.filter((n) => !columns.includes(n) && matches(n)).sort((a, b) => a.localeCompare(b));
  const present = rest.filter((n) => shares.has(n));
  // Before events are there nobody knows which fields have values.
  const known = rows.length > 0;
  const absent = known ? rest.filter((n) => !shares.has(n)) : [];
  const showEmpty = empty || wanted !== "";
  const [open, setOpen] = useState<string>();
  const kindOf = (name: string) => table.byName.get(name)?.kind ?? "keyword";
  const one = (name: string) => (
    <FieldItem key={name} name={name} kind={kindOf(name)} kindName={t(`query:kind.${kindOf(name)}`)} meaning={table.meaning(name)} isColumn={columns.includes(name)} toggleColumn={discover.toggleColumn} setOpen={setOpen} below={close !== undefined} discover={open === name ? discover : undefined} />
  );
  return (
    <Stack gap="xs" h="100%" style={{ minHeight: 0 }} component="section" aria-label={t("fields.title")} data-testid="field-list">
      <TextInput size="xs" aria-label={t("fields.search")} placeholder={t("fields.search")} value={search} onChange={(e) => setSearch(e.currentTarget.value)} leftSection={<IconSearch size={15} aria-hidden />}
        rightSection={search === "" ? undefined : <ActionIcon size="sm" variant="subtle" color="gray" onClick={() => setSearch("")} aria-label={t("fields.clear")}><IconX size={14} aria-hidden /></ActionIcon>} data-testid="field-search" />
      <Box style={{ overflowY: "auto", flex: 1, minHeight: 0 }}>
        <Section title={t("fields.selected")} count={chosen.length}>
          {chosen.map(one)}
        </Section>
        <Section title={known ? t("fields.available") : t("fields.all")} count={known ? present.length : rest.length}>
          {(known ? present : rest).map(one)}
        </Section>
        {absent.length > 0 ? (
          <>
            <UnstyledButton onClick={() => setEmpty(!showEmpty)} aria-expanded={showEmpty} py={4} px={4} w="100%">
              <Group gap={4} wrap="nowrap">
                {showEmpty ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
                <Text size="xs" fw={600} c="dimmed">
                  {t("fields.empty", { count: absent.length })}
                </Text>
              </Group>
            </UnstyledButton>
            <Collapse expanded={showEmpty}>{showEmpty ? <ul className="d-fields">{absent.map(one)}</ul> : null}</Collapse>
          </>
        ) : null}
        {chosen.length + rest.length === 0 ? (
          <Text size="sm" c="dimmed" p="xs">
            {t("fields.none")}
          </Text>
        ) : null}
      </Box>
      {close ? (
        <Button variant="default" onClick={close}>
          {t("fields.close")}
        </Button>
      ) : null}
    </Stack>
  );
});

function Section({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  if (count === 0) return null;
  return (
    <>
      <Title order={2} fz="xs" fw={600} c="dimmed" py={4} px={4}>
        {title} · {count}
      </Title>
      <ul className="d-fields">{children}</ul>
    </>
  );
}

interface ItemProps {
  name: string;
  kind: string;
  kindName: string;
  meaning: string | undefined;
  isColumn: boolean;
  toggleColumn: (name: string) => void;
  setOpen: (name: string | undefined) => void;
  /** There is no room beside the list. */
  below: boolean;
  /** What its values are asked about, while they are shown. */
  discover: Discover | undefined;
}

/** FieldItem is one field: pressing it shows its values. The list is long, so the popover exists only while it is open. */
const FieldItem = memo(function FieldItem({ name, kind, kindName, meaning, isColumn, toggleColumn, setOpen, below, discover }: ItemProps) {
  const { t } = useTranslation("discover");
  const open = discover !== undefined;
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  const close = () => {
    setOpen(undefined);
    button.current?.focus();
  };
  return (
    <li className="d-field">
      {/* The press that closes the popover as one outside of it must not open it again. */}
      <button ref={button} type="button" className="d-field-name" onPointerDown={() => (wasOpen.current = open)} onClick={(e) => setOpen((e.detail > 0 ? wasOpen.current : open) ? undefined : name)} aria-expanded={open} aria-haspopup="dialog" title={meaning} data-testid={`field-${name}`}>
        <KindIcon kind={kind} name={kindName} />
        <span translate="no">{visible(name, 80)}</span>
      </button>
      {discover ? (
        <Popover opened withRoles={false} onChange={(next) => !next && setOpen(undefined)} onDismiss={close} position={below ? "bottom" : "right-start"} width="min(22rem, calc(100vw - 1rem))" shadow="md" trapFocus>
          <Popover.Target>
            <span className="d-anchor" />
          </Popover.Target>
          <Popover.Dropdown role="dialog" aria-label={name}>
            <FieldValues name={name} kind={kind} discover={discover} close={close} />
          </Popover.Dropdown>
        </Popover>
      ) : null}
      <span className="d-field-add">
        <Act label={t(isColumn ? "fields.removeColumn" : "fields.addColumn", { field: name })} onClick={() => toggleColumn(name)}>
          {isColumn ? glyphs.removeColumn : glyphs.addColumn}
        </Act>
      </span>
    </li>
  );
});
