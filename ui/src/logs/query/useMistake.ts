import { useEffect, useState } from "react";

import { post, type ApiError, type ValidateAnswer } from "../../api";

/** useMistake has the server judge a query a moment after it was last changed. known: what it has said of this one already. */
export function useMistake(query: string, zone: string | undefined, known: ApiError | undefined): ApiError | undefined {
  const [judged, setJudged] = useState<{ query: string; error: ApiError | undefined }>();
  useEffect(() => {
    if (query.trim() === "") return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      post<ValidateAnswer>("/api/validate", { query, zone }, stop.signal).then(
        (answer) => setJudged({ query, error: answer.ok ? undefined : answer.error }),
        // Judging is a help: a server that does not answer is said elsewhere.
        () => undefined,
      );
    }, 500);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query, zone]);
  if (known?.code.startsWith("query_")) return known;
  return judged?.query === query ? judged.error : undefined;
}
