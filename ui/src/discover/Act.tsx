import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { copyText } from "../kit/CopyButton";
import { glyphs } from "./glyphs";

interface Props {
  label: string;
  /** Shown to the pointer; the label without it. */
  title?: string;
  onClick: () => void;
  tabIndex?: number;
  pressed?: boolean;
  children: ReactNode;
}

/** Act is a small button with an icon. An event has a hundred of them, so it is the browser's own button. */
export function Act({ label, title, onClick, tabIndex, pressed, children }: Props) {
  return (
    <button type="button" className="d-act" onClick={onClick} aria-label={label} title={title ?? label} tabIndex={tabIndex} aria-pressed={pressed}>
      {children}
    </button>
  );
}

/** CopyAct copies a value. */
export function CopyAct({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation("kit");
  const [state, setState] = useState<"" | "copied" | "copyFailed">("");
  useEffect(() => {
    if (state === "") return;
    const timer = setTimeout(() => setState(""), 2500);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <Act label={state === "" ? label : t(state)} onClick={() => void copyText(text).then((ok) => setState(ok ? "copied" : "copyFailed"))}>
      {state === "copied" ? glyphs.done : glyphs.copy}
    </Act>
  );
}
