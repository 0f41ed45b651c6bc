import { isNode, line, name, texts, walk, type Node } from "./syntax";

/** One place in the code that asks a catalogue for a text. */
export interface Use {
  /** The catalogue, undefined where the code does not tell. */
  catalogue: string | undefined;
  /** The key, "*" standing for parts that are known at run time only; undefined when nothing is known. */
  key: string | undefined;
  /** path:line */
  at: string;
}

/** The catalogue that a name such as t stands for, within a stretch of the file. */
interface Binding {
  name: string;
  catalogue: string;
  from: number;
  to: number;
}

/** Names under which a t is handed to functions that know of no catalogue. */
const handedOn = new Set(["say", "words"]);

/** usesIn finds all calls of t("key"), i18n.exists("catalogue:key") and <Trans i18nKey="key">. */
export function usesIn(path: string, text: string, program: Node): Use[] {
  const bindings = bindingsIn(program);
  const uses: Use[] = [];
  const add = (node: Node, key: string | undefined, catalogue: string | undefined) => {
    const [before, after] = key?.split(":") ?? [];
    const at = `${path}:${line(text, node.start)}`;
    uses.push(after === undefined ? { catalogue, key, at } : { catalogue: before, key: after, at });
  };
  walk(program, (node) => {
    if (node.type === "CallExpression") {
      const asked = askedBy(node.callee, bindings, node.start);
      if (!asked) return;
      const first = (node.arguments as unknown[])[0];
      // What is no t may take other things than keys.
      const keys = isNode(first) && first.type === "ArrayExpression" ? (first.elements as unknown[]).flatMap(texts) : texts(first);
      if (keys.length === 0 && !handedOn.has(name(node.callee) ?? "")) add(node, undefined, asked.catalogue);
      for (const { text: key } of keys) add(node, key, asked.catalogue);
    }
    if (node.type === "JSXAttribute" && name(node.name) === "i18nKey") {
      const value = isNode(node.value) && node.value.type === "JSXExpressionContainer" ? node.value.expression : node.value;
      for (const { text: key } of texts(value)) add(node, key, bindings.find((b) => b.from <= node.start && node.end <= b.to)?.catalogue);
    }
  });
  return uses;
}

/** bindingsIn finds const { t } = useTranslation("trace") and t = i18next.getFixedT(language, "trace"). */
function bindingsIn(program: Node): Binding[] {
  const found: Binding[] = [];
  walk(program, (node, above) => {
    if (node.type !== "VariableDeclarator" || !isNode(node.init) || node.init.type !== "CallExpression") return;
    const { callee, arguments: args } = node.init as unknown as { callee: Node; arguments: unknown[] };
    const around = above.findLast((n) => n.type.includes("Function")) ?? program;
    const range = { from: around.start, to: around.end };
    if (name(callee) === "useTranslation") {
      // Of several catalogues the first one is meant, others by their name: "kit:copy".
      const first = isNode(args[0]) && args[0].type === "ArrayExpression" ? (args[0].elements as unknown[])[0] : args[0];
      const catalogue = texts(first)[0]?.text ?? "kit";
      for (const property of isNode(node.id) && node.id.type === "ObjectPattern" ? (node.id.properties as Node[]) : []) {
        if (name(property.key) === "t") found.push({ name: name(property.value) ?? "t", catalogue, ...range });
      }
    }
    if (callee.type === "MemberExpression" && name(callee.property) === "getFixedT") {
      found.push({ name: name(node.id) ?? "t", catalogue: texts(args[1])[0]?.text ?? "kit", ...range });
    }
  });
  // The nearest function around a call decides: short ranges first.
  return found.sort((a, b) => a.to - a.from - (b.to - b.from));
}

/** askedBy tells whether a call asks a catalogue, and which. A t that came as a parameter may be any. */
function askedBy(callee: unknown, bindings: Binding[], at: number): { catalogue: string | undefined } | undefined {
  if (!isNode(callee)) return undefined;
  if (callee.type === "MemberExpression") {
    const [object, property] = [name(callee.object), name(callee.property)];
    if ((object === "i18n" || object === "i18next") && (property === "t" || property === "exists")) return { catalogue: undefined };
    return undefined;
  }
  const called = name(callee);
  if (called === undefined) return undefined;
  const binding = bindings.find((b) => b.name === called && b.from <= at && at <= b.to);
  if (binding) return { catalogue: binding.catalogue };
  return called === "t" || handedOn.has(called) ? { catalogue: undefined } : undefined;
}
