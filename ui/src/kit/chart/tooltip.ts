/** One line of a tooltip. */
export interface TooltipRow {
  color?: string | undefined;
  name: string;
  value: string;
}

/**
 * tooltipNode builds what a tooltip shows out of text nodes. Formatters must
 * return this and never a string: a string is taken for markup, and names come
 * from logs.
 */
export function tooltipNode(title: string, rows: TooltipRow[]): HTMLElement {
  const box = document.createElement("div");
  box.style.maxWidth = "26rem";
  const head = document.createElement("div");
  head.textContent = title;
  head.style.cssText = "font-weight:600;white-space:normal;overflow-wrap:anywhere";
  box.append(head);
  for (const row of rows) {
    const line = document.createElement("div");
    line.style.cssText = "display:flex;gap:.5rem;align-items:baseline;white-space:normal";
    if (row.color) {
      const dot = document.createElement("span");
      dot.style.cssText = "flex:none;width:.65rem;height:.65rem;border-radius:2px";
      dot.style.background = row.color;
      line.append(dot);
    }
    const name = document.createElement("span");
    name.textContent = row.name.length > 80 ? `${row.name.slice(0, 80)}…` : row.name;
    name.style.cssText = "flex:1;overflow-wrap:anywhere;unicode-bidi:isolate";
    const value = document.createElement("span");
    value.textContent = row.value;
    value.style.cssText = "font-variant-numeric:tabular-nums;font-weight:600";
    line.append(name, value);
    box.append(line);
  }
  return box;
}
