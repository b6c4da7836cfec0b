// Printing: all visible units are laid out in full, because a virtual list only has those in view.

/** The most units that are printed, about 200 pages. */
const MAX_PRINTED = 2000;
/** The scroll position of the list before printing. */
let scrollBefore = 0;

function layOutForPaper() {
  const { article, shown, place } = view;
  if (!article || $("work").hidden) return;
  const from = shown.length > MAX_PRINTED && place.has(cursor.unit) ? Math.min(place.get(cursor.unit), shown.length - MAX_PRINTED) : 0;
  const units = shown.slice(from, from + MAX_PRINTED);
  // The print says that units are missing, because it does not show the filters.
  const some = shown.length < article.units.length ? ` that ${units.length === 1 ? "passes" : "pass"} the filters, of ${count(article.units.length, "unit")}` : "";
  const extent = units.length < shown.length
    ? `${count(units.length, "unit")} from the current one, of ${shown.length.toLocaleString("en-GB")}${some}`
    : `${count(units.length, "unit")}${some}`;
  const elements = units.map((unit, at) => buildRow(unit, from + at));
  for (const cell of elements.flatMap((row) => [...row.querySelectorAll("[tabindex]")])) cell.removeAttribute("tabindex");
  $("paper").replaceChildren(h("p", { class: "extent" }, `${extent}.`), ...elements);
  scrollBefore = list.scroll.scrollTop;
  document.body.classList.add("printing");
  drawBands(elements);
}

function backFromPaper() {
  document.body.classList.remove("printing");
  $("paper").replaceChildren();
  list.scroll.scrollTop = scrollBefore;
  list.later();
}

window.addEventListener("beforeprint", layOutForPaper);
window.addEventListener("afterprint", backFromPaper);
