// The rows of units and the bands that link their sentences.

/** The current unit and column, which have the focus. */
const cursor = { unit: null, column: 0 };
/** The unit that is selected to be joined with another one. */
let selected = null;

const NARROW = window.matchMedia("screen and (max-width: 760px)");

/** The signs of units, for rows and the legend. */
const MARKS = [["↕", "crossing"], ["✎", "corrected"], ["✓", "reviewed"], ["⊕", "selected to be joined"]];

/** The signs of a unit. */
function marksOf(unit) {
  const [crossing, corrected, reviewed, toJoin] = MARKS;
  const marks = [];
  if (unit.crossing) marks.push(crossing);
  if (unit.place < 0) marks.push(corrected);
  else if (unit.reviewed) marks.push(reviewed);
  if (unit === selected) marks.push(toJoin);
  return marks;
}

function buildRow(unit, place) {
  const { article, columns } = view;
  const confidence = confidenceIn(article, unit, columns);
  const boilerplate = isBoilerplate(article, unit);
  const unaligned = columns.filter((column) => unit.parts[column].length).length === 1;
  const query = fold(view.query).trim();
  const lead = h("div", { class: "lead", role: "rowheader" },
    h("span", { class: "no" }, String(unit.no)),
    h("span", { class: "confidence", title: `Confidence ${confidence} (${GRADES[grade(confidence)]}). ${TERMS.confidence}` }, two(confidence)),
    h("span", { class: "shape", title: boilerplate ? "Text that the site puts around its articles" : unaligned ? "No counterpart" : TERMS["sentences per language"] }, boilerplate ? "boilerplate" : unaligned ? "unaligned" : shape(unit, columns)),
    h("span", { class: "marks" }, marksOf(unit).map(([sign, what]) => h("span", { title: what, role: "img", "aria-label": what }, sign))));
  const cells = columns.map((column, at) => {
    const { code, name, dir } = article.languages[column];
    const sentences = unit.parts[column].map((sentence) => {
      const kind = article.boilerplate[column].has(sentence) ? "boilerplate" : article.headings[column].has(sentence) ? "heading" : null;
      return h("span", { class: kind ? `sentence ${kind}` : "sentence", "data-sentence": sentence },
        marked(article.sentences[column][sentence].trim(), query));
    });
    const through = !sentences.length && at > 0 && at + 1 < columns.length
      && unit.parts[columns[at - 1]].length > 0 && unit.parts[columns[at + 1]].length > 0;
    return h("div", {
      class: `cell${sentences.length ? "" : " empty"}${through ? " through" : ""}`,
      role: "gridcell", tabindex: unit === cursor.unit && column === cursor.column ? 0 : -1, "data-column": column,
      "aria-colindex": at + 2, "data-name": name || code,
    }, sentences.length ? h("div", { class: "text", lang: code, dir }, sentences)
      : h("span", { class: "nothing" }, h("span", { class: "hidden" }, `nothing in ${name || code}`)));
  });
  const parts = cells.flatMap((cell, at) => (at ? [svg("svg", { class: "band", "aria-hidden": "true" }), cell] : [cell]));
  const classes = ["row", `c${grade(confidence)}`];
  if (unaligned) classes.push("unaligned");
  if (boilerplate) classes.push("boilerplate-unit");
  if (unit === cursor.unit) classes.push("current");
  return h("div", { class: classes.join(" "), role: "row", "aria-rowindex": place + 2, "data-no": unit.no }, lead, parts);
}

/** Estimates the height of a row from the length of its text and the width of its columns. */
function guessHeight(unit) {
  const width = $("scroll").clientWidth || 1000;
  const size = (column) => unit.parts[column].reduce((sum, sentence) => sum + view.article.sentences[column][sentence].length + 4, 0);
  if (NARROW.matches) {
    const lines = (column) => (unit.parts[column].length ? Math.ceil(size(column) / ((width - 40) / 7.6)) * 24 + 26 : 0);
    return view.columns.reduce((sum, column) => sum + lines(column), 44);
  }
  const column = (width - 110 - (view.columns.length - 1) * 40) / view.columns.length - 20;
  const lines = (at) => Math.ceil(size(at) / Math.max(8, column / 7.4));
  return Math.max(...view.columns.map(lines), 1) * 23.2 + 22;
}

