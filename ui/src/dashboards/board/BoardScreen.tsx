import { Anchor, VisuallyHidden } from "@mantine/core";
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
  return (
    <div className="board-page">
      <VisuallyHidden>
        <h1>{t("title")}</h1>
      </VisuallyHidden>
      <Unshown asked={asked} />
    </div>
  );
}

/** Why no dashboard is shown: there is none, the server failed, or it takes its time. */
function Unshown({ asked }: { asked: ReturnType<typeof useBoard> }) {
  const { t } = useTranslation("dashboards");
  if (asked.error?.status === 404) {
    return (
      <EmptyNote title={t("gone")}>
        <Anchor component={Link} href="/dashboards">
          {t("back")}
        </Anchor>
      </EmptyNote>
    );
  }
  if (asked.error) return <ErrorNote error={asked.error} again={asked.again} />;
  return <Waiting cancel={asked.cancel} />;
}
