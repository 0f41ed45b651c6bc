import type { CSSProperties, ReactNode } from "react";

import type { Panel } from "../../api";
import { gap, inOrder, rowHeight } from "../model/layout";

/** Grid lays panels out for reading; narrow windows get one column, in reading order. */
export function Grid({ panels, children }: { panels: Panel[]; children: (panel: Panel) => ReactNode }) {
  return (
    <div className="board-grid" style={{ "--board-row": `${rowHeight}px`, "--board-gap": `${gap}px` } as CSSProperties}>
      {inOrder(panels).map((p) => (
        <div key={p.id} className="board-cell" style={{ "--x": p.x + 1, "--y": p.y + 1, "--w": p.w, "--h": p.h } as CSSProperties} data-kind={p.kind}>
          {children(p)}
        </div>
      ))}
    </div>
  );
}
