import { useEffect } from "react";

/** useTitle names the page in the browser's tab and for screen readers. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === "" ? "Rastro" : `${title} · Rastro`;
  }, [title]);
}
