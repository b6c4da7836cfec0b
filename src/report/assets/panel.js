// The panel: what is known of a unit, and what can be done with it.

const ACTIONS = [
  { key: "c", id: "check", label: () => (cursor.unit && cursor.unit.checked && !cursor.unit.was ? "Not checked" : "Checked"), run: (article, unit) => check(article, unit) },
  { key: "j", id: "join", label: () => (mark && mark !== cursor.unit ? `Join with ${mark.no}` : "Join with next"), run: joinNext },
  { key: "s", id: "split", label: () => "Split", run: (article, unit) => split(article, unit) },
  { key: "u", id: "unlink", label: () => "Unlink", run: (article, unit) => unlink(article, unit) },
  { key: "U", id: "unlink-one", label: () => `Unlink ${columnName()}`, run: (article, unit, column) => unlinkColumn(article, unit, column) },
  { key: "m", id: "mark", label: () => (mark === cursor.unit && mark ? "Unmark" : "Mark to join"), run: toggleMark },
];
const BOUNDARIES = [
  { key: "{", id: "take-above", label: "Upper edge up", sign: "▔↑", run: (article, unit, column) => take(article, unit, column, -1) },
  { key: "}", id: "give-above", label: "Upper edge down", sign: "▔↓", run: (article, unit, column) => give(article, unit, column, -1) },
  { key: "[", id: "give-below", label: "Lower edge up", sign: "▁↑", run: (article, unit, column) => give(article, unit, column, 1) },
  { key: "]", id: "take-below", label: "Lower edge down", sign: "▁↓", run: (article, unit, column) => take(article, unit, column, 1) },
];

const columnName = () => {
  const language = view.article && view.article.languages[cursor.column];
  return language ? language.name || language.code : "";
};

function joinNext(article, unit) {
  const other = mark && mark !== unit ? mark : article.units[unit.no];
  const why = join(article, unit, other);
  if (!why) mark = null;
  return why;
}

function toggleMark(article, unit) {
  const before = mark;
  mark = mark === unit ? null : unit;
  refresh(before);
  refresh(unit);
  say(mark ? `Unit ${unit.no} is marked: go to another and join.` : "Nothing is marked.");
  go(unit);
  return "";
}

/** Runs one of the corrections on the unit that has the cursor. */
function act(action) {
  const { article } = view;
  const { unit, column } = cursor;
  if (!article || !unit || !view.place.has(unit)) return say("No unit has the cursor.");
  const anchor = [column, unit.parts[column][0]];
  const why = action.run(article, unit, column);
  if (why === "") return undefined;
  if (why) return say(why);
  // An action that moves an edge is told by its effect, the others by their name.
  settle(anchor, article.done[article.done.length - 1]);
  const label = typeof action.label === "function" ? action.label() : action.label;
  return say(`${action.id === "check" ? (cursor.unit.checked ? "Checked" : "Not checked") : label}: done.`);
}

/** Shows the list after a change, the cursor where it was. */
function settle(anchor, change) {
  const { article } = view;
  const fresh = change.into.concat(change.out);
  // A marked unit that was taken out is marked no more, but for one that has its sentences.
  if (mark && article.units[mark.no - 1] !== mark) {
    const same = key(mark.parts);
    mark = article.units.find((unit) => key(unit.parts) === same) || null;
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
  mark = null;
  const unit = back[0] || cursor.unit;
  const column = unit.parts.findIndex((part) => part.length);
  settle(unit.parts[cursor.column].length ? [cursor.column, unit.parts[cursor.column][0]] : [column, unit.parts[column][0]], change);
  say(step < 0 ? "Undone." : "Done again.");
}

function showActions() {
  const group = $("actions");
  const none = !cursor.unit;
  const button = (action, label, sign) => h("button", {
    type: "button", id: `do-${action.id}`, disabled: none, title: `${label} (${action.key})`, "aria-label": sign ? label : null,
    "aria-keyshortcuts": action.key, onclick: () => act(action),
  }, sign || label, h("kbd", { "aria-hidden": "true" }, action.key));
  const focused = document.activeElement && document.activeElement.id;
  group.replaceChildren(
    h("div", { class: "buttons" }, ACTIONS.map((action) => button(action, action.label()))),
    h("div", { class: "buttons edges" }, h("span", { class: "of" }, `${columnName()}:`),
      BOUNDARIES.map((action) => button(action, `${action.label}, ${columnName()}`, action.sign))));
  if (focused && focused.startsWith("do-") && $(focused)) $(focused).focus();
}

/** What is known of a unit. */
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
    ["confidence", unit.orig < 0 ? "by hand" : String(unit.confidence)],
    ["score", unit.score === null || isNull(unit) ? "–" : unit.score.toFixed(3)],
    ["shape", shape(unit, article.languages.map((_, column) => column))],
  ];
  $("unit-facts").replaceChildren(
    h("span", { class: `badge c${grade(confidenceIn(article, unit, columns))}` }, h("span", { class: "swatch" }), kinds.join(", ")),
    ...facts.map(([what, value]) => h("span", { class: "fact" }, `${what} `, h("b", null, value))));
  $("evidence").replaceChildren(...evidenceOf(article, unit));
}

