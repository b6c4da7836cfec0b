// What of a bitext is shown.

const view = {
  article: null,
  /** Columns shown, two or three. */
  columns: [],
  /** Units shown, and the place of each. */
  shown: [],
  place: new Map(),
  least: 0,
  most: 1,
  /** Kinds that are not shown. */
  hidden: new Set(),
  query: "",
  /** Units that hold the query, in order. */
  hits: [],
  /** Units that stay though they do not fit, since they were just corrected. */
  kept: new Set(),
};

/** Letters as search sees them: small, without stress marks and soft hyphens. */
const fold = (text) => text.normalize("NFC").toLowerCase().replace(/[\u00ad\u0301]/g, "").replace(/[ʼ’']/g, "'").replace(/\s+/g, " ");

/** The kinds that a unit is of; it is shown unless one of them is hidden. */
function kindsOf(article, unit, columns) {
  const kinds = [];
  const sizes = columns.map((column) => unit.parts[column].length);
  if (isDebris(article, unit)) kinds.push("debris");
  if (sizes.filter((size) => size).length === 1) {
    if (!kinds.length) kinds.push("alone");
  } else if (!kinds.length) {
    kinds.push(sizes.every((size) => size === 1) ? "even" : sizes.some((size) => !size) ? "part" : "uneven");
  }
  if (unit.moved) kinds.push("moved");
  kinds.push(unit.orig < 0 ? "corrected" : unit.checked ? "checked" : "unchecked");
  return kinds;
}

const KINDS = {
  even: "one sentence each (1-1)",
  uneven: "several (2-1, 1-3, …)",
  part: "not in all languages (1-·-1)",
  alone: "without a counterpart",
  debris: "site text (menus, teasers)",
  moved: "stands elsewhere",
  corrected: "corrected here",
  checked: "checked",
  unchecked: "not checked",
};

function holds(article, unit, columns, query) {
  article.folded = article.folded || article.sentences.map(() => []);
  return columns.some((column) => unit.parts[column].some((sentence) => {
    const folded = article.folded[column];
    if (folded[sentence] === undefined) folded[sentence] = fold(article.sentences[column][sentence]);
    return folded[sentence].includes(query);
  }));
}

/** Finds anew what is shown. */
function select() {
  const { article, columns, least, most, hidden, kept } = view;
  const query = fold(view.query).trim();
  const fits = (unit) => {
    if (columns.every((column) => !unit.parts[column].length)) return false;
    if (kept.has(unit)) return true;
    const confidence = confidenceIn(article, unit, columns);
    if (confidence < least || confidence > most) return false;
    return !hidden.size || !kindsOf(article, unit, columns).some((kind) => hidden.has(kind));
  };
  view.shown = article.units.filter(fits);
  view.place = new Map(view.shown.map((unit, place) => [unit, place]));
  view.hits = query ? view.shown.filter((unit) => holds(article, unit, columns, query)) : [];
}

const isFiltered = () => view.least > 0 || view.most < 1 || view.hidden.size > 0 || view.columns.length < view.article.languages.length;

/** A text with the places of the query marked; white space does not matter in a search. */
function marked(text, query) {
  if (!query) return [text];
  // Folding may change lengths, so each character is folded alone.
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
