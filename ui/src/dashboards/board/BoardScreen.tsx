import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { EmptyNote, ErrorNote, Waiting } from "../../kit/Notes";
import { useBoard } from "../api";
import { BoardPage } from "./BoardPage";

/** BoardScreen fetches a dashboard and shows it, or says that there is none. */
export function BoardScreen({ id }: { id: string }) {
  const { t } = useTranslation("dashboards");
  const asked = useBoard(id);
  if (asked.data) return <BoardPage saved={asked.data} />;
  if (asked.error?.status === 404) {
    return (
      <EmptyNote title={t("gone")}>
        <Anchor component={Link} href="/dashboards">
          {t("back")}
        </Anchor>
      </EmptyNote>
    );
  }
  if (asked.error) {
    return (
      <div className="board-page">
        <ErrorNote error={asked.error} again={asked.again} />
      </div>
    );
  }
  return <Waiting cancel={asked.cancel} />;
}
