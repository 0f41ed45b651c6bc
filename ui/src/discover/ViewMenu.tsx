import { ActionIcon, Button, Group, Popover, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { IconAdjustments, IconArrowDown, IconArrowUp, IconSortAscending, IconSortDescending, IconX } from "@tabler/icons-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";

import { visible } from "../kit/visible";
import { useFieldTable } from "../logs/fields";
import { defaultColumns, densities, type Density, type Discover } from "./state";
import { move } from "./table/columns";

/** ViewMenu chooses density, columns and order: the same as in the table's head, also where the table has no head. */
export const ViewMenu = memo(function ViewMenu({ discover }: { discover: Discover }) {
  const { t } = useTranslation("discover");
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width="min(23rem, calc(100vw - 1rem))" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<IconAdjustments size={16} aria-hidden />} onClick={() => setOpen(!open)} data-testid="view-menu">
          {t("view.button")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("view.button")}>{open ? <Choices discover={discover} /> : null}</Popover.Dropdown>
    </Popover>
  );
});

function Choices({ discover }: { discover: Discover }) {
  const { t } = useTranslation("discover");
  const table = useFieldTable();
  const { state, change } = discover;
  const [first] = state.sort;
  const names = table.fields.map((f) => f.name);
  return (
    <Stack gap="sm">
      <Stack gap={4}>
        <Text size="sm" fw={500} id="view-density">
          {t("view.density")}
        </Text>
        <SegmentedControl size="xs" fullWidth aria-labelledby="view-density" value={state.density} onChange={(v) => change({ density: v as Density }, "replace")} data={densities.map((d) => ({ value: d, label: t(`view.${d}`) }))} data-testid="density" />
      </Stack>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <Select size="xs" style={{ flex: 1 }} label={t("view.sort")} data={[...new Set([...names, ...(first ? [first.field] : [])])]} value={first?.field ?? null} onChange={(v) => v && change({ sort: [{ field: v, desc: v === "@timestamp" }] })} searchable limit={100} allowDeselect={false} comboboxProps={{ withinPortal: false }} />
        <ActionIcon variant="default" size={30} onClick={() => first && change({ sort: [{ field: first.field, desc: !first.desc }, ...state.sort.slice(1)] })} aria-label={t(first?.desc ? "view.descending" : "view.ascending")} title={t(first?.desc ? "view.descending" : "view.ascending")}>
          {first?.desc ? <IconSortDescending size={16} aria-hidden /> : <IconSortAscending size={16} aria-hidden />}
        </ActionIcon>
      </Group>
      <Stack gap={4}>
        <Text size="sm" fw={500}>
          {t("view.columns")}
        </Text>
        <ul className="d-fields">
          {state.columns.map((field, i) => {
            const name = visible(field, 80);
            return (
              <li key={field} className="d-field">
                <Text size="sm" style={{ flex: 1, minWidth: 0 }} truncate translate="no">
                  {name}
                </Text>
                <ActionIcon size="sm" variant="subtle" color="gray" disabled={i === 0} onClick={() => change({ columns: move(state.columns, field, -1) })} aria-label={t("view.earlier", { field: name })}>
                  <IconArrowUp size={15} aria-hidden />
                </ActionIcon>
                <ActionIcon size="sm" variant="subtle" color="gray" disabled={i === state.columns.length - 1} onClick={() => change({ columns: move(state.columns, field, 1) })} aria-label={t("view.later", { field: name })}>
                  <IconArrowDown size={15} aria-hidden />
                </ActionIcon>
                <ActionIcon size="sm" variant="subtle" color="gray" disabled={state.columns.length === 1} onClick={() => discover.toggleColumn(field)} aria-label={t("fields.removeColumn", { field: name })}>
                  <IconX size={15} aria-hidden />
                </ActionIcon>
              </li>
            );
          })}
        </ul>
        <Select size="xs" placeholder={t("view.add")} aria-label={t("view.add")} data={names.filter((n) => !state.columns.includes(n))} value={null} onChange={(v) => v && discover.toggleColumn(v)} searchable limit={100} nothingFoundMessage={t("fields.none")} comboboxProps={{ withinPortal: false }} />
        <Button size="compact-xs" variant="subtle" onClick={() => change({ columns: defaultColumns, widths: {} })}>
          {t("view.usual")}
        </Button>
      </Stack>
    </Stack>
  );
}
