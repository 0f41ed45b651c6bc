export type Cell = string | number | undefined;

/** A panel's figures as a table: for those who do not see the chart, for a file. */
export interface Table {
  head: string[];
  rows: Cell[][];
}

/** toCsv writes a table as CSV (RFC 4180). Text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function toCsv({ head, rows }: Table): string {
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

function cell(value: Cell): string {
  if (value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const safe = /^[\s]*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
