import type { Pill } from "../../logs/lucene";
import type { TimeRange } from "../../kit/time";

/** What all panels of a dashboard are asked with. */
export interface BoardContext {
  range: TimeRange;
  query: string;
  pills: Pill[];
  zone: string;
  /** Seconds between automatic repeats; 0 for none. */
  refresh: number;
}

/** What a click on a mark asks for: a value of a field, or everything that a query matches. */
export type Narrow = { field: string; value: string } | { query: string };
