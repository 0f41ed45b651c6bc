import "./trace.css";

import { usePaper } from "../kit/usePaper";
import { JourneyPage } from "./JourneyPage";
import { SearchPage } from "./SearchPage";

/** TraceScreen answers what happened to a message: the search, and the page of one recipient's copy. */
export function TraceScreen({ journey }: { journey?: string }) {
  usePaper();
  return journey === undefined ? <SearchPage /> : <JourneyPage key={journey} id={journey} />;
}
