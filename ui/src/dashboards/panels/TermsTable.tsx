import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useFormats } from "../format";
import { Growth } from "./Growth";
import { useNames } from "./names";
import type { ViewProps } from "./view";

/** TermsTable lists values of a field with their figures. */
export function TermsTable({ panel, data, onNarrow }: ViewProps<"terms">) {
  const { t } = useTranslation("dashboards");
  const names = useNames();
  const formats = useFormats();
  const field = panel.field ?? "";
  const share = data.rows.some((r) => r.share !== undefined);
  const grown = data.rows.some((r) => r.before !== undefined && r.before !== null);
  return (
    <Table verticalSpacing={2} horizontalSpacing="xs" highlightOnHover stickyHeader>
      <Table.Thead>
        <Table.Tr>
          <Table.Th translate="no">{field}</Table.Th>
          <Table.Th ta="right">{names.metric(panel)}</Table.Th>
          {share ? <Table.Th ta="right">{t("table.share")}</Table.Th> : null}
          {grown ? <Table.Th ta="right">{t("table.change")}</Table.Th> : null}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {data.rows.map((row) => {
          const name = names.value(panel, row.key);
          return (
            <Table.Tr key={row.key}>
              <Table.Td>
                <button type="button" className="board-mark" title={t("filterFor", { value: name })} onClick={() => onNarrow({ field, value: row.key })} data-testid="term">
                  <bdi className="board-name">{name}</bdi>
                </button>
              </Table.Td>
              <Table.Td ta="right" className="board-figure">
                {formats.figure(row.value, panel.metric)}
              </Table.Td>
              {share ? (
                <Table.Td ta="right" className="board-figure board-share">
                  <span className="board-behind" style={{ width: `${(row.share ?? 0) * 100}%` }} aria-hidden />
                  {row.share === undefined ? "" : formats.share(row.share)}
                </Table.Td>
              ) : null}
              {grown ? (
                <Table.Td ta="right">
                  <Growth row={row} metric={panel.metric} />
                </Table.Td>
              ) : null}
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
