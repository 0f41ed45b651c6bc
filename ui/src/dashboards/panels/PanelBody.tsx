import { Button, Loader, Table as Rows, Text } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { lazy, Suspense, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Panel } from "../../api";
import { ErrorNote, Waiting } from "../../kit/Notes";
import { visible } from "../../kit/visible";
import type { TimeRange } from "../../kit/time";
import { useWords } from "../../logs/words";
import { useFormats } from "../format";
import type { Table } from "../model/csv";
import type { Narrow } from "../model/context";
import { isEmpty, type PanelData } from "../model/read";
import { Bars } from "./Bars";
import { EventsTable } from "./EventsTable";
import { FlowView } from "./FlowView";
import { NumberView } from "./NumberView";
import { TermsTable } from "./TermsTable";
import { TextView } from "./TextView";
import type { PanelAnswer } from "./usePanelData";

const TimelineView = lazy(() => import("./TimelineView").then((m) => ({ default: m.TimelineView })));
const PieView = lazy(() => import("./PieView").then((m) => ({ default: m.PieView })));
const MapView = lazy(() => import("./MapView").then((m) => ({ default: m.MapView })));
const MapHint = lazy(() => import("./MapView").then((m) => ({ default: m.MapHint })));

interface Props {
  panel: Panel;
  answer: PanelAnswer;
  /** Given: the figures are shown as a table. */
  table: Table | undefined;
  /** Where the panel's events are in Discover. */
  href: string;
  onNarrow: (to: Narrow) => void;
  onRange: (range: TimeRange) => void;
}

/** PanelBody shows a panel's figures, or why there are none. */
export function PanelBody(props: Props) {
  const { panel, answer, table } = props;
  const { t } = useTranslation("dashboards");
  const words = useWords();
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const { data } = answer;
  let inside: ReactNode;
  if (panel.kind === "text") inside = <TextView text={words(panel.text)} />;
  else if (answer.error) inside = <ErrorNote error={answer.error} again={answer.again} />;
  else if (!data) inside = answer.waiting ? null : answer.pending ? <Waiting cancel={answer.cancel} /> : <Given again={answer.again} />;
  else if (isEmpty(data)) inside = panel.kind === "map" ? <Later><MapHint /></Later> : <Nothing />;
  else if (table) inside = <Plain table={table} />;
  else inside = <Later>{view(props, data, { width, height })}</Later>;
  return (
    <>
      <div
        ref={ref}
        className="board-panel-body"
        data-kind={panel.kind}
        data-stale={(answer.stale && data !== undefined) || undefined}
        aria-busy={answer.pending}
        role="group"
        aria-label={words(panel.title) || t("kind.text")}
        // What scrolls must be within reach of the keyboard.
        tabIndex={scrolls(panel, table) ? 0 : undefined}
      >
        {inside}
      </div>
      {answer.partial.length > 0 ? (
        <Text size="xs" c="dimmed" px="sm" pb={4} role="note">
          {t("partial", { reasons: answer.partial.join("; ") })}
        </Text>
      ) : null}
      {answer.stale && data ? <Loader size={12} className="board-panel-loader" aria-hidden /> : null}
    </>
  );
}

const scrolls = (panel: Panel, table: Table | undefined): boolean => table !== undefined || panel.kind === "table" || panel.kind === "text";

function view(props: Props, data: PanelData, room: { width: number; height: number }): ReactNode {
  const { panel, href, onNarrow, onRange } = props;
  const rest = { panel, room, onNarrow, onRange };
  if (room.width === 0) return null;
  switch (data.kind) {
    case "timeline":
      return <TimelineView data={data} {...rest} />;
    case "number":
      return <NumberView data={data} {...rest} href={href} />;
    case "flow":
      return <FlowView data={data} {...rest} />;
    case "events":
      return <EventsTable data={data} {...rest} />;
    case "terms":
      if (panel.kind === "pie") return <PieView data={data} {...rest} />;
      if (panel.kind === "map") return <MapView data={data} {...rest} />;
      return panel.kind === "table" ? <TermsTable data={data} {...rest} /> : <Bars {...rest} data={data} />;
  }
}

const Later = ({ children }: { children: ReactNode }) => <Suspense fallback={<Waiting />}>{children}</Suspense>;

function Nothing() {
  const { t } = useTranslation("dashboards");
  return (
    <div className="board-note" data-testid="panel-empty">
      <Text size="sm" c="dimmed">
        {t("nothing")}
      </Text>
    </div>
  );
}

/** The question was given up. */
function Given({ again }: { again: () => void }) {
  const { t } = useTranslation("kit");
  return (
    <div className="board-note">
      <Button size="xs" variant="default" onClick={again}>
        {t("again")}
      </Button>
    </div>
  );
}

/** Plain shows the figures of any panel as a table. */
function Plain({ table }: { table: Table }) {
  const formats = useFormats();
  return (
    <Rows verticalSpacing={2} horizontalSpacing="xs" stickyHeader>
      <Rows.Thead>
        <Rows.Tr>
          {table.head.map((h, i) => (
            <Rows.Th key={i} ta={i === 0 ? undefined : "right"}>
              {h}
            </Rows.Th>
          ))}
        </Rows.Tr>
      </Rows.Thead>
      <Rows.Tbody>
        {table.rows.map((row, i) => (
          <Rows.Tr key={i}>
            {row.map((cell, k) => (
              <Rows.Td key={k} ta={typeof cell === "number" ? "right" : undefined} className={typeof cell === "number" ? "board-figure" : undefined}>
                {typeof cell === "number" ? formats.figure(cell) : <bdi>{visible(cell ?? "", 300)}</bdi>}
              </Rows.Td>
            ))}
          </Rows.Tr>
        ))}
      </Rows.Tbody>
    </Rows>
  );
}
