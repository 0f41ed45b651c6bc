import { useCallback, useEffect, useState } from "react";

import { post, type ApiError, type ValidateAnswer } from "../../api";

/** Half-written queries are wrong for a moment; that is not worth a word. */
const patience = 900;

/** What is wrong with a query, and how to find out at once. */
export interface Judgement {
  mistake: ApiError | undefined;
  /** Asks whether a query can be read; true where the server cannot say. */
  judge: (query: string) => Promise<boolean>;
}

/** useMistake has the server judge a query a moment after it was last changed. known: what it has said of this one already. */
export function useMistake(query: string, zone: string | undefined, known: ApiError | undefined): Judgement {
  const [judged, setJudged] = useState<{ query: string; error: ApiError | undefined }>();
  const ask = useCallback(
    async (text: string, signal?: AbortSignal): Promise<boolean> => {
      if (text.trim() === "") return true;
      try {
        const answer = await post<ValidateAnswer>("/api/validate", { query: text, zone }, signal);
        setJudged({ query: text, error: answer.ok ? undefined : answer.error });
        return answer.ok;
      } catch {
        // Judging is a help: a server that does not answer is said elsewhere.
        return true;
      }
    },
    [zone],
  );
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => void ask(query, stop.signal), patience);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query, ask]);
  const judge = useCallback((text: string) => ask(text), [ask]);
  const mistake = known?.code.startsWith("query_") ? known : judged?.query === query ? judged.error : undefined;
  return { mistake, judge };
}
