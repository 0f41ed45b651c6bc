import { useEffect, useState } from "react";

/** useLeaveGuard asks before a page with unsaved changes is left: to is where a link would have led. */
export function useLeaveGuard(dirty: boolean): { to: string | undefined; stay: () => void } {
  const [to, setTo] = useState<string>();
  useEffect(() => {
    if (!dirty) return;
    const unload = (e: BeforeUnloadEvent) => e.preventDefault();
    const click = (e: MouseEvent) => {
      if (e.defaultPrevented || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
      const link = e.target instanceof Element ? e.target.closest("a[href]") : null;
      if (!(link instanceof HTMLAnchorElement) || link.target === "_blank" || link.hasAttribute("download")) return;
      const url = new URL(link.href, location.href);
      if (url.origin !== location.origin || url.pathname === location.pathname) return;
      // Before the page's own links hear of it.
      e.preventDefault();
      e.stopPropagation();
      setTo(url.pathname + url.search);
    };
    window.addEventListener("beforeunload", unload);
    document.addEventListener("click", click, true);
    return () => {
      window.removeEventListener("beforeunload", unload);
      document.removeEventListener("click", click, true);
    };
  }, [dirty]);
  return { to, stay: () => setTo(undefined) };
}
