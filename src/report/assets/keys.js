// The keyboard. Letters are keys only where no text is typed.

const HELP = [
  ["↑ ↓", "to the unit before, behind"],
  ["← →", "to the column on that side"],
  ["Page Up, Page Down, Home, End", "further"],
  ["d", "to the next doubtful unit: below .7 and not checked"],
  ["/", "search; Enter and Shift+Enter, or n and N, go from hit to hit"],
  ["f", "to the filters"],
  ["c", "mark the unit as checked, or not"],
  ["j", "join with the next unit, or with the marked one"],
  ["m", "mark the unit, to join it with another"],
  ["s", "split the unit in two"],
  ["u, U", "unlink all its sentences; those of this column only"],
  ["[ ]", "lower edge of this column up: its last sentence goes to the next unit; down: it takes the next sentence"],
  ["{ }", "upper edge of this column up: it takes the sentence before; down: its first goes to the unit before"],
  ["z, y", "undo, redo (Ctrl+Z, Ctrl+Y)"],
  ["w", "save the corrections (Ctrl+S)"],
  [", .", "the bitext before, behind"],
  ["o", "overview"],
  ["Esc", "back to the units"],
  ["?", "this help"],
];

function buildHelp() {
  const shown = GRADES.map((name, at) => h("span", { class: `badge c${at}` }, h("span", { class: "swatch" }), name));
  $("help").replaceChildren(
    h("h2", { id: "help-name" }, "Help"),
    h("p", null, "A row is a unit: sentences that say the same. Bands join the sentences of two neighbouring languages; the surer the aligner, the darker and plainer the band; a pale, dotted one joins two languages by way of the third. Grey text is without a counterpart, slanted grey text was put there by the site."),
    h("p", { class: "legend" }, "Confidence: ", shown),
    h("p", null, "Corrections are saved as a file of their own; ", h("code", null, "bitext merge-corrections BITEXT.jsonl CORRECTIONS.jsonl -o OUT.jsonl"), " puts them into a new file. The original stays as it is. Until they are saved, this browser keeps a draft, for this page under this name."),
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
  if (!hits.length) return say(view.query.trim() ? "Nothing found." : "Type what to search for.");
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
  $("least").focus();
}

function doubtful() {
  const { article, shown, place, columns } = view;
  const here = place.has(cursor.unit) ? place.get(cursor.unit) : -1;
  const isDoubtful = (unit) => confidenceIn(article, unit, columns) < 0.7;
  const after = shown.slice(here + 1).find(isDoubtful) || shown.slice(0, here).find(isDoubtful);
  if (!after) return say("No unit that is shown is doubtful.");
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
    // Buttons keep the keys that are theirs.
    const own = target.matches("button, summary") && (event.key === "Enter" || event.key === " ");
    if (!own) run = PLAIN[event.key] || null;
  }
  if (!run) return;
  event.preventDefault();
  run();
}
