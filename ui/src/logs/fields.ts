import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useFields, type FieldInfo } from "../api";

/** The table of fields, and what each means in the viewer's language. */
export interface FieldTable {
  fields: readonly FieldInfo[];
  byName: ReadonlyMap<string, FieldInfo>;
  meaning: (name: string) => string | undefined;
}

const none: readonly FieldInfo[] = [];

export function useFieldTable(): FieldTable {
  const { t, i18n } = useTranslation("fields");
  const answer = useFields();
  const fields = answer.data?.fields ?? none;
  const byName = useMemo(() => new Map(fields.map((f) => [f.name, f])), [fields]);
  const meaning = useCallback((name: string) => (i18n.exists(`fields:${name}`) ? t(name) : byName.get(name)?.meaning), [t, i18n, byName]);
  return useMemo(() => ({ fields, byName, meaning }), [fields, byName, meaning]);
}
