// Keyboard shortcuts. Single letters are shortcuts only outside text fields.

const HELP = [
  ["↑ ↓", "previous or next unit"],
  ["← →", "column to the left or right"],
  ["Page Up, Page Down, Home, End", "move by several units, or to the first or last one"],
  ["d", "next doubtful unit: confidence below 0.7 and not reviewed"],
  ["/", "search; Enter or n is the next match, Shift+Enter or N the previous one"],
  ["f", "filters"],
  ["c", "mark the unit as reviewed, or as not reviewed"],
  ["j", "join the unit with the next one, or with the selected one"],
  ["m", "select the unit, to join it with another one"],
  ["s", "split the unit in two"],
  ["u, U", "unlink all sentences of the unit; unlink only those of this column"],
  ["{ ]", "add the previous sentence of this column to the unit; add the next one"],
  ["} [", "move the first sentence of this column to the unit above; move the last one to the unit below"],
  ["z, y", "undo, redo (Ctrl+Z, Ctrl+Y)"],
  ["w", "save the corrections (Ctrl+S)"],
  [", .", "previous or next bitext"],
  ["o", "overview"],
  ["Esc", "back to the units"],
  ["?", "this help"],
];

const badges = () => GRADES.map((name, at) => h("span", { class: `badge c${at}` }, h("span", { class: "swatch" }), name));

/** Fills the legend, which is always visible on wide screens. */
function buildLegend() {
  $("legend").replaceChildren(
    h("span", null, term("confidence", "Confidence"), ":"), ...badges(),
    h("span", { class: "quiet" }, "unaligned"), h("em", { class: "quiet" }, "boilerplate"),
    ...MARKS.map(([sign, what]) => h("span", { class: "sign" }, h("span", { "aria-hidden": "true" }, sign), ` ${what}`)));
}

function buildHelp() {
  $("help").replaceChildren(
    h("h2", { id: "help-name" }, "Help"),
    h("p", null, "Each row is a unit: the sentences that correspond in all languages. Bands link the sentences of two neighbouring columns. The surer the aligner, the darker and plainer the band. A pale, dotted band means that two languages are linked only through the third. Grey text has no counterpart. Grey italics are boilerplate: text that the site puts around its articles."),
    h("p", { class: "legend" }, "Confidence: ", badges()),
    h("dl", { class: "terms" }, Object.entries(TERMS).map(([name, meaning]) => h("div", null, h("dt", null, name), h("dd", null, meaning)))),
    h("p", null, "“Save” downloads the corrections as a file. ", h("code", null, "bitext merge-corrections BITEXT.jsonl CORRECTIONS.jsonl -o OUT.jsonl"), " applies them and writes a new file; the original does not change. Until you save, this browser keeps unsaved corrections as a draft for this page."),
    h("table", { class: "keys" }, h("caption", null, "Keys"), h("tbody", null, HELP.map(([keys, what]) => h("tr", null, h("th", { scope: "row" }, h("kbd", null, keys)), h("td", null, what))))),
    h("form", { method: "dialog" }, h("button", { class: "main" }, "Close")));
}

function step(by) {
  const { shown, place } = view;
  const from = place.has(cursor.unit) ? place.get(cursor.unit) : 0;
  go(shown[Math.max(0, Math.min(shown.length - 1, from + by))]);
}

function column(by) {
  const at = view.columns.indexOf(cursor.column) + by;
  if (view.columns[at] !== undefined) go(cursor.unit, { column: view.columns[at] });
}

function hit(by, focus = true) {
  const { hits, place } = view;
  if (!hits.length) return say(view.query.trim() ? "No matches." : "Type the text to search for.");
  const here = place.has(cursor.unit) ? place.get(cursor.unit) : -1;
  const after = by > 0 ? hits.find((unit) => place.get(unit) > here) : hits.filter((unit) => place.get(unit) < here).pop();
  const next = after || (by > 0 ? hits[0] : hits[hits.length - 1]);
  const held = view.columns.find((at) => holds(view.article, next, [at], fold(view.query).trim()));
  go(next, { column: held === undefined ? cursor.column : held, focus, middle: true });
  return showCounts();
}

function showFilters() {
  $("filters").classList.add("open");
  $("more").setAttribute("aria-expanded", "true");
  $("min-confidence").focus();
}

function doubtful() {
  const { article, shown, place, columns } = view;
  const here = place.has(cursor.unit) ? place.get(cursor.unit) : -1;
  const isDoubtful = (unit) => confidenceIn(article, unit, columns) < 0.7;
  const after = shown.slice(here + 1).find(isDoubtful) || shown.slice(0, here).find(isDoubtful);
  if (!after) return say("No visible unit is doubtful.");
  return go(after, { middle: true });
}

const PLAIN = {
  ArrowDown: () => step(1), ArrowUp: () => step(-1), ArrowLeft: () => column(-1), ArrowRight: () => column(1),
  PageDown: () => step(8), PageUp: () => step(-8), Home: () => step(-Infinity), End: () => step(Infinity),
  d: doubtful, n: () => hit(1), N: () => hit(-1), z: () => travel(-1), y: () => travel(1), w: () => save(),
  f: showFilters, o: () => showOverview(), ",": () => turnTo(-1), ".": () => turnTo(1),
};
for (const action of [...ACTIONS, ...BOUNDARIES]) PLAIN[action.key] = () => act(action);

function onKey(event) {
  if (event.defaultPrevented || event.altKey || $("help").open) return;
  const { target } = event;
  const typing = target.matches("input, select, textarea");
  const command = event.ctrlKey || event.metaKey;
  let run = null;
  if (command) {
    const name = event.key.toLowerCase();
    if (name === "s") run = () => save();
    else if (!typing && name === "z") run = () => travel(event.shiftKey ? 1 : -1);
    else if (!typing && name === "y") run = () => travel(1);
  } else if (event.key === "Escape" && view.article && !$("work").hidden) {
    run = () => { $("kinds").open = false; go(cursor.unit || view.shown[0]); };
  } else if (!typing && event.key === "?") {
    run = () => $("help").showModal();
  } else if (!typing && event.key === "/" && !$("work").hidden) {
    run = () => $("query").select();
  } else if (!typing && !$("work").hidden && (target === document.body || $("grid").contains(target) || $("panel").contains(target))) {
    // Enter and Space activate a focused button.
    const own = target.matches("button, summary") && (event.key === "Enter" || event.key === " ");
    if (!own) run = PLAIN[event.key] || null;
  }
  if (!run) return;
  event.preventDefault();
  run();
}
