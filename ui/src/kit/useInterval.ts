import { useEffect, useRef } from "react";

/** useInterval calls tick every ms milliseconds while ms is more than 0; hidden pages wait. */
export function useInterval(tick: () => void, ms: number): void {
  const latest = useRef(tick);
  latest.current = tick;
  useEffect(() => {
    if (ms <= 0) return;
    const timer = setInterval(() => {
      if (!document.hidden) latest.current();
    }, ms);
    return () => clearInterval(timer);
  }, [ms]);
}