/** Draws the bands of rows. It measures all of them before it draws, to avoid repeated layouts. */
function drawBands(elements) {
  if (NARROW.matches) return;
  const { article, columns } = view;
  const todo = [];
  for (const element of elements) {
    const unit = article.units[Number(element.dataset.no) - 1];
    if (!unit) continue;
    const box = element.getBoundingClientRect();
    const extent = (column, sentences) => {
      const cell = element.querySelector(`[data-column="${column}"]`);
      const spans = sentences.map((sentence) => cell.querySelector(`[data-sentence="${sentence}"]`)).filter(Boolean);
      if (!spans.length) return null;
      const boxes = spans.map((span) => span.getBoundingClientRect());
      return [Math.min(...boxes.map((one) => one.top)) - box.top, Math.max(...boxes.map((one) => one.bottom)) - box.top];
    };
    const bands = element.querySelectorAll(".band");
    columns.slice(1).forEach((right, at) => {
      const left = columns[at];
      const shapes = beads(article, unit, left, right).map((bead) => ({
        bead, from: extent(left, bead.parts[0]), to: extent(right, bead.parts[1]),
      }));
      todo.push({ band: bands[at], width: bands[at].getBoundingClientRect().width, height: box.height, shapes });
    });
    // The middle column is empty: the band continues through it.
    if (columns.length === 3 && !unit.parts[columns[1]].length) {
      for (const bead of beads(article, unit, columns[0], columns[2])) {
        const middle = [box.height / 2 - 5, box.height / 2 + 5];
        todo[todo.length - 2].shapes.push({ bead, from: extent(columns[0], bead.parts[0]), to: middle });
        todo[todo.length - 1].shapes.push({ bead, from: middle, to: extent(columns[2], bead.parts[1]) });
      }
    }
  }
  for (const { band, width, height, shapes } of todo) {
    band.setAttribute("viewBox", `0 0 ${width} ${height}`);
    band.setAttribute("preserveAspectRatio", "none");
    band.replaceChildren(...shapes.filter(({ from, to }) => from && to).map(({ bead, from, to }) => {
      const [a, b] = from;
      const [c, d] = to;
      const half = width / 2;
      const path = `M0 ${a}C${half} ${a} ${half} ${c} ${width} ${c}V${d}C${half} ${d} ${half} ${b} 0 ${b}Z`;
      return svg("path", { d: path, class: `bead c${grade(bead.confidence)}${bead.crossing ? " crossing" : ""}${bead.implied ? " implied" : ""}` });
    }));
  }
}

const list = new List($("scroll"), $("space"), { guess: guessHeight, build: buildRow, drawn: drawBands });

/** Highlights a row, and the sentences that a sentence is linked with. */
function light(row, column, sentence) {
  for (const lit of document.querySelectorAll(".sentence.lit")) lit.classList.remove("lit");
  for (const lit of document.querySelectorAll(".row.lit")) lit.classList.remove("lit");
  if (!row) return;
  row.classList.add("lit");
  const unit = view.article.units[Number(row.dataset.no) - 1];
  if (!unit || sentence === null) return;
  const all = [[column, sentence]];
  for (const { x, y } of view.article.pairs) {
    for (const bead of beads(view.article, unit, x, y)) {
      const own = column === x ? bead.parts[0] : column === y ? bead.parts[1] : [];
      if (!own.includes(sentence)) continue;
      all.push(...bead.parts[0].map((at) => [x, at]), ...bead.parts[1].map((at) => [y, at]));
    }
  }
  for (const [at, own] of all) {
    const span = row.querySelector(`[data-column="${at}"] [data-sentence="${own}"]`);
    if (span) span.classList.add("lit");
  }
}

/** Rebuilds the row of a unit. */
function refresh(unit) {
  if (!unit || !list.elements.has(unit)) return;
  list.elements.get(unit).remove();
  list.elements.delete(unit);
  list.known.delete(unit);
  list.draw();
}

/** Moves the cursor to a unit. */
function go(unit, { column = cursor.column, focus = true, middle = false } = {}) {
  if (!unit || !view.place.has(unit)) return;
  if (!view.columns.includes(column)) column = view.columns[0];
  const before = cursor.unit && list.elements.get(cursor.unit);
  if (before) {
    before.classList.remove("current");
    for (const cell of before.querySelectorAll(".cell")) cell.tabIndex = -1;
  }
  cursor.unit = unit;
  cursor.column = column;
  const row = list.reveal(unit, { middle });
  if (row) {
    row.classList.add("current");
    for (const cell of row.querySelectorAll(".cell")) cell.tabIndex = Number(cell.dataset.column) === column ? 0 : -1;
    const cell = row.querySelector(`[data-column="${column}"]`);
    if (focus && cell) cell.focus({ preventScroll: true });
  }
  showUnit(unit);
  showActions();
}
