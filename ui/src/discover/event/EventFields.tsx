import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { EventDocument } from "../../api";
import { useSettings } from "../../kit/settings";
import { visible } from "../../kit/visible";
import { useFieldTable } from "../../logs/fields";
import { Act, CopyAct } from "../Act";
import { FilterButtons } from "../FilterButtons";
import { glyphs } from "../glyphs";
import { KindIcon } from "../KindIcon";
import { textOf, valuesOf, type Discover } from "../state";
import { cellText } from "../table/cell";

const mostValues = 100;

/** EventFields lists the fields of an event in the order of the table of fields, and what can be done with each. */
export function EventFields({ event, discover }: { event: EventDocument; discover: Discover }) {
  const { t } = useTranslation("discover");
  const table = useFieldTable();
  const order = new Map(table.fields.map((f, i) => [f.name, i]));
  const names = Object.keys(event).sort((a, b) => (order.get(a) ?? 1000) - (order.get(b) ?? 1000) || a.localeCompare(b));
  return (
    <table className="d-values" data-testid="event-fields">
      <thead>
        <tr>
          <th scope="col">{t("event.field")}</th>
          <th scope="col">{t("event.value")}</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <FieldRow key={name} name={name} event={event} discover={discover} kind={table.byName.get(name)?.kind} meaning={table.meaning(name)} />
        ))}
      </tbody>
    </table>
  );
}

function FieldRow({ name, event, discover, kind, meaning }: { name: string; event: EventDocument; discover: Discover; kind: string | undefined; meaning: string | undefined }) {
  const { t } = useTranslation("discover");
  const { zone, language } = useSettings();
  const values = valuesOf(event, name);
  const isColumn = discover.state.columns.includes(name);
  const column = isColumn ? t("fields.removeColumn", { field: name }) : t("fields.addColumn", { field: name });
  return (
    <tr className="d-value-row" data-field={name}>
      <th scope="row" className="d-value-head">
        <span className="d-value-field" title={meaning ?? t("fields.unknown")}>
          <KindIcon kind={kind ?? "keyword"} name={t(`query:kind.${kind ?? "keyword"}`)} />
          <span className="d-value-name" translate="no">
            {visible(name, 200)}
          </span>
        </span>
      </th>
      <td>
        {values.slice(0, mostValues).map((value, i) => (
          <div key={i} className="d-value">
            <span translate="no" className="d-value-text">
              {cellText(value, kind, zone, language, 5000)}
            </span>
            <div className="d-actions" role="group" aria-label={t("event.actions", { field: name })}>
              <FilterButtons field={name} value={textOf(value)} filter={discover.filter} />
              {i === 0 ? (
                <>
                  <Act label={t("filter.existsField", { field: name })} title={t("filter.exists")} onClick={() => discover.filter({ field: name })}>
                    {glyphs.exists}
                  </Act>
                  <Act label={column} pressed={isColumn} onClick={() => discover.toggleColumn(name)}>
                    {isColumn ? glyphs.removeColumn : glyphs.addColumn}
                  </Act>
                </>
              ) : null}
              <CopyAct text={textOf(value)} label={t("event.copyValue", { field: name })} />
            </div>
          </div>
        ))}
        {values.length > mostValues ? (
          <Text size="xs" c="dimmed">
            {t("event.moreValues", { count: values.length - mostValues })}
          </Text>
        ) : null}
      </td>
    </tr>
  );
}
