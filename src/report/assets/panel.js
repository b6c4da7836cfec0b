// The panel: the facts of the current unit, the buttons that correct it, and its features.

const ACTIONS = [
  { key: "c", id: "review", label: () => (cursor.unit && cursor.unit.reviewed && !cursor.unit.reviewedInFile ? "Not reviewed" : "Reviewed"), title: "Mark the unit as reviewed, or as not reviewed", run: (article, unit) => review(article, unit) },
  { key: "j", id: "join", label: () => (selected && selected !== cursor.unit ? `Join with ${selected.no}` : "Join with next"), title: "Join the unit with the next one, or with the selected one", run: joinNext },
  { key: "s", id: "split", label: () => "Split", title: "Split the unit into two", run: (article, unit) => split(article, unit) },
  { key: "u", id: "unlink", label: () => "Unlink", title: "Make all sentences of the unit unaligned", run: (article, unit) => unlink(article, unit) },
  { key: "U", id: "unlink-one", label: () => `Unlink ${columnName()}`, title: "Make the sentences of this language unaligned", run: (article, unit, column) => unlinkColumn(article, unit, column) },
  { key: "m", id: "select", label: () => (selected === cursor.unit && selected ? "Deselect" : "Select to join"), title: "Select the unit, to join it with another one", run: toggleSelected },
];
/** Buttons that move a boundary of the unit in the current column. */
const BOUNDARIES = [
  { key: "{", id: "add-previous", label: "Add previous", title: "Add the previous sentence of this language to the unit", run: (article, unit, column) => take(article, unit, column, -1) },
  { key: "}", id: "move-first", label: "Move first up", title: "Move the first sentence of this language to the unit above", run: (article, unit, column) => give(article, unit, column, -1) },
  { key: "[", id: "move-last", label: "Move last down", title: "Move the last sentence of this language to the unit below", run: (article, unit, column) => give(article, unit, column, 1) },
  { key: "]", id: "add-next", label: "Add next", title: "Add the next sentence of this language to the unit", run: (article, unit, column) => take(article, unit, column, 1) },
];

const columnName = () => {
  const language = view.article && view.article.languages[cursor.column];
  return language ? language.name || language.code : "";
};

function joinNext(article, unit) {
  const other = selected && selected !== unit ? selected : article.units[unit.no];
  const why = join(article, unit, other);
  if (!why) selected = null;
  return why;
}

function toggleSelected(article, unit) {
  const before = selected;
  selected = selected === unit ? null : unit;
  refresh(before);
  refresh(unit);
  say(selected ? `Unit ${unit.no} is selected. Go to another unit and join.` : "No unit is selected.");
  go(unit);
  return "";
}

/** Applies a correction to the current unit. */
function act(action) {
  const { article } = view;
  const { unit, column } = cursor;
  if (!article || !unit || !view.place.has(unit)) return say("No unit is selected in the list.");
  const anchor = [column, unit.parts[column][0]];
  const why = action.run(article, unit, column);
  if (why === "") return undefined;
  if (why) return say(why);
  settle(anchor, article.done[article.done.length - 1]);
  const label = typeof action.label === "function" ? action.label() : action.label;
  return say(`${action.id === "review" ? (cursor.unit.reviewed ? "Reviewed" : "Not reviewed") : label}: done.`);
}

/** Updates the list after a change and keeps the cursor on the same sentence. */
function settle(anchor, change) {
  const { article } = view;
  const fresh = change.into.concat(change.out);
  // If the selected unit was replaced, select the unit with the same sentences, if there is one.
  if (selected && article.units[selected.no - 1] !== selected) {
    const same = key(selected.parts);
    selected = article.units.find((unit) => key(unit.parts) === same) || null;
  }
  for (const unit of fresh) if (article.units[unit.no - 1] === unit) view.kept.add(unit);
  const stale = new Set(fresh);
  select();
  for (const [unit, element] of list.elements) {
    if (!stale.has(unit) && Number(element.dataset.no) === unit.no) continue;
    element.remove();
    list.elements.delete(unit);
  }
  const [column, sentence] = anchor;
  const here = sentence === undefined ? null : article.unitOf[column][sentence];
  const next = here && view.place.has(here) ? here : change.into.find((unit) => view.place.has(unit)) || view.shown[0] || null;
  cursor.unit = next;
  list.held = next;
  list.show(view.shown);
  if (next) go(next);
  showCounts();
  keepDraft(article);
}

function travel(step) {
  const { article } = view;
  if (!article) return;
  const change = step < 0 ? article.done[article.done.length - 1] : article.undone[article.undone.length - 1];
  const back = step < 0 ? undo(article) : redo(article);
  if (!back) return say(step < 0 ? "There is nothing to undo." : "There is nothing to redo.");
  selected = null;
  const unit = back[0] || cursor.unit;
  const column = unit.parts.findIndex((part) => part.length);
  settle(unit.parts[cursor.column].length ? [cursor.column, unit.parts[cursor.column][0]] : [column, unit.parts[column][0]], change);
  say(step < 0 ? "Undone." : "Redone.");
}

function showActions() {
  const group = $("actions");
  const none = !cursor.unit;
  const button = (action, label) => h("button", {
    type: "button", id: `do-${action.id}`, disabled: none, title: `${action.title} (key: ${action.key})`,
    "aria-keyshortcuts": action.key, onclick: () => act(action),
  }, label, h("kbd", { "aria-hidden": "true" }, action.key));
  const focused = document.activeElement && document.activeElement.id;
  group.replaceChildren(
    h("div", { class: "buttons" }, ACTIONS.map((action) => button(action, action.label()))),
    h("div", { class: "buttons edges", role: "group", "aria-label": `Sentences in ${columnName()}` }, h("span", { class: "of", "aria-hidden": "true" }, `${columnName()}:`),
      BOUNDARIES.map((action) => button(action, action.label))));
  if (focused && focused.startsWith("do-") && $(focused)) $(focused).focus();
}

