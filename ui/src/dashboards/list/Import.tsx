import { List, Text } from "@mantine/core";
import { useImperativeHandle, useRef, useState, type Ref } from "react";
import { useTranslation } from "react-i18next";

import type { RequestError } from "../../api";
import { ErrorNote } from "../../kit/Notes";
import { visible } from "../../kit/visible";
import { asError, mistakesOf, useBoardActions } from "../api";
import { useToast } from "../toast";

export interface ImportHandle {
  open: () => void;
}

/** Import takes a file of dashboards, all of it or nothing, and names the lines that hinder it. */
export function Import({ ref }: { ref: Ref<ImportHandle> }) {
  const { t } = useTranslation("dashboards");
  const boards = useBoardActions();
  const toast = useToast();
  const input = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<RequestError>();
  useImperativeHandle(ref, () => ({ open: () => input.current?.click() }), []);
  const take = async (file: File | undefined) => {
    if (!file) return;
    setError(undefined);
    try {
      const { items } = await boards.importText(await file.text());
      toast({ text: t("import.done", { count: items.length }) });
    } catch (err) {
      setError(asError(err));
    }
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".ndjson,.json,.jsonl,application/x-ndjson"
        hidden
        aria-label={t("import.button")}
        data-testid="import-file"
        onChange={(e) => {
          void take(e.currentTarget.files?.[0]);
          // The same file may be chosen again when it was mended.
          e.currentTarget.value = "";
        }}
      />
      {error ? (
        <ErrorNote error={error}>
          <List size="sm">
            {mistakesOf(error).map((m, i) => (
              <List.Item key={i}>
                {t("import.line", { line: m.line })}: <span lang="en">{visible(m.message, 300)}</span>
                {m.hint ? (
                  <Text span c="dimmed" size="sm" lang="en">
                    {" "}
                    {visible(m.hint, 300)}
                  </Text>
                ) : null}
              </List.Item>
            ))}
          </List>
        </ErrorNote>
      ) : null}
    </>
  );
}
