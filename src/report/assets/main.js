// Navigation and events.

function showOverview() {
  if (report.index) {
    location.href = address(report.index);
    return;
  }
  location.hash = "overview";
}

function turnTo(by) {
  const at = (view.article ? view.article.at : 0) + by;
  if ($(`article-${at}`)) location.hash = String(at + 1);
  else say(by > 0 ? "This is the last bitext of this page." : "This is the first bitext of this page.");
}

/** Shows what the address names: `#3` is the third bitext, `#3.17` its unit 17. */
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
  selected = null;
  view.kept.clear();
  cursor.unit = null;
  $("heading").textContent = article.name || report.title;
  document.title = article.name && article.name !== report.title ? `${article.name} – ${report.title}` : report.title;
  // Only file names are shown; the tooltip has the full paths.
  const file = (source) => (source.includes("://") ? source : source.replace(/[/\\]+$/, "").replace(/^.*[/\\]/, ""));
  const told = ({ name, code, source }) => (source && !article.name.includes(file(source)) ? `${name || code}: ${file(source)}` : name || code);
  $("subtitle").textContent = article.languages.map(told).join(" · ");
  $("subtitle").title = article.languages.map(({ source }) => source).filter(Boolean).join("\n");
  const named = (note) => article.languages.reduce((own, { source }) => (source && own.startsWith(`${source}:`) ? file(source) + own.slice(source.length) : own), note);
  const isUnrelated = (note) => note.includes("unrelated");
  let notes = article.warnings.map(named);
  // If all articles look unrelated, say it once.
  if (article.unrelated && notes.filter(isUnrelated).length === article.languages.length) notes = notes.filter((note) => !isUnrelated(note));
  if (article.unrelated && !notes.some(isUnrelated)) notes.unshift("These articles look unrelated.");
  $("notes").replaceChildren(...notes.map((note) => h("p", { class: "note" }, note)), ...draftNote(article));
  const pairs = article.languages.length < 3 ? [] : article.pairs;
  const label = ({ x, y }) => `${article.languages[x].name || article.languages[x].code} – ${article.languages[y].name || article.languages[y].code}`;
  $("pair").replaceChildren(h("option", { value: "" }, pairs.length ? "all languages" : label(article.pairs[0])),
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

/** Shows the selected languages and rebuilds all rows. */
function showColumns() {
  const { article } = view;
  const chosen = $("pair").value.split(" ").filter(Boolean).map(Number);
  view.columns = chosen.length ? chosen : article.languages.map((_, column) => column);
  const cells = view.columns.map((column, at) => {
    const { name, code, dir } = article.languages[column];
    const head = h("div", { role: "columnheader", class: dir, "aria-colindex": at + 2 }, name || code);
    return at ? [h("span", { class: "gap", "aria-hidden": "true" }), head] : [head];
  });
  $("columns").replaceChildren(h("div", { role: "columnheader", class: "lead", "aria-colindex": 1 }, h("span", { class: "hidden" }, "Unit")), ...cells.flat());
  $("grid").dataset.columns = view.columns.length;
  $("grid").setAttribute("aria-colcount", String(view.columns.length + 1));
  list.known = new WeakMap();
  update({ rebuild: true, top: 0 });
}

/** Applies the filters again and shows the result. */
function update({ rebuild = true, top = null } = {}) {
  select();
  if (!view.place.has(cursor.unit)) cursor.unit = view.shown[0] || null;
  if (!view.columns.includes(cursor.column)) cursor.column = view.columns[0];
  list.held = cursor.unit;
  list.show(view.shown, { rebuild, top });
  showUnit(cursor.unit);
  showActions();
  showCounts();
}

function onFilter() {
  const bound = (id, other) => ($(id).value === "" || !$(id).checkValidity() ? other : Number($(id).value));
  view.minConfidence = bound("min-confidence", 0);
  view.maxConfidence = bound("max-confidence", 1);
  view.hidden = new Set([...$("kind-list").querySelectorAll("input:not(:checked)")].map((box) => box.value));
  view.kept.clear();
  update({ top: 0 });
  say(view.shown.length === view.article.units.length ? "All units are visible." : `${count(view.shown.length, "unit")} visible.`);
}

function showAll() {
  $("min-confidence").value = "0";
  $("max-confidence").value = "1";
  $("query").value = "";
  view.query = "";
  for (const box of $("kind-list").querySelectorAll("input")) box.checked = true;
  $("pair").value = "";
  showColumns();
  onFilter();
}

/** The row, column and sentence under the pointer. */
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
  // A click that ends a text selection does not move the cursor.
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
// The column headers leave room for the scroll bar.
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
NARROW.addEventListener("change", () => { if (view.article) { list.known = new WeakMap(); update({ rebuild: true }); } });
document.addEventListener("keydown", onKey);
window.addEventListener("hashchange", route);
// Corrections may have changed on another page meanwhile.
window.addEventListener("pageshow", (event) => { if (event.persisted && !view.article) route(); });
window.addEventListener("storage", () => { if (!$("overview").hidden) showIndex(); });
window.addEventListener("beforeunload", (event) => { if (!isSaved()) event.preventDefault(); });

$("why").open = !NARROW.matches;
buildLegend();
buildHelp();
route();
