import { visible } from "../kit/visible";

/** Bit is a piece of text from a log within a sentence: as text only, cut, and with a direction of its own. */
export function Bit({ text, most = 160, className }: { text: string; most?: number; className?: string }) {
  return (
    <bdi className={className} translate="no">
      {visible(text, most)}
    </bdi>
  );
}