/** Shows the facts and the features of a unit. */
function showUnit(unit) {
  const { article, columns } = view;
  if (!unit) {
    $("unit-name").textContent = "No unit";
    $("unit-facts").replaceChildren();
    $("evidence").replaceChildren();
    return;
  }
  const kinds = kindsOf(article, unit, columns).map((kind) => KINDS[kind].replace(/ \(.*/, ""));
  $("unit-name").textContent = `Unit ${unit.no} of ${article.units.length}`;
  const facts = [
    ["confidence", unit.place < 0 ? "made by a reviewer" : String(unit.confidence)],
    ["score", unit.score === null || isNull(unit) ? "–" : unit.score.toFixed(3)],
    ["sentences per language", shape(unit, article.languages.map((_, column) => column))],
  ];
  $("unit-facts").replaceChildren(
    h("span", { class: `badge c${grade(confidenceIn(article, unit, columns))}` }, h("span", { class: "swatch" }), kinds.join(", ")),
    ...facts.map(([what, value]) => h("span", { class: "fact" }, term(what), " ", h("b", null, value))));
  $("evidence").replaceChildren(...evidenceOf(article, unit));
}

/** The name of a range of sentences, counted from 1: `en 2–3`. */
const numbered = (article, column, first, last) => `${article.languages[column].code} ${first + 1}${last > first ? `–${last + 1}` : ""}`;

const signed = (value, plus) => `${value < 0 ? "−" : plus}${Math.abs(value).toFixed(2)}`;

function evidenceOf(article, unit) {
  if (unit.place < 0) return [h("p", null, "A reviewer created this unit, so the aligner has no features for it.")];
  const known = article.evidence && article.evidence.units[unit.place];
  if (known) return known.flatMap((pair) => evidencePair(article, pair));
  const out = [];
  for (const { x, y } of article.pairs) {
    for (const bead of beads(article, unit, x, y)) {
      const place = (column, part) => numbered(article, column, part[0], part[part.length - 1]);
      const known = bead.implied ? "not aligned with each other, linked only through the third language" : `confidence ${bead.confidence}, score ${bead.score.toFixed(3)}`;
      out.push(h("p", null, `${place(x, bead.parts[0])} = ${place(y, bead.parts[1])}: ${known}`));
    }
  }
  const why = article.evidence ? "No features: the aligner found another alignment when the page was made." : "The page was made without features.";
  return [...out, h("p", { class: "quiet" }, why)];
}

function evidencePair(article, [x, y, found, nulls, alternatives]) {
  const languages = `${article.languages[x].name || article.languages[x].code} – ${article.languages[y].name || article.languages[y].code}`;
  const out = [h("h3", null, languages)];
  const place = ([a, b, c, d]) => `${numbered(article, x, a, b)} = ${numbered(article, y, c, d)}`;
  for (const bead of found) {
    const [, , , , posterior, potential, margin, contributions] = bead;
    out.push(h("p", null, h("b", null, place(bead)), " ", term("posterior"), ` ${posterior.toFixed(4)}, `,
      term("margin"), ` ${signed(margin, "")}, `, term("potential"), ` ${signed(potential, "+")} nats`));
    // The bars repeat the numbers.
    const largest = Math.max(1, ...contributions.map(([, , own]) => Math.abs(own)));
    out.push(h("table", { class: "weights" },
      h("caption", { class: "hidden" }, `Features of ${place(bead)}`),
      h("thead", { class: "hidden" }, h("tr", null, ["feature", "value", "contribution in nats"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", null, contributions.slice(0, 10).map(([feature, value, own]) => {
        const name = article.evidence.features[feature];
        const bar = h("span", { class: own < 0 ? "bar against" : "bar" });
        bar.style.width = `${(Math.abs(own) / largest) * 100}%`;
        return h("tr", null, h("th", { scope: "row", title: name }, FEATURES[name] || name), h("td", null, signed(value, "")),
          h("td", null, signed(own, "+")), h("td", { class: "contribution", role: "presentation" }, bar));
      }))));
  }
  for (const [column, sentence, posterior] of nulls) {
    if (found.length && posterior < 0.001) continue;
    out.push(h("p", null, `${numbered(article, column, sentence, sentence)} unaligned: `, term("posterior"), ` ${posterior.toFixed(4)}`));
  }
  if (alternatives.length) {
    // The aligner also considers clauses, so an alternative may consist of parts of the same sentences.
    const own = new Set(found.map(place));
    const named = (bead) => (own.has(place(bead)) ? `parts of ${place(bead)}` : place(bead));
    out.push(h("p", { class: "quiet" }, "Alternatives, with their posteriors: ", alternatives.map((bead) => `${named(bead)} (${bead[4].toFixed(3)})`).join(", ")));
  }
  return out;
}

function showCounts() {
  const { article, shown, hits, query } = view;
  const total = article.units.length;
  $("count").textContent = shown.length === total ? count(total, "unit") : `${shown.length.toLocaleString("en-GB")} of ${count(total, "unit")}`;
  const at = hits.indexOf(cursor.unit) + 1;
  $("found").textContent = query.trim() ? (hits.length ? `${at ? `${at} of ` : ""}${hits.length}` : "none") : "";
  const lines = corrections();
  $("undo").disabled = !article.done.length;
  $("redo").disabled = !article.undone.length;
  $("save").disabled = !lines.length;
  $("grid").setAttribute("aria-rowcount", String(shown.length + 1));
}
