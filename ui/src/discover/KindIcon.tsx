import { glyphs } from "./glyphs";

const kinds: Record<string, keyof typeof glyphs> = { keyword: "keyword", text: "text", integer: "number", number: "number", boolean: "boolean", time: "time", ip: "ip" };

/** KindIcon shows what kind a field is of; name says it. */
export function KindIcon({ kind, name }: { kind: string; name: string }) {
  return (
    <span role="img" aria-label={name} title={name} className="d-kind">
      {glyphs[kinds[kind] ?? "keyword"]}
    </span>
  );
}
