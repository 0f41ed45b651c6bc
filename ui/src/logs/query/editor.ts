// The editor of queries. Only imported when a query bar is shown.
import { acceptCompletion, autocompletion, completionKeymap, completionStatus, moveCompletionSelection, selectedCompletion, startCompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { Compartment, EditorState, Prec, RangeSetBuilder, StateEffect, StateField, type Extension } from "@codemirror/state";
import { Decoration, EditorView, keymap, placeholder, ViewPlugin, type DecorationSet, type ViewUpdate } from "@codemirror/view";

import { visible } from "../../kit/visible";
import { suggest, type SuggestSource, type Suggestion } from "./suggest";
import { placeAt, tokenize } from "./tokens";

export interface EditorOptions {
  parent: HTMLElement;
  text: string;
  caret: number;
  label: string;
  describedBy: string;
  placeholder: string;
  onChange: (text: string) => void;
  onSubmit: () => void;
  source: () => SuggestSource;
}

/** The editor as the query bar uses it. */
export interface QueryEditor {
  setText: (text: string) => void;
  setMistake: (span: { from: number; to: number } | undefined) => void;
  setLabels: (label: string, placeholder: string) => void;
  focus: () => void;
  destroy: () => void;
}

const mark = (kind: string) => Decoration.mark({ class: `q-${kind}` });
const marks = new Map(["field", "operator", "quoted", "regexp", "wildcard", "open", "close", "compare", "modifier"].map((k) => [k, mark(k)]));

function colours(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const token of tokenize(view.state.doc.toString().slice(0, 20_000))) {
    const look = marks.get(token.kind);
    if (look) builder.add(token.from, token.to, look);
  }
  return builder.finish();
}

const highlighting = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = colours(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged) this.decorations = colours(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

const setMistake = StateEffect.define<{ from: number; to: number } | undefined>();
const mistakes = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (current, transaction) => {
    let next = transaction.docChanged ? Decoration.none : current;
    for (const effect of transaction.effects) {
      if (!effect.is(setMistake)) continue;
      const span = effect.value;
      next = span && span.to <= transaction.newDoc.length && span.from < span.to ? Decoration.set([Decoration.mark({ class: "q-mistake" }).range(span.from, span.to)]) : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const types: Record<Suggestion["kind"], string> = { field: "property", operator: "keyword", value: "text", date: "constant" };

function completions(source: () => SuggestSource) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const text = context.state.doc.toString();
    const place = placeAt(text, context.pos);
    if (place.kind === "none" || (place.kind === "clause" && place.typed === "" && !context.explicit)) return null;
    const stop = new AbortController();
    context.addEventListener("abort", () => stop.abort(), { onDocChange: true });
    const found = await suggest(place, source(), stop.signal);
    if (context.aborted || found.length === 0) return null;
    // What is typed within quotation marks replaces them; filtering begins behind the mark.
    const quoted = place.kind === "value" && text.charAt(place.from) === '"';
    const from = place.from + (quoted ? 1 : 0);
    const options = found.map((s): Completion => ({
      label: visible(s.label, 200),
      type: types[s.kind],
      ...(s.detail ? { detail: s.detail } : {}),
      ...(s.info ? { info: s.info } : {}),
      ...(s.boost !== undefined ? { boost: s.boost } : {}),
      apply: (view, _completion, start, end) => insert(view, s, place.kind === "clause" ? start : place.from, place.kind === "value" ? Math.max(end, place.to) : end),
    }));
    const values = place.kind === "value";
    return { from, options, ...(values ? {} : { validFor: /^[\w@.-]*$/ }) };
  };
}

function insert(view: EditorView, s: Suggestion, from: number, to: number): void {
  const behind = view.state.doc.sliceString(to, to + 1);
  // What stands behind already is not written twice.
  const text = (s.insert.endsWith(":") && behind === ":") || (s.insert.endsWith(" ") && /[\s)]/.test(behind)) ? s.insert.slice(0, -1) : s.insert;
  const caret = from + text.length + (text !== s.insert && behind !== ")" ? 1 : 0);
  view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: caret }, userEvent: "input.complete" });
  if (s.more) startCompletion(view);
}

function keys(submit: () => void): Extension {
  return Prec.highest(
    keymap.of([
      {
        key: "Enter",
        run: (view) => {
          if (completionStatus(view.state) === "active" && selectedCompletion(view.state)) return acceptCompletion(view);
          submit();
          return true;
        },
      },
      {
        key: "Tab",
        run: (view) => {
          if (completionStatus(view.state) !== "active") return false;
          if (!selectedCompletion(view.state)) moveCompletionSelection(true)(view);
          return acceptCompletion(view);
        },
      },
    ]),
  );
}

/** A query has one line: what is pasted with several becomes one. */
const oneLine = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.newDoc.lines === 1) return transaction;
  const text = transaction.newDoc.toString().replace(/\s*\n\s*/g, " ");
  return [{ changes: { from: 0, to: transaction.startState.doc.length, insert: text }, selection: { anchor: Math.min(text.length, transaction.newSelection.main.head) } }];
});

/** Behind a colon, a bracket or a quotation mark values are offered without being asked for. */
const eager = EditorView.updateListener.of((update) => {
  if (!update.docChanged || !update.transactions.some((t) => t.isUserEvent("input.type"))) return;
  const before = update.state.doc.sliceString(0, update.state.selection.main.head);
  if (/[:([{"]$|\b(AND|OR|NOT|TO) $/.test(before)) setTimeout(() => startCompletion(update.view), 0);
});

/** What scrolls must be reachable by keys; the list is made anew each time it opens. */
const scrollable = EditorView.updateListener.of((update) => {
  if (completionStatus(update.state) !== "active") return;
  update.view.requestMeasure({ read: () => undefined, write: () => update.view.dom.querySelector(".q-suggestions > ul")?.setAttribute("tabindex", "0") });
});

export function createEditor(options: EditorOptions): QueryEditor {
  const labels = new Compartment();
  const named = (label: string, hint: string) => [
    placeholder(hint),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-multiline": "false", "aria-describedby": options.describedBy, "data-testid": "query-input", autocapitalize: "off", autocorrect: "off", spellcheck: "false", enterkeyhint: "search" }),
  ];
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.text.replace(/\s*\n\s*/g, " "),
      selection: { anchor: Math.min(options.caret, options.text.length) },
      extensions: [
        keys(options.onSubmit),
        history(),
        keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        autocompletion({ override: [completions(options.source)], selectOnOpen: false, interactionDelay: 0, icons: false, maxRenderedOptions: 100, activateOnTypingDelay: 120, tooltipClass: () => "q-suggestions" }),
        EditorView.lineWrapping,
        oneLine,
        eager,
        highlighting,
        mistakes,
        scrollable,
        labels.of(named(options.label, options.placeholder)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setText: (text) => {
      if (view.state.doc.toString() === text) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: text.length } });
    },
    setMistake: (span) => view.dispatch({ effects: setMistake.of(span) }),
    setLabels: (label, hint) => view.dispatch({ effects: labels.reconfigure(named(label, hint)) }),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
