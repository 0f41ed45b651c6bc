import { parseSync } from "vite";

/** A node of a syntax tree, as ESTree with JSX has it. */
export interface Node {
  type: string;
  start: number;
  end: number;
  [part: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** read gives the syntax tree of a file; a file that cannot be read throws. */
export function read(path: string, text: string): Node {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  return program as unknown as Node;
}

/** walk visits a node and all below it, parents first. above holds the nodes around, the nearest last. */
export function walk(node: Node, visit: (node: Node, above: readonly Node[]) => void, above: readonly Node[] = []): void {
  visit(node, above);
  const inner = [...above, node];
  for (const [part, value] of Object.entries(node)) {
    if (part === "type") continue;
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isNode(child)) walk(child, visit, inner);
    }
  }
}

/** line is the number of the line in which a place of a text stands. */
export const line = (text: string, at: number): number => text.slice(0, at).split("\n").length;

/** name is the name of an identifier or the value of a literal key; undefined for anything else. */
export function name(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (typeof node.name === "string") return node.name;
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type === "JSXNamespacedName") return `${name(node.namespace)}:${isNode(node.name) ? name(node.name) : ""}`;
  return undefined;
}

/** A text that an expression may give: all of it, or what is known of it ("*" for the rest). */
export function texts(node: unknown): { text: string; whole: boolean }[] {
  if (!isNode(node)) return [];
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? [{ text: node.value, whole: true }] : [];
    case "TemplateLiteral": {
      const quasis = node.quasis as { value: { cooked: string } }[];
      return [{ text: quasis.map((q) => q.value.cooked).join("*"), whole: quasis.length === 1 }];
    }
    case "ConditionalExpression":
      return [...texts(node.consequent), ...texts(node.alternate)];
    case "LogicalExpression":
      return [...texts(node.left), ...texts(node.right)];
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
      return texts(node.expression);
    default:
      return [];
  }
}
