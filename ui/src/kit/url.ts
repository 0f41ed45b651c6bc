import { useCallback } from "react";
import { useLocation, useSearch } from "wouter";

/** The parameters of the page's address, and how to change them. */
export interface UrlState {
  get: (name: string) => string | undefined;
  all: URLSearchParams;
  /** Sets what is given; undefined and "" take a parameter out. push adds an entry to the browser's history (default), replace does not. */
  set: (changes: Record<string, string | undefined>, how?: "push" | "replace") => void;
}

/** useUrlState: the address is the state of a screen, so that every screen can be shared as a link. */
export function useUrlState(): UrlState {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const all = new URLSearchParams(search);
  const set = useCallback(
    (changes: Record<string, string | undefined>, how: "push" | "replace" = "push") => {
      // Read from the window: two changes within one tick must both count.
      const next = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined || value === "") next.delete(name);
        else next.set(name, value);
      }
      const text = next.toString();
      navigate(text === "" ? path : `${path}?${text}`, { replace: how === "replace" });
    },
    [navigate, path],
  );
  return { get: (name) => all.get(name) ?? undefined, all, set };
}
