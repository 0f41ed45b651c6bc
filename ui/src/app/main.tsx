import "@mantine/core/styles.css";
import "./app.css";
import "../i18n";

import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { recall, SettingsProvider } from "../kit/settings";
import { App } from "./App";
import { theme } from "./theme";

const client = new QueryClient({
  defaultOptions: {
    // Logs change all the time: what is shown is asked for when its question changes, not when a window gets the focus.
    queries: { retry: false, refetchOnWindowFocus: false, staleTime: 2000, gcTime: 120_000, networkMode: "always" },
    mutations: { networkMode: "always" },
  },
});

const stored = recall("scheme");
const root = document.getElementById("root");
if (!root) throw new Error("BUG: the page has no root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme={stored === "light" || stored === "dark" ? stored : "auto"}>
      <QueryClientProvider client={client}>
        <SettingsProvider>
          <App />
        </SettingsProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
