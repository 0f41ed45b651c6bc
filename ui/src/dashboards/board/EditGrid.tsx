// Moving panels with the mouse: fetched when a dashboard is edited.
import "react-grid-layout/css/styles.css";

import { useElementSize } from "@mantine/hooks";
import type { ReactNode } from "react";
import { GridLayout, type Layout } from "react-grid-layout";

import type { Panel } from "../../api";
import { columns, gap, inOrder, rowHeight } from "../model/layout";

interface Props {
  panels: Panel[];
  onPlace: (places: Map<string, { x: number; y: number; w: number; h: number }>) => void;
  children: (panel: Panel) => ReactNode;
}

/** EditGrid lays panels out so that they can be dragged by their heads and resized at their edges. */
export function EditGrid({ panels, onPlace, children }: Props) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const placed = (layout: Layout) => onPlace(new Map(layout.map(({ i, x, y, w, h }) => [i, { x, y, w, h }])));
  return (
    <div ref={ref} className="board-edit">
      {width > 0 ? (
        <GridLayout
          width={width}
          layout={inOrder(panels).map(({ id, x, y, w, h }) => ({ i: id, x, y, w, h, minW: 1, minH: 2, maxH: 40 }))}
          gridConfig={{ cols: columns, rowHeight, margin: [gap, gap], containerPadding: [0, 0] }}
          dragConfig={{ enabled: true, handle: ".board-panel-head", cancel: ".no-drag" }}
          resizeConfig={{ enabled: true, handles: ["se", "e", "s"] }}
          onDragStop={placed}
          onResizeStop={placed}
        >
          {inOrder(panels).map((p) => (
            <div key={p.id}>{children(p)}</div>
          ))}
        </GridLayout>
      ) : null}
    </div>
  );
}
