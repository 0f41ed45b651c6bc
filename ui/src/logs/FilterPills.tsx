import { Autocomplete, Button, Group, Menu, Popover, Select, Stack, Text } from "@mantine/core";
import { IconCircleMinus, IconEdit, IconEye, IconEyeOff, IconFilterPlus, IconTrash, IconX } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { useAggregate } from "../api";
import { useSettings } from "../kit/settings";
import { visible } from "../kit/visible";
import { useFieldTable } from "./fields";
import { samePill, type Pill } from "./lucene";

/** usePillText says a condition in words. */
export function usePillText(): (pill: Pill) => string {
  const { t } = useTranslation("pills");
  return (pill) => {
    const value = pill.value === undefined ? "" : visible(pill.value === "" ? '""' : pill.value, 60);
    if (pill.value === undefined) return t(pill.not ? "absent" : "exists", { field: pill.field });
    return t(pill.not ? "isNot" : "is", { field: pill.field, value });
  };
}

/** FilterPills shows the conditions beside a query; each can be edited, turned round, switched off and removed. */
export function FilterPills({ pills, put, add }: { pills: Pill[]; put: (pills: Pill[]) => void; add: (pill: Pill) => void }) {
  const { t } = useTranslation("pills");
  return (
    <Group gap={6} role="group" aria-label={t("label")} data-testid="pills">
      {pills.map((pill, i) => (
        <OnePill key={`${pill.field} ${pill.value ?? ""}`} pill={pill} put={(next) => put(next ? pills.map((p, k) => (k === i ? next : p)).filter((p, k) => k === i || !samePill(p, next)) : pills.filter((_, k) => k !== i))} />
      ))}
      <AddPill add={add} />
      {pills.length > 1 ? (
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => put([])}>
          {t("removeAll")}
        </Button>
      ) : null}
    </Group>
  );
}

function OnePill({ pill, put }: { pill: Pill; put: (pill: Pill | undefined) => void }) {
  const { t } = useTranslation("pills");
  const text = usePillText()(pill);
  const [editing, setEditing] = useState(false);
  const [menu, setMenu] = useState(false);
  const said = pill.off ? t("offSuffix", { text }) : text;
  return (
    <Popover opened={editing} onChange={setEditing} trapFocus returnFocus position="bottom-start" width="min(24rem, calc(100vw - 1rem))" shadow="md">
      <Popover.Target>
        <Button.Group style={{ maxWidth: "100%" }} data-testid="pill" data-field={pill.field} data-off={pill.off || undefined} data-not={pill.not || undefined}>
          <Menu opened={menu} onChange={setMenu} position="bottom-start" shadow="md" returnFocus>
            <Menu.Target>
              <Button size="compact-sm" variant={pill.off ? "default" : "light"} color={pill.not ? "red" : undefined} aria-label={t("actions", { text: said })} style={{ textDecoration: pill.off ? "line-through" : undefined, maxWidth: "min(28rem, 75vw)", fontWeight: 500 }}>
                <span style={{ overflow: "hidden", textOverflow: "ellipsis", unicodeBidi: "isolate" }} translate="no">
                  {text}
                </span>
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconEdit size={16} aria-hidden />} onClick={() => setEditing(true)}>
                {t("edit")}
              </Menu.Item>
              <Menu.Item leftSection={<IconCircleMinus size={16} aria-hidden />} onClick={() => put({ ...pill, not: !pill.not || undefined })}>
                {t(pill.not ? "include" : "exclude")}
              </Menu.Item>
              <Menu.Item leftSection={pill.off ? <IconEye size={16} aria-hidden /> : <IconEyeOff size={16} aria-hidden />} onClick={() => put({ ...pill, off: !pill.off || undefined })}>
                {t(pill.off ? "enable" : "disable")}
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => put(undefined)}>
                {t("remove")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <Button size="compact-sm" variant={pill.off ? "default" : "light"} color={pill.not ? "red" : undefined} px={4} onClick={() => put(undefined)} aria-label={t("removeOne", { text })}>
            <IconX size={14} aria-hidden />
          </Button>
        </Button.Group>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("edit")}>
        <PillForm pill={pill} done={(next) => { setEditing(false); put(next); }} />
      </Popover.Dropdown>
    </Popover>
  );
}

function AddPill({ add }: { add: (pill: Pill) => void }) {
  const { t } = useTranslation("pills");
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} trapFocus returnFocus position="bottom-start" width="min(24rem, calc(100vw - 1rem))" shadow="md">
      <Popover.Target>
        <Button size="compact-sm" variant="subtle" leftSection={<IconFilterPlus size={16} aria-hidden />} onClick={() => setOpen(!open)} data-testid="add-filter">
          {t("add")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("add")}>
        <PillForm pill={undefined} done={(pill) => { setOpen(false); add(pill); }} />
      </Popover.Dropdown>
    </Popover>
  );
}

const operators = ["is", "isNot", "exists", "absent"] as const;
type Operator = (typeof operators)[number];

/** PillForm takes a field, an operator and a value. */
function PillForm({ pill, done }: { pill: Pill | undefined; done: (pill: Pill) => void }) {
  const { t } = useTranslation("pills");
  const { zone } = useSettings();
  const table = useFieldTable();
  const [field, setField] = useState(pill?.field ?? "");
  const [operator, setOperator] = useState<Operator>(!pill ? "is" : pill.value === undefined ? (pill.not ? "absent" : "exists") : pill.not ? "isNot" : "is");
  const [value, setValue] = useState(pill?.value ?? "");
  const info = table.byName.get(field);
  const asks = operator === "is" || operator === "isNot";
  const countable = asks && info !== undefined && info.kind !== "text" && info.kind !== "time";
  const found = useAggregate({ query: "", since: "now-24h", zone, aggs: [{ name: "values", kind: "terms", field, size: 30 }] }, { enabled: countable, keep: false });
  const suggestions = countable ? [...new Set([...(found.data?.aggs[0]?.buckets ?? []).map((b) => b.key), ...(info.values ?? [])])] : [];
  const names = table.fields.map((f) => f.name);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (field === "") return;
    done({ field, value: asks ? value : undefined, not: operator === "isNot" || operator === "absent" || undefined, off: pill?.off });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Select label={t("field")} size="xs" data={field !== "" && !names.includes(field) ? [field, ...names] : names} value={field === "" ? null : field} onChange={(v) => setField(v ?? "")} searchable limit={100} nothingFoundMessage={t("noField")} comboboxProps={{ withinPortal: false }} data-autofocus={pill ? undefined : true} data-testid="pill-field" />
        <Text size="xs" c="dimmed" aria-live="polite">
          {table.meaning(field) ?? ""}
        </Text>
        <Select label={t("operator")} size="xs" data={operators.map((o) => ({ value: o, label: t(`op.${o}`) }))} value={operator} onChange={(v) => setOperator((v as Operator | null) ?? "is")} allowDeselect={false} comboboxProps={{ withinPortal: false }} />
        {asks ? <Autocomplete label={t("value")} size="xs" data={suggestions} value={value} onChange={setValue} limit={30} comboboxProps={{ withinPortal: false }} data-autofocus={pill ? true : undefined} spellCheck={false} data-testid="pill-value" /> : null}
        <Group justify="flex-end">
          <Button size="xs" type="submit" disabled={field === "" || (asks && value === "")}>
            {t("apply")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
