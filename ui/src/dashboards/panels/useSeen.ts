import { useEffect, useState, type RefObject } from "react";

/** useSeen tells whether an element is near the window's view now, and whether it ever was. */
export function useSeen(box: RefObject<HTMLElement | null>): { seen: boolean; visible: boolean } {
  const [state, setState] = useState({ seen: false, visible: false });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new IntersectionObserver(
      (entries) => {
        const visible = entries.some((e) => e.isIntersecting);
        setState((s) => ({ seen: s.seen || visible, visible }));
      },
      { rootMargin: "200px" },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, [box]);
  return state;
}
