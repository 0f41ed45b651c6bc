import type { Panel } from "../../api";
import type { TimeRange } from "../../kit/time";
import type { Narrow } from "../model/context";
import type { PanelData } from "../model/read";

/** What every view of a panel gets. */
export interface ViewProps<K extends PanelData["kind"]> {
  panel: Panel;
  data: Extract<PanelData, { kind: K }>;
  /** The room of the panel's body in pixels. */
  room: { width: number; height: number };
  onNarrow: (to: Narrow) => void;
  onRange: (range: TimeRange) => void;
}
