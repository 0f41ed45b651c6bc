import { Anchor } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, Route, Switch, useLocation } from "wouter";

import { EmptyNote, Waiting } from "../kit/Notes";
import { TraceScreen } from "../trace/TraceScreen";
import { CrashNet } from "./CrashNet";
import { Shell } from "./Shell";

// The start page comes with the first file; the others when they are opened.
const DiscoverScreen = lazy(() => import("../discover/DiscoverScreen").then((m) => ({ default: m.DiscoverScreen })));
const DashboardsScreen = lazy(() => import("../dashboards/DashboardsScreen").then((m) => ({ default: m.DashboardsScreen })));
const SourcesScreen = lazy(() => import("../sources/SourcesScreen").then((m) => ({ default: m.SourcesScreen })));

export function App() {
  const [path] = useLocation();
  return (
    <Shell>
      <CrashNet key={path.split("/")[1] ?? ""}>
        <Suspense fallback={<Waiting />}>
          <Switch>
            <Route path="/">
              <TraceScreen />
            </Route>
            <Route path="/journey/:id">{(params) => <TraceScreen journey={params.id} />}</Route>
            <Route path="/discover">
              <DiscoverScreen />
            </Route>
            <Route path="/dashboards">
              <DashboardsScreen />
            </Route>
            <Route path="/dashboards/:id">{(params) => <DashboardsScreen id={params.id} />}</Route>
            <Route path="/sources">
              <SourcesScreen />
            </Route>
            <Route>
              <Lost />
            </Route>
          </Switch>
        </Suspense>
      </CrashNet>
    </Shell>
  );
}

function Lost() {
  const { t } = useTranslation("app");
  return (
    <EmptyNote title={t("lost.title")} order={1}>
      <Anchor component={Link} href="/">
        {t("lost.home")}
      </Anchor>
    </EmptyNote>
  );
}
