import "./query.css";

import { ActionIcon, Box, Button, Menu, Tooltip } from "@mantine/core";
import { IconArrowRight, IconHistory, IconX } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { RequestError } from "../../api";
import { useSettings } from "../../kit/settings";
import { formatNumber, type TimeRange } from "../../kit/time";
import { visible } from "../../kit/visible";
import { useFieldTable } from "../fields";
import type { QueryEditor } from "./editor";
import { addToHistory, clearHistory, readHistory } from "./history";
import { QueryMistake } from "./QueryMistake";
import type { SuggestSource } from "./suggest";
import { spanAt } from "./tokens";
import { useMistake } from "./useMistake";

interface Props {
  /** The query that is in force. */
  value: string;
  onSubmit: (query: string) => void;
  zone?: string | undefined;
  /** Where suggested values are counted; without it the last day. */
  range?: TimeRange | undefined;
  label?: string | undefined;
  /** Hears of every change of the text, also before it is submitted. */
  onDraft?: ((query: string) => void) | undefined;
  /** What the server said of the query in force. */
  error?: RequestError | undefined;
}

const lastDay: TimeRange = { since: "now-24h" };

/** QueryBar is where a query in Lucene syntax is written: with completion, mistakes marked where they are, and earlier queries. Until its editor has come it is a plain field. */
export function QueryBar({ value, onSubmit, zone, range, label, onDraft, error }: Props) {
  const { t } = useTranslation("query");
  const { language } = useSettings();
  const [draft, setDraft] = useState(value);
  const table = useFieldTable();
  const help = useId();
  const box = useRef<HTMLDivElement>(null);
  const plain = useRef<HTMLTextAreaElement>(null);
  const editor = useRef<QueryEditor>(undefined);
  const [ready, setReady] = useState(false);
  const same = draft.trim() === value.trim();
  const { mistake, judge } = useMistake(draft, zone, same ? error?.detail : undefined);
  const name = label ?? t("label");

  const submit = async (text: string) => {
    // A query that cannot be read is not asked: what is shown stays, and the mistake is marked.
    if (!(await judge(text))) return;
    addToHistory(text);
    onSubmit(text.trim());
  };
  const source: SuggestSource = { fields: table.fields, meaning: table.meaning, range: range ?? lastDay, zone, words: (key, count) => (count === undefined ? t(key) : t(key, { count, shown: formatNumber(count, language) })) };
  const latest = useRef({ draft, submit, source });
  latest.current = { draft, submit, source };

  const hears = useRef(onDraft);
  hears.current = onDraft;
  useEffect(() => hears.current?.(draft), [draft]);

  // The query in force changed elsewhere: by the browser's back, a link, a saved search.
  useEffect(() => {
    if (latest.current.draft.trim() === value.trim()) return;
    setDraft(value);
    editor.current?.setText(value);
  }, [value]);

  useEffect(() => {
    let gone = false;
    void import("./editor").then(({ createEditor }) => {
      const parent = box.current;
      if (gone || !parent || editor.current) return;
      const field = plain.current;
      const focused = field !== null && document.activeElement === field;
      editor.current = createEditor({
        parent,
        text: latest.current.draft,
        caret: focused ? field.selectionStart : latest.current.draft.length,
        label: name,
        describedBy: help,
        placeholder: t("placeholder"),
        onChange: setDraft,
        onSubmit: () => void latest.current.submit(latest.current.draft),
        source: () => latest.current.source,
      });
      setReady(true);
      if (focused) editor.current.focus();
      // Without its editor the plain field does.
    }, () => undefined);
    return () => {
      gone = true;
      editor.current?.destroy();
      editor.current = undefined;
      setReady(false);
    };
    // The editor is made once; labels follow below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  useEffect(() => editor.current?.setLabels(name, t("placeholder")), [name, t]);
  useEffect(() => editor.current?.setMistake(mistake ? spanAt(draft, mistake.position ?? 0) : undefined), [mistake, draft]);

  const replace = (text: string) => {
    setDraft(text);
    editor.current?.setText(text);
    editor.current?.focus();
  };
  return (
    <div data-testid="query-bar" style={{ minWidth: 0, flex: 1 }}>
      <div className="q-box" data-mistake={mistake ? true : undefined} role="search" aria-label={name}>
        <Earlier choose={(q) => { replace(q); void submit(q); }} />
        <div className="q-text" ref={box} data-ready={ready || undefined}>
          {ready ? null : (
            <textarea ref={plain} rows={1} aria-label={name} aria-describedby={help} placeholder={t("placeholder")} value={draft} spellCheck={false} autoCapitalize="off" data-testid="query-input"
              onChange={(e) => setDraft(e.currentTarget.value.replace(/\n/g, " "))}
              onKeyDown={(e) => { if (e.key === "Enter") { e.preventDefault(); void submit(draft); } }} />
          )}
        </div>
        {draft === "" ? null : (
          <Tooltip label={t("clear")}>
            <ActionIcon variant="subtle" color="gray" size={34} onClick={() => { replace(""); void submit(""); }} aria-label={t("clear")}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
        <Button size="sm" h="auto" mih={34} px="sm" radius="sm" variant={same ? "light" : "filled"} onClick={() => void submit(draft)} data-testid="query-submit" aria-label={t("submit")}>
          <Box component="span" visibleFrom="xs" mr={8}>
            {t("submit")}
          </Box>
          <IconArrowRight size={16} aria-hidden />
        </Button>
      </div>
      <span id={help} hidden>
        {t("docs")}
      </span>
      <div aria-live="polite">{mistake ? <QueryMistake mistake={mistake} use={(q) => replace(q)} /> : null}</div>
    </div>
  );
}

function Earlier({ choose }: { choose: (query: string) => void }) {
  const { t } = useTranslation("query");
  const [open, setOpen] = useState(false);
  const [queries, setQueries] = useState<string[]>([]);
  const change = (next: boolean) => {
    if (next) setQueries(readHistory());
    setOpen(next);
  };
  return (
    <Menu opened={open} onChange={change} position="bottom-start" width="min(36rem, calc(100vw - 1rem))" shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={34} aria-label={t("history")} title={t("history")} data-testid="query-history">
          <IconHistory size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah="60vh" style={{ overflowY: "auto" }}>
        {queries.length === 0 ? <Menu.Label>{t("historyEmpty")}</Menu.Label> : null}
        {queries.map((q) => (
          <Menu.Item key={q} onClick={() => choose(q)} ff="monospace" fz="sm" style={{ overflowWrap: "anywhere" }} translate="no">
            {visible(q, 300)}
          </Menu.Item>
        ))}
        {queries.length > 0 ? (
          <>
            <Menu.Divider />
            <Menu.Item c="dimmed" onClick={() => { clearHistory(); setQueries([]); }}>
              {t("historyClear")}
            </Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
