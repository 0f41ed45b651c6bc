import "./dashboards.css";

import { BoardScreen } from "./board/BoardScreen";
import { BoardList } from "./list/BoardList";
import { ToastHost } from "./toast";

/** DashboardsScreen is the list of dashboards, or the page of one. */
export function DashboardsScreen({ id }: { id?: string }) {
  return <ToastHost>{id === undefined ? <BoardList /> : <BoardScreen key={id} id={id} />}</ToastHost>;
}
