import { describe, expect, test } from "vitest";

import { usesIn, type Use } from "./audit/keys";
import { sentencesIn } from "./audit/sentences";
import { read } from "./audit/syntax";

// Every text a person reads stands in the catalogues, in both languages, and nothing else does.

/** Keys that the code puts together from data, by catalogue, "*" for any text; each with what it comes from. */
const dynamic: Record<string, string[]> = {
  // The titles of the dialogs about saved searches.
  discover: ["saved.failed", "saved.conflict"],
  // The names of all fields; below they are compared with the server's table.
  fields: ["*"],
  // What a suggestion is, handed to the editor as a function.
  query: ["kind.*", "operator.*", "date.*", "range", "events"],
  kit: ["close"],
};

/** Texts that are the same in both languages. */
const alike = new Set([
  "Rastro {{release}} · {{events}} events · {{size}}", "{{count}} s", "No", "Error", "Total", "Host", "Normal", "General", "Panel", "Color", "Local", "Message-ID", "Probable", "Beats", "rastro.yaml",
]);

type Catalogue = Record<string, string>;

const files = import.meta.glob<Record<string, unknown>>("./*/*.json", { eager: true, import: "default" });
const catalogues = new Map<string, Map<string, Catalogue>>();
for (const [path, tree] of Object.entries(files)) {
  const [, language = "", name = ""] = /^\.\/(\w+)\/(\w+)\.json$/.exec(path) ?? [];
  if (!catalogues.has(name)) catalogues.set(name, new Map());
  catalogues.get(name)?.set(language, flat(tree));
}

function flat(tree: Record<string, unknown>, before = ""): Catalogue {
  return Object.assign({}, ...Object.entries(tree).map(([key, value]) => (typeof value === "string" ? { [before + key]: value } : flat(value as Record<string, unknown>, `${before}${key}.`)))) as Catalogue;
}

const code = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.{ts,tsx}", "!../**/*.gen.ts", "!./audit/*"], { eager: true, query: "?raw", import: "default" });
const programs = Object.entries(code).map(([path, text]) => ({ path: path.replace("../", ""), text, program: read(path, text) }));
const uses = programs.flatMap(({ path, text, program }) => usesIn(path, text, program));

const plural = /_(zero|one|two|few|many|other)$/;
const singular = (key: string) => key.replace(plural, "");
const placeholders = (text: string) => [...text.matchAll(/\{\{\s*([\w.]+)[^}]*\}\}|<\/?[\w]+\/?>|\$t\([^)]*\)/g)].map((m) => m[1] ?? m[0]).sort();
const fits = (key: string, pattern: string) => new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".+")}$`).test(key);

describe.each([...catalogues.keys()].sort())("the catalogue %s", (name) => {
  const en = catalogues.get(name)?.get("en") ?? {};
  const es = catalogues.get(name)?.get("es") ?? {};

  test("has every key in both languages", () => {
    const wanted = (c: Catalogue) => Object.keys(c).filter((k) => !k.endsWith("_many")).sort();
    expect(wanted(es)).toEqual(wanted(en));
  });

  test("has no empty text", () => {
    expect([...Object.entries(en), ...Object.entries(es)].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  test("has one and many of what is counted", () => {
    for (const c of [en, es]) {
      const counted = new Set(Object.keys(c).filter((k) => plural.test(k)).map(singular));
      expect([...counted].filter((k) => c[`${k}_one`] === undefined || c[`${k}_other`] === undefined)).toEqual([]);
    }
  });

  test("has the same placeholders in both languages", () => {
    const differ = Object.keys(en).filter((k) => {
      const [a, b] = [placeholders(en[k] ?? ""), placeholders(es[k] ?? "")];
      // "One second" may leave its number out.
      const counted = (p: string) => k.endsWith("_one") && p === "count";
      return JSON.stringify(a.filter((p) => !counted(p))) !== JSON.stringify(b.filter((p) => !counted(p)));
    });
    expect(differ).toEqual([]);
  });

  test("is translated", () => {
    const untranslated = Object.keys(en).filter((k) => {
      const text = en[k] ?? "";
      return text === es[k] && !alike.has(text) && /\p{L}{3}/u.test(text.replace(/\{\{[^}]*\}\}/g, "")) && /[a-z]/.test(text);
    });
    expect(untranslated.map((k) => `${k}: ${en[k]}`)).toEqual([]);
  });

  test("opens its questions and exclamations in Spanish", () => {
    const open = Object.entries(es).filter(([, text]) => (/\?(\s|$)/.test(text) && !text.includes("¿")) || (/!(\s|$)/.test(text) && !text.includes("¡")));
    expect(open).toEqual([]);
  });

  test("has no key that nothing asks for", () => {
    const asked = (key: string) =>
      (dynamic[name] ?? []).some((p) => fits(key, p) || fits(singular(key), p)) ||
      uses.some((u) => (u.catalogue ?? name) === name && u.key !== undefined && (fits(key, u.key) || fits(singular(key), u.key)));
    expect(Object.keys(en).filter((k) => !asked(k))).toEqual([]);
  });
});

test("every key of the code stands in its catalogue", () => {
  expect(uses.filter((u) => !stands(u)).map((u) => `${u.at}: ${u.catalogue ?? "?"}:${u.key ?? "?"}`)).toEqual([]);
});

test("every field of the server's table is explained in both languages", () => {
  const [table = ""] = Object.values(import.meta.glob<string>("../../../docs/fields.md", { eager: true, query: "?raw", import: "default" }));
  const names = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map((m) => m[1] ?? "");
  expect(names.length).toBeGreaterThan(50);
  for (const language of ["en", "es"]) {
    const explained = catalogues.get("fields")?.get(language) ?? {};
    expect(names.filter((n) => explained[n] === undefined), language).toEqual([]);
    expect(Object.keys(explained).filter((n) => !names.includes(n)), language).toEqual([]);
  }
});

test("every listed pattern fits a key", () => {
  const idle = Object.entries(dynamic).flatMap(([name, patterns]) =>
    patterns.filter((p) => !Object.keys(catalogues.get(name)?.get("en") ?? {}).some((k) => fits(k, p) || fits(singular(k), p))).map((p) => `${name}:${p}`),
  );
  expect(idle).toEqual([]);
});

function stands({ catalogue, key }: Use): boolean {
  const names = catalogue === undefined ? [...catalogues.keys()] : [catalogue];
  // A key that is only data: the list above says which ones it may be.
  if (key === undefined) return names.some((n) => (dynamic[n] ?? []).length > 0);
  return names.some((n) => Object.keys(catalogues.get(n)?.get("en") ?? {}).some((k) => fits(k, key) || fits(singular(k), key)));
}

test("no sentence stands in a component", () => {
  const found = programs.filter(({ path }) => path.endsWith(".tsx")).flatMap(({ path, text, program }) => sentencesIn(path, text, program));
  expect(found).toEqual([]);
});
