// On paper: rows one below the other, as a list that scrolls would show its view only.

/** Rows that are printed at most: some 200 pages. */
const PAPER = 2000;
/** Where the list was. */
let left = 0;

function layOutForPaper() {
  const { article, shown, place } = view;
  if (!article || $("work").hidden) return;
  const from = shown.length > PAPER && place.has(cursor.unit) ? Math.min(place.get(cursor.unit), shown.length - PAPER) : 0;
  const units = shown.slice(from, from + PAPER);
  // What is read on paper is read without its filters.
  const some = shown.length < article.units.length ? ` that are shown, of ${count(article.units.length, "unit")}` : "";
  const told = units.length < shown.length
    ? `${count(units.length, "unit")} from the one that was chosen, of ${shown.length.toLocaleString("en-GB")}${some}`
    : `${count(units.length, "unit")}${some}`;
  const elements = units.map((unit, at) => buildRow(unit, from + at));
  for (const cell of elements.flatMap((row) => [...row.querySelectorAll("[tabindex]")])) cell.removeAttribute("tabindex");
  $("paper").replaceChildren(h("p", { class: "extent" }, `${told}.`), ...elements);
  left = list.scroll.scrollTop;
  document.body.classList.add("printing");
  drawBands(elements);
}

function backFromPaper() {
  document.body.classList.remove("printing");
  $("paper").replaceChildren();
  list.scroll.scrollTop = left;
  list.later();
}

window.addEventListener("beforeprint", layOutForPaper);
window.addEventListener("afterprint", backFromPaper);
