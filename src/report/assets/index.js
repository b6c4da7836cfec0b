// The overview: a sortable table of all bitexts, worst first.

const PAGE = 100;
const order = { by: "worst", down: false, from: 0, name: "", drafts: false };

const ORDERS = {
  worst: (row) => [row.unrelated ? 0 : 1, row.linked ? row.mean : 0, row.linked / Math.max(1, row.units)],
  name: (row) => [row.name],
  sentences: (row) => [row.sentences],
  units: (row) => [row.units],
  unaligned: (row) => [row.unaligned],
  doubtful: (row) => [row.doubtful],
  mean: (row) => [row.mean],
  reviewed: (row) => [row.reviewed],
};
const HEADS = [
  ["name", "Bitext"], ["sentences", "Sentences"], ["units", "Units"], ["unaligned", "Unaligned"],
  ["doubtful", "Doubtful"], ["reviewed", "Reviewed"], ["mean", "Mean confidence"],
];
/** Columns that are hidden on narrow screens. */
const WIDE_ONLY = new Set(["sentences", "unaligned", "reviewed"]);
const numeric = (what) => (WIDE_ONLY.has(what) ? "number less" : "number");

function compare(a, b) {
  for (const [at, value] of a.entries()) {
    if (value !== b[at]) return value < b[at] ? -1 : 1;
  }
  return 0;
}

function showIndex() {
  const wanted = fold(order.name).trim();
  const value = ORDERS[order.by];
  const drafts = unsaved();
  if (!drafts.size) order.drafts = false;
  const all = rows.filter((row) => (!wanted || fold(row.name).includes(wanted)) && (!order.drafts || drafts.has(row)));
  all.sort((a, b) => (order.down ? compare(value(b), value(a)) : compare(value(a), value(b))) || a.no - b.no);
  order.from = Math.min(order.from, Math.max(0, Math.floor((all.length - 1) / PAGE) * PAGE));
  const page = all.slice(order.from, order.from + PAGE);
  const head = ([by, label]) => {
    const sort = order.by === by ? (order.down ? "descending" : "ascending") : null;
    const turn = () => {
      order.down = order.by === by ? !order.down : by !== "name" && by !== "mean";
      order.by = by;
      order.from = 0;
      showIndex();
      $(`by-${by}`).focus();
    };
    return h("th", { scope: "col", "aria-sort": sort, class: by === "name" ? null : numeric(by) },
      h("button", { type: "button", id: `by-${by}`, onclick: turn }, label, sort ? (order.down ? " ↓" : " ↑") : ""));
  };
  const line = (row) => h("tr", null,
    h("th", { scope: "row" }, h("a", { href: `${row.file ? address(row.file) : ""}#${row.at + 1}` }, row.name), row.unrelated ? h("span", { class: "tag" }, "unrelated") : null,
      drafts.has(row) ? h("span", { class: "tag draft" }, "unsaved") : null),
    ["sentences", "units", "unaligned", "doubtful", "reviewed"].map((what) => h("td", { class: numeric(what) }, row[what].toLocaleString("en-GB"))),
    h("td", { class: "number mean" }, row.linked ? h("span", { class: `badge c${grade(row.mean)}` }, h("span", { class: "swatch" }), two(row.mean)) : "–"));
  const turn = (step) => () => { order.from += step * PAGE; showIndex(); $("overview").querySelector("h2").scrollIntoView(); };
  const focused = document.activeElement && document.activeElement.id;
  $("table").replaceChildren(
    h("div", { class: "table-head" },
      h("h2", null, order.by === "worst" ? "Bitexts, worst first" : "Bitexts"),
      h("label", null, "Name ", h("input", { type: "search", id: "name", value: order.name, oninput: (event) => { order.name = event.target.value; order.from = 0; showIndex(); } })),
      order.by === "worst" ? null : h("button", { type: "button", onclick: () => { order.by = "worst"; order.down = false; order.from = 0; showIndex(); } }, "Worst first"),
      !drafts.size ? null : h("button", { type: "button", id: "drafts", "aria-pressed": String(order.drafts), onclick: () => { order.drafts = !order.drafts; order.from = 0; showIndex(); $("drafts").focus(); } },
        `${drafts.size.toLocaleString("en-GB")} with unsaved corrections`)),
    h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": "Table of bitexts" },
      h("table", { class: "index" }, h("thead", null, h("tr", null, HEADS.map(head))), h("tbody", null, page.map(line)))),
    h("p", { class: "pages" },
      h("button", { type: "button", disabled: order.from === 0, onclick: turn(-1) }, "Previous"),
      ` ${all.length ? order.from + 1 : 0} to ${order.from + page.length} of ${all.length.toLocaleString("en-GB")} `,
      h("button", { type: "button", disabled: order.from + PAGE >= all.length, onclick: turn(1) }, "Next")));
  if (focused === "name") {
    const field = $("name");
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }
}
