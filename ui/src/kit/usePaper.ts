import { useEffect } from "react";

const attribute = "data-mantine-color-scheme";

/** usePaper prints dark pages as light ones: ink on paper, and what can be read in a ticket. */
export function usePaper(): void {
  useEffect(() => {
    const printing = window.matchMedia("print");
    let screen: string | null = null;
    const change = () => {
      const root = document.documentElement;
      if (printing.matches) {
        screen = root.getAttribute(attribute);
        root.setAttribute(attribute, "light");
      } else if (screen !== null) {
        root.setAttribute(attribute, screen);
        screen = null;
      }
    };
    printing.addEventListener("change", change);
    return () => printing.removeEventListener("change", change);
  }, []);
}
