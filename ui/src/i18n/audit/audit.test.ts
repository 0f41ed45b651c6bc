import { expect, test } from "vitest";

import { usesIn } from "./keys";
import { sentencesIn } from "./sentences";
import { read } from "./syntax";

const sentences = (code: string) => sentencesIn("x.tsx", code, read("x.tsx", code)).map((s) => s.slice(s.indexOf(": ") + 2));
const keys = (code: string) => usesIn("x.tsx", code, read("x.tsx", code)).map((u) => `${u.catalogue ?? "?"}:${u.key ?? "?"}`);

test("sentences of the code are found wherever a person would read them", () => {
  const found = [
    `const a = <p>Nothing was found</p>;`,
    `const a = <p>{none ? "Nothing" : t("some")}</p>;`,
    "const a = <p>{`${n} hits`}</p>;",
    `const a = <Button aria-label="Close" />;`,
    `const a = <Input placeholder={wide ? "Search the fields" : t("x")} />;`,
    `const a = { value: "x", label: "Top ten" };`,
  ].map(sentences);
  expect(found).toEqual([["Nothing was found"], ["Nothing"], ["* hits"], ["Close"], ["Search the fields"], ["Top ten"]]);
});

test("names, syntax and what the catalogue gives are no sentences", () => {
  expect(sentences(`const a = <p title={t("a.b")} className="wide red" data-testid="one two">CSV · {t("x")} → 95 %<Input placeholder="now-1d/d" /></p>;`)).toEqual([]);
  expect(sentences(`const q = { query: "NOT status:delivered AND x", message: "queue_id" };`)).toEqual([]);
});

test("the catalogue of a key is that of the function around it", () => {
  const code = `
    function A() { const { t } = useTranslation("trace"); return <p>{t("title")}{t(\`status.\${s}\`, { count: 2 })}</p>; }
    function B() { const { t: say } = useTranslation("discover"); return say(open ? "open" : "closed") + say("kit:copy"); }
    const C = (t) => t(key);
    const spanish = i18next.getFixedT("es", "trace");
    spanish("answer");`;
  expect(keys(code)).toEqual(["trace:title", "trace:status.*", "discover:open", "discover:closed", "kit:copy", "?:?", "trace:answer"]);
});
