// What is shown, and when.

function showOverview() {
  if (report.index) {
    location.href = report.index;
    return;
  }
  location.hash = "overview";
}

function turnTo(by) {
  const at = (view.article ? view.article.at : 0) + by;
  if ($(`article-${at}`)) location.hash = String(at + 1);
  else say(by > 0 ? "This is the last bitext of the page." : "This is the first bitext of the page.");
}

/** Goes where the address says: `#3` is the third bitext, `#3.17` its unit 17. */
function route() {
  const [, at, no] = /^#(\d+)(?:\.(\d+))?$/.exec(location.hash) || [];
  const article = at ? open(Number(at) - 1) : rows.length === 1 && location.hash !== "#overview" ? open(0) : null;
  $("overview").hidden = Boolean(article);
  $("work").hidden = !article;
  document.body.classList.toggle("working", Boolean(article));
  $("pager").hidden = rows.length < 2 || !article;
  for (const id of ["undo", "redo"]) $(id).hidden = !article;
  $("to-index").hidden = !article || !(report.index || rows.length > 1 || $("overview").querySelector("figure"));
  if (!article) {
    $("heading").textContent = report.title;
    $("subtitle").textContent = "";
    $("save").disabled = !corrections().length;
    showIndex();
    $("overview").focus({ preventScroll: true });
    return;
  }
  if (view.article !== article) showArticle(article);
  $("previous").disabled = !$(`article-${article.at - 1}`);
  $("next").disabled = !$(`article-${article.at + 1}`);
  if (no) go(article.units[Number(no) - 1], { middle: true });
}

function showArticle(article) {
  view.article = article;
  mark = null;
  view.kept.clear();
  cursor.unit = null;
  $("heading").textContent = article.name || report.title;
  document.title = article.name && article.name !== report.title ? `${article.name} – ${report.title}` : report.title;
  const sources = article.languages.map(({ name, code, source }) => (source && !article.name.includes(source) ? `${name || code}: ${source}` : name || code));
  $("subtitle").textContent = sources.join(" · ");
  const notes = article.warnings.slice();
  if (article.unrelated && !notes.some((note) => note.includes("unrelated"))) notes.unshift("These articles look unrelated.");
  $("notes").replaceChildren(...notes.map((note) => h("p", { class: "note" }, note)), ...draftNote(article));
  const pairs = article.languages.length < 3 ? [] : article.pairs;
  const label = ({ x, y }) => `${article.languages[x].name || article.languages[x].code} – ${article.languages[y].name || article.languages[y].code}`;
  $("pair").replaceChildren(h("option", { value: "" }, pairs.length ? "all" : label(article.pairs[0])),
    ...pairs.map((pair) => h("option", { value: `${pair.x} ${pair.y}` }, label(pair))));
  showKinds();
  showColumns();
}

function showKinds() {
  const { article } = view;
  const all = article.languages.map((_, column) => column);
  const counts = new Map();
  for (const unit of article.units) for (const kind of kindsOf(article, unit, all)) counts.set(kind, (counts.get(kind) || 0) + 1);
  $("kind-list").replaceChildren(...Object.entries(KINDS).map(([kind, name]) => {
    const box = h("input", { type: "checkbox", value: kind, checked: !view.hidden.has(kind) });
    const number = counts.get(kind) || 0;
    return h("label", { class: number ? null : "quiet" }, box, ` ${name} `, h("span", { class: "quiet" }, String(number)));
  }));
}

/** Shows the columns that were chosen, and all rows anew. */
function showColumns() {
  const { article } = view;
  const chosen = $("pair").value.split(" ").filter(Boolean).map(Number);
  view.columns = chosen.length ? chosen : article.languages.map((_, column) => column);
  const cells = view.columns.map((column, at) => {
    const { name, code } = article.languages[column];
    const head = h("div", { role: "columnheader", "aria-colindex": at + 2 }, name || code);
    return at ? [h("span", { class: "gap", "aria-hidden": "true" }), head] : [head];
  });
  $("columns").replaceChildren(h("div", { role: "columnheader", class: "lead", "aria-colindex": 1 }, h("span", { class: "hidden" }, "Unit")), ...cells.flat());
  $("grid").dataset.columns = view.columns.length;
  $("grid").setAttribute("aria-colcount", String(view.columns.length + 1));
  list.known = new WeakMap();
  update({ anew: true, top: 0 });
}

