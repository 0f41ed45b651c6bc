import type { DashboardSummary, Words } from "../../api";

const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** filterBoards finds dashboards whose title or description has all words of a text, without case and accents. */
export function filterBoards(boards: readonly DashboardSummary[], text: string, words: (w: Words | undefined) => string): DashboardSummary[] {
  const wanted = fold(text).split(/\s+/).filter((w) => w !== "");
  return boards.filter((b) => {
    const own = fold(`${words(b.title)} ${words(b.description)}`);
    return wanted.every((w) => own.includes(w));
  });
}