/** Sentences counted from 1. */
const numbered = (article, column, first, last) => `${article.languages[column].code} ${first + 1}${last > first ? `–${last + 1}` : ""}`;

const signed = (value, plus) => `${value < 0 ? "−" : plus}${Math.abs(value).toFixed(2)}`;

function evidenceOf(article, unit) {
  if (unit.orig < 0) return [h("p", null, "Made by hand: what the aligner knew was about other units.")];
  const known = article.evidence && article.evidence.units[unit.orig];
  if (known) return known.flatMap((pair) => evidencePair(article, pair));
  const out = [];
  for (const { x, y } of article.pairs) {
    for (const bead of beads(article, unit, x, y)) {
      const place = (column, part) => numbered(article, column, part[0], part[part.length - 1]);
      const known = bead.implied ? "not aligned with each other, joined by the rest of the unit" : `confidence ${bead.confidence}, score ${bead.score.toFixed(3)}`;
      out.push(h("p", null, `${place(x, bead.parts[0])} = ${place(y, bead.parts[1])}: ${known}`));
    }
  }
  const why = article.evidence ? "Another alignment than this one came out when it was explained." : "The page was made without evidence.";
  return [...out, h("p", { class: "quiet" }, why)];
}

function evidencePair(article, [x, y, found, nulls, rivals]) {
  const languages = `${article.languages[x].name || article.languages[x].code} – ${article.languages[y].name || article.languages[y].code}`;
  const out = [h("h3", null, languages)];
  const place = ([a, b, c, d]) => `${numbered(article, x, a, b)} = ${numbered(article, y, c, d)}`;
  for (const bead of found) {
    const [, , , , posterior, gain, margin, contributions] = bead;
    out.push(h("p", null, h("b", null, place(bead)), ` posterior ${posterior.toFixed(4)}, margin ${signed(margin, "")}, gain ${signed(gain, "+")} nats`));
    // The bars say what the numbers say.
    const most = Math.max(1, ...contributions.map(([, , own]) => Math.abs(own)));
    out.push(h("table", { class: "weights" },
      h("caption", { class: "hidden" }, `Evidence for ${place(bead)}`),
      h("thead", { class: "hidden" }, h("tr", null, ["evidence", "value", "gain in nats"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", null, contributions.slice(0, 10).map(([feature, value, own]) => {
        const name = article.evidence.features[feature];
        const bar = h("span", { class: own < 0 ? "bar against" : "bar" });
        bar.style.width = `${(Math.abs(own) / most) * 100}%`;
        return h("tr", null, h("th", { scope: "row", title: name }, FEATURES[name] || name), h("td", null, signed(value, "")),
          h("td", null, signed(own, "+")), h("td", { class: "gain", role: "presentation" }, bar));
      }))));
  }
  for (const [column, sentence, posterior] of nulls) {
    if (found.length && posterior < 0.001) continue;
    out.push(h("p", null, `${numbered(article, column, sentence, sentence)} without a counterpart: posterior ${posterior.toFixed(4)}`));
  }
  if (rivals.length) {
    // The aligner also looks at clauses: some of those of the same sentences.
    const own = new Set(found.map(place));
    const named = (bead) => (own.has(place(bead)) ? `parts of ${place(bead)}` : place(bead));
    out.push(h("p", { class: "quiet" }, "Instead: ", rivals.map((bead) => `${named(bead)} (${bead[4].toFixed(3)})`).join(", ")));
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