/** Shows what now fits the filters. */
function update({ anew = true, top = null } = {}) {
  select();
  if (!view.place.has(cursor.unit)) cursor.unit = view.shown[0] || null;
  if (!view.columns.includes(cursor.column)) cursor.column = view.columns[0];
  list.held = cursor.unit;
  list.show(view.shown, { anew, top });
  showUnit(cursor.unit);
  showActions();
  showCounts();
}

function onFilter() {
  const bound = (id, other) => ($(id).value === "" || !$(id).checkValidity() ? other : Number($(id).value));
  view.least = bound("least", 0);
  view.most = bound("most", 1);
  view.hidden = new Set([...$("kind-list").querySelectorAll("input:not(:checked)")].map((box) => box.value));
  view.kept.clear();
  update({ top: 0 });
  say(view.shown.length === view.article.units.length ? "All units are shown." : `${count(view.shown.length, "unit")} shown.`);
}

function showAll() {
  $("least").value = "0";
  $("most").value = "1";
  $("query").value = "";
  view.query = "";
  for (const box of $("kind-list").querySelectorAll("input")) box.checked = true;
  $("pair").value = "";
  showColumns();
  onFilter();
}

// Saving, and what was not saved.

const saved = new Map();

function save() {
  const lines = corrections();
  if (!lines.length) return say("There is nothing to save.");
  const link = h("a", { href: URL.createObjectURL(new Blob([`${lines.join("\n")}\n`], { type: "application/jsonl" })), download: `${report.stem}.corrections.jsonl` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  for (const article of opened.values()) saved.set(article.at, correction(article));
  return say(`Saved: ${count(lines.length, "bitext")} with corrections.`);
}

const isSaved = () => [...opened.values()].every((article) => (saved.get(article.at) || null) === correction(article));

const draftKey = (article) => `bitext ${article.text} ${article.id}`;

/** Where the browser keeps nothing, there is no draft. One that was offered stays until it
 * is taken or dropped. */
function keepDraft(article) {
  if (article.offered) return;
  try {
    const line = correction(article);
    if (line) localStorage.setItem(draftKey(article), line);
    else localStorage.removeItem(draftKey(article));
  } catch { /* no storage */ }
}

function draftNote(article) {
  let line = null;
  try { line = localStorage.getItem(draftKey(article)); } catch { /* no storage */ }
  if (!line || line === correction(article)) return [];
  article.offered = line;
  const settled = () => { article.offered = null; note.remove(); keepDraft(article); };
  const takeIt = () => {
    const why = takeLine(article, line);
    if (why) say(`The draft cannot be taken: ${why}`);
    else settled();
  };
  const note = h("p", { class: "note" }, "This browser has a draft of corrections for this bitext; new ones are not kept until you choose. ",
    h("button", { type: "button", onclick: takeIt }, "Take it"), " ",
    h("button", { type: "button", onclick: settled }, "Drop it"));
  return [note];
}

/** Puts a line of corrections in; null, or what is wrong with it. */
function takeLine(article, line) {
  let parsed;
  try { parsed = JSON.parse(line); } catch { return "It is not JSON."; }
  if (!parsed || parsed.format !== "bitext-corrections" || !Array.isArray(parsed.units)) return "It is no line of corrections.";
  if (parsed.format_version > 1) return "It is of a later version.";
  if (parsed.text !== article.text) return "It is for other texts.";
  const why = applyLine(article, parsed);
  if (why) return why;
  if (view.article === article && article.done.length) settle([cursor.column, 0], article.done[article.done.length - 1]);
  keepDraft(article);
  return null;
}

async function load(file) {
  const lines = (await file.text()).split("\n").map((line) => line.replace(/\r$/, ""));
  const here = rows.flatMap((row) => (row.file ? [] : [open(row.at)])).filter(Boolean);
  const wrong = [];
  let taken = 0;
  for (const [at, line] of lines.entries()) {
    if (!line.trim()) continue;
    let meant = null;
    try { meant = JSON.parse(line); } catch { /* told below */ }
    // Copies of one text are told apart by their ids.
    const same = here.filter((article) => meant && article.text === meant.text);
    const article = same.find(({ id }) => id === JSON.stringify(meant.id)) || same[0];
    const why = article ? takeLine(article, line) : meant ? "No bitext of this page is meant." : "It is not JSON.";
    if (why) wrong.push(`Line ${at + 1}: ${why}`);
    else taken++;
  }
  say([`${count(taken, "bitext")} corrected.`, ...wrong.slice(0, 3)].join(" "));
  if (view.article) showCounts();
  else $("save").disabled = !corrections().length;
}

/** The sentence under a pointer: its row, column and place. */
function under(target) {
  const row = target.closest ? target.closest(".row") : null;
  if (!row) return [null, null, null];
  const cell = target.closest(".cell");
  const sentence = target.closest(".sentence");
  return [row, cell && Number(cell.dataset.column), sentence && Number(sentence.dataset.sentence)];
}

const space = $("space");
space.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const [row, at, sentence] = under(event.target);
  light(row, at, sentence);
  if (row) showUnit(view.article.units[Number(row.dataset.no) - 1]);
});
$("scroll").addEventListener("pointerleave", () => { light(null); showUnit(cursor.unit); });
space.addEventListener("click", (event) => {
  const [row, at] = under(event.target);
  // Who marks text with the pointer wants to copy it.
  if (!row || String(getSelection())) return;
  go(view.article.units[Number(row.dataset.no) - 1], { column: at === null ? cursor.column : at });
});
space.addEventListener("focusin", (event) => {
  const [row, at] = under(event.target);
  if (!row) return;
  const unit = view.article.units[Number(row.dataset.no) - 1];
  if (unit !== cursor.unit || (at !== null && at !== cursor.column)) go(unit, { column: at === null ? cursor.column : at });
  light(row, null, null);
});
// The head of the columns leaves room for the bar beside the rows.
new ResizeObserver(() => { $("columns").style.paddingRight = `${$("scroll").offsetWidth - $("scroll").clientWidth}px`; }).observe($("scroll"));
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("change", (event) => {
  if (event.target.id === "pair") showColumns();
  else if (event.target.id !== "query") onFilter();
});
$("kinds").addEventListener("toggle", () => { if ($("kinds").open) showKinds(); });
document.addEventListener("pointerdown", (event) => { if (!$("kinds").contains(event.target)) $("kinds").open = false; });
$("query").addEventListener("input", () => {
  view.query = $("query").value;
  update();
  if (view.hits.length && !view.hits.includes(cursor.unit)) hit(1, false);
});
$("query").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  hit(event.shiftKey ? -1 : 1, false);
});
for (const [id, run] of [["clear", showAll], ["undo", () => travel(-1)], ["redo", () => travel(1)], ["save", save],
  ["to-index", showOverview], ["previous", () => turnTo(-1)], ["next", () => turnTo(1)],
  ["show-help", () => $("help").showModal()], ["load", () => $("file").click()]]) $(id).addEventListener("click", run);
$("more").addEventListener("click", () => {
  const isOpen = $("filters").classList.toggle("open");
  $("more").setAttribute("aria-expanded", String(isOpen));
});
$("file").addEventListener("change", () => { if ($("file").files[0]) load($("file").files[0]); $("file").value = ""; });
NARROW.addEventListener("change", () => { if (view.article) { list.known = new WeakMap(); update({ anew: true }); } });
document.addEventListener("keydown", onKey);
window.addEventListener("hashchange", route);
window.addEventListener("beforeunload", (event) => { if (!isSaved()) event.preventDefault(); });

$("why").open = !NARROW.matches;
buildHelp();
route();
