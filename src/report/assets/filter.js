// Filters and search: which units of the bitext are shown.

const view = {
  article: null,
  /** The languages that are shown, two or three, by their index. */
  columns: [],
  /** The units that are shown, and the index of each in that list. */
  shown: [],
  place: new Map(),
  minConfidence: 0,
  maxConfidence: 1,
  /** The kinds of units that are not shown. */
  hidden: new Set(),
  query: "",
  /** The units that contain the query, in order. */
  hits: [],
  /** Units that stay visible although they do not pass the filters, because they were just corrected. */
  kept: new Set(),
};

/** Normalises text for the search: lower case, without stress marks and soft hyphens. */
const fold = (text) => text.normalize("NFC").toLowerCase().replace(/[\u00ad\u0301]/g, "").replace(/[ʼ’']/g, "'").replace(/\s+/g, " ");

/** The kinds of a unit. It is shown if none of them is hidden. */
function kindsOf(article, unit, columns) {
  const kinds = [];
  const sizes = columns.map((column) => unit.parts[column].length);
  if (isBoilerplate(article, unit)) kinds.push("boilerplate");
  if (sizes.filter((size) => size).length === 1) {
    if (!kinds.length) kinds.push("unaligned");
  } else if (!kinds.length) {
    kinds.push(sizes.every((size) => size === 1) ? "oneToOne" : sizes.some((size) => !size) ? "partial" : "manyToMany");
  }
  if (unit.crossing) kinds.push("crossing");
  kinds.push(unit.place < 0 ? "corrected" : unit.reviewed ? "reviewed" : "unreviewed");
  return kinds;
}

/** The labels of the kinds. */
const KINDS = {
  oneToOne: "one sentence each (1-1)",
  manyToMany: "several sentences (2-1, 1-3, …)",
  partial: "missing in a language (1-·-1)",
  unaligned: "unaligned (no counterpart)",
  boilerplate: "boilerplate (menus, teasers)",
  crossing: "crossing (in another order)",
  corrected: "corrected on this page",
  reviewed: "reviewed",
  unreviewed: "not reviewed",
};

/** Whether a unit contains the query in one of the columns. */
function holds(article, unit, columns, query) {
  article.folded = article.folded || article.sentences.map(() => []);
  return columns.some((column) => unit.parts[column].some((sentence) => {
    const folded = article.folded[column];
    if (folded[sentence] === undefined) folded[sentence] = fold(article.sentences[column][sentence]);
    return folded[sentence].includes(query);
  }));
}

/** Applies the filters and the search. */
function select() {
  const { article, columns, minConfidence, maxConfidence, hidden, kept } = view;
  const query = fold(view.query).trim();
  const fits = (unit) => {
    if (columns.every((column) => !unit.parts[column].length)) return false;
    if (kept.has(unit)) return true;
    const confidence = confidenceIn(article, unit, columns);
    if (confidence < minConfidence || confidence > maxConfidence) return false;
    return !hidden.size || !kindsOf(article, unit, columns).some((kind) => hidden.has(kind));
  };
  view.shown = article.units.filter(fits);
  view.place = new Map(view.shown.map((unit, place) => [unit, place]));
  view.hits = query ? view.shown.filter((unit) => holds(article, unit, columns, query)) : [];
}

const isFiltered = () => view.minConfidence > 0 || view.maxConfidence < 1 || view.hidden.size > 0 || view.columns.length < view.article.languages.length;

/** Highlights the query in a text. White space is folded. */
function marked(text, query) {
  if (!query) return [text];
  // Folding can change the length, so each character is folded separately.
  const characters = [...text];
  const from = [];
  let folded = "";
  characters.forEach((character, at) => {
    let small = fold(character);
    if (small === " " && folded.endsWith(" ")) small = "";
    for (let i = 0; i < small.length; i++) from.push(at);
    folded += small;
  });
  const out = [];
  let end = 0;
  for (let at = folded.indexOf(query); at >= 0; at = folded.indexOf(query, at + query.length)) {
    const first = from[at];
    const last = from[at + query.length - 1] + 1;
    if (first < end) continue;
    out.push(characters.slice(end, first).join(""), h("mark", null, characters.slice(first, last).join("")));
    end = last;
  }
  out.push(characters.slice(end).join(""));
  return out;
}
