// Rows with their texts, as examples and in their documents.

/** Rows that are shown at once. */
const STEP = 20;

/** A row of the training set. `reasons` are the indexes of the reasons against it. */
function rowElement(row, reasons = row.dropped) {
  const facts = [row.set || "dropped"];
  if (row.confidence !== null) facts.push(`confidence ${two(row.confidence)}`);
  if (row.score !== null) facts.push(`score ${row.score.toFixed(2)}`);
  const why = reasons.map((at) => {
    const score = row.scores[at];
    return h("span", { class: "tag" }, REASONS[at].code, score === null ? false : ` ${Number(score.toFixed(3))}`);
  });
  return h("article", { class: reasons.length ? "row dropped" : "row" },
    h("p", { class: "facts-of-row" }, row.id ? h("span", { class: "id" }, row.id) : false, ` ${facts.join(" · ")} `, why),
    h("div", { class: "texts" }, row.texts.map(({ language, text, length }) =>
      h("p", { lang: language, dir: "auto" }, text, length ? h("span", { class: "quiet" }, `… (${count(length, "character")})`) : false))));
}

/** Shows a list of rows, some at a time. */
function showRows(place, rows, reasons) {
  place.replaceChildren();
  let shown = 0;
  const more = h("button", { type: "button", onclick: () => add() });
  const add = () => {
    more.remove();
    place.append(...rows.slice(shown, shown + STEP).map((row) => rowElement(row, reasons ? reasons(row) : undefined)));
    shown = Math.min(shown + STEP, rows.length);
    if (shown < rows.length) {
      more.textContent = `Show more (${number(rows.length - shown)} left)`;
      place.append(more);
    }
  };
  add();
}

/** The lists of examples by name. */
let lists = new Map();

function showChoices(dropped, kept) {
  const chosen = $("which").value;
  lists = new Map([["kept", ["kept rows", CORPUS.keptExamples.map((at) => ROWS[at])]]]);
  for (const reason of REASONS) {
    const places = CORPUS.examples[reason.code];
    if (places) lists.set(reason.code, [`${reason.code}, ${count(reason.rejected, "row")}`, places.map((at) => ROWS[at])]);
  }
  if (isChanged()) {
    lists.set("newly dropped", [`newly dropped, ${number(dropped.length)} in the sample`, dropped, reasonsOf]);
    lists.set("newly kept", [`newly kept, ${number(kept.length)} in the sample`, kept, reasonsOf]);
  }
  $("which").replaceChildren(...[...lists].map(([name, [label]]) => h("option", { value: name }, label)));
  $("which").value = lists.has(chosen) ? chosen : "kept";
  showExamples();
}

function showExamples() {
  const [, rows, reasons] = lists.get($("which").value);
  $("shown").textContent = count(rows.length, "example");
  showRows($("example-rows"), rows, reasons && ((row) => reasons(row)));
}

/** Shows the examples of a reason. */
function choose(name) {
  $("which").value = name;
  showExamples();
  $("examples").scrollIntoView();
  $("which").focus({ preventScroll: true });
}

function showDocuments() {
  const all = CORPUS.documents;
  $("documents").hidden = all.length === 0;
  $("documents-about").textContent = `A sample of ${count(all.length, "document")}, each with its rows in order: kept, and dropped with the reasons.`;
  $("document").append(...all.map(([id, kept, dropped], at) => h("option", { value: at }, `${id} (${number(kept)} kept, ${number(dropped)} dropped)`)));
  $("document").addEventListener("change", showLanguages);
  $("languages").addEventListener("change", showDocument);
  if (all.length) showLanguages();
}

const languagesOf = (row) => row.texts.map(({ language }) => language).join("-");
const documentRows = () => CORPUS.documents[Number($("document").value)][3].map((at) => ROWS[at]);

function showLanguages() {
  const chosen = $("languages").value;
  const names = [...new Set(documentRows().map(languagesOf))];
  $("languages").replaceChildren(...names.map((name) => h("option", null, name)));
  if (names.includes(chosen)) $("languages").value = chosen;
  showDocument();
}

function showDocument() {
  showRows($("document-rows"), documentRows().filter((row) => languagesOf(row) === $("languages").value));
}
