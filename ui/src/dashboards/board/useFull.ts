import { useEffect, useRef } from "react";

/** useFull shows the page without its frame while on, and tells when the browser has left its full screen. */
export function useFull(on: boolean, left: () => void): void {
  const latest = useRef(left);
  latest.current = left;
  useEffect(() => {
    if (!on) return;
    const root = document.documentElement;
    root.dataset.full = "";
    // Once in full screen, leaving it (Escape) leaves this view as well. A link opens the view without the browser's full screen.
    let was = document.fullscreenElement !== null;
    const changed = () => {
      if (document.fullscreenElement) was = true;
      else if (was) latest.current();
    };
    const key = (e: KeyboardEvent) => {
      if (e.key === "Escape" && !e.defaultPrevented && !document.fullscreenElement) latest.current();
    };
    document.addEventListener("fullscreenchange", changed);
    document.addEventListener("keydown", key);
    return () => {
      delete root.dataset.full;
      document.removeEventListener("fullscreenchange", changed);
      document.removeEventListener("keydown", key);
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, [on]);
}

/** Asks the browser for its full screen; it may refuse, and the view is shown in the window then. */
export function enterFull(): void {
  document.documentElement.requestFullscreen?.().catch(() => undefined);
}
