// The table of filters, with thresholds that can be changed.

const number = (value) => value.toLocaleString("en-GB");
const percent = (share) => `${(share * 100).toFixed(share > 0 && share < 0.01 ? 2 : 1)} %`;

function showFacts() {
  const sets = new Map();
  for (const [set, , rows] of CORPUS.sets) sets.set(set, (sets.get(set) || 0) + rows);
  const facts = [["rows before filters", CORPUS.rows], ["rows kept", CORPUS.kept], ...[...sets].map(([set, rows]) => [`rows in ${set}`, rows])];
  $("facts").append(...facts.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, number(value)))));
  const languages = [...new Set(CORPUS.sets.map(([, codes]) => codes))];
  $("subtitle").textContent = `${percent(CORPUS.kept / Math.max(CORPUS.rows, 1))} of the rows kept · ${languages.join(", ")}`;
  $("filters-about").textContent = SAMPLE.length < CORPUS.rows
    ? `Numbers of rows are of the whole training set. Change a threshold, and the last columns show the effect on a sample of ${number(SAMPLE.length)} rows.`
    : "Change a threshold, and the last columns show the effect on the rows.";
}

let cells = [];

function showFilters() {
  let left = CORPUS.rows;
  cells = [];
  const body = REASONS.map((reason, at) => {
    left -= reason.first;
    const cell = { now: h("td", { class: "number" }), change: h("td", { class: "number" }) };
    cells.push(cell);
    const input = reason.setting && h("input", {
      type: "number", step: "any", min: "0", value: reason.threshold, placeholder: "off", "aria-label": `${reason.setting}, empty for off`,
      oninput: (event) => { thresholds[at] = event.target.value === "" ? null : Number(event.target.value); update(); },
    });
    cell.input = input;
    const seen = CORPUS.examples[reason.code];
    const name = seen ? h("button", { type: "button", class: "link", title: "Show examples", onclick: () => choose(reason.code) }, reason.code) : reason.code;
    return h("tr", { id: `filter-${reason.code}`, class: reason.rejected ? null : "quiet-row" },
      h("th", { scope: "row" }, name),
      h("td", null, input ? [h("span", { class: "quiet" }, reason.minimum ? "at least " : "at most "), input] : "compares rows"),
      h("td", { class: "number" }, number(reason.rejected)),
      h("td", { class: "number" }, number(reason.alone)),
      h("td", { class: "number" }, number(left)),
      cell.now, cell.change);
  });
  const heads = ["Filter", "Threshold", "Rows dropped", "by it alone", "Rows left after it", "Sample: dropped", "with the new thresholds"];
  $("filter-table").replaceChildren(h("table", { class: "index" },
    h("caption", { class: "hidden" }, "What each filter drops, in the order of the filters"),
    h("thead", null, h("tr", null, heads.map((head, at) => h("th", { scope: "col", class: at > 1 ? "number" : null }, head)))),
    h("tbody", null, body)));
}

/** Shows the effect of the thresholds. */
function update() {
  const { now, dropped, kept } = changes();
  const changed = isChanged();
  REASONS.forEach((reason, at) => {
    const [before, after] = [SAMPLE.filter((row) => row.dropped.includes(at)).length, now.filter((all) => all.includes(at)).length];
    cells[at].now.textContent = number(before);
    cells[at].change.textContent = changed ? number(after) : "";
    cells[at].change.classList.toggle("changed", changed && before !== after);
  });
  const share = now.filter((all) => all.length === 0).length / Math.max(SAMPLE.length, 1);
  const about = SAMPLE.length < CORPUS.rows ? "about " : "";
  $("effect").textContent = changed
    ? `With these thresholds, ${about}${number(Math.round(share * CORPUS.rows))} of ${number(CORPUS.rows)} rows are kept (${percent(share)}); in the sample, ${count(kept.length, "row")} more and ${count(dropped.length, "row")} fewer than now.`
    : "";
  $("reset").disabled = !changed;
  $("toml").textContent = toml();
  showChoices(dropped, kept);
}

function reset() {
  REASONS.forEach((reason, at) => {
    thresholds[at] = reason.threshold;
    if (cells[at].input) cells[at].input.value = reason.threshold === null ? "" : reason.threshold;
  });
  update();
}
