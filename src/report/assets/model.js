// The bitexts of the page and the state of their corrections.

const report = JSON.parse($("report").textContent);
/**
 * The rows of the overview. Several bitexts of a page can have the same text; `copy` counts them
 * from 0.
 */
const copies = new Map();
const rows = report.rows.map(([name, text, at, file, counts, mean, unrelated], no) => {
  const [sentences, units, linked, unaligned, doubtful, reviewed] = counts;
  const place = `${text} ${file}`;
  const copy = copies.get(place) || 0;
  copies.set(place, copy + 1);
  return { no, name, text, at, file, copy, sentences, units, linked, unaligned, doubtful, reviewed, mean, unrelated };
});

/** The address of another page of the report, with its name escaped. */
const address = (file) => `./${encodeURIComponent(file)}`;

/** The bitexts that were opened so far, by their index in the page. */
const opened = new Map();

/**
 * Opens a bitext of the page. The fields of a unit:
 * - `parts`: the sentences by column;
 * - `reviewedInFile`: whether it is marked as reviewed in the file;
 * - `place`: its index in the file, or -1 if the reviewer created it;
 * - `no`: its number in the list, from 1.
 */
function open(at) {
  if (opened.has(at)) return opened.get(at);
  const element = $(`article-${at}`);
  if (!element) return null;
  const data = JSON.parse(element.textContent);
  const read = ([parts, score, confidence, flags], place) => ({
    parts, score, confidence, crossing: (flags & 1) > 0, reviewed: (flags & 2) > 0, reviewedInFile: (flags & 2) > 0, place, no: place + 1,
  });
  const article = {
    at,
    name: rows[at] ? rows[at].name : "",
    id: data.id,
    text: data.text,
    languages: data.languages,
    sentences: data.sentences,
    headings: data.kinds.map(([headings]) => new Set(headings)),
    boilerplate: data.kinds.map(([, boilerplate]) => new Set(boilerplate)),
    original: data.units.map(read),
    pairs: data.pairs.map(([x, y, beads]) => ({ x, y, beads: beads.map(read) })),
    unrelated: data.unrelated,
    warnings: data.warnings,
    fingerprint: data.fingerprint,
    evidence: data.evidence || null,
    done: [],
    undone: [],
  };
  article.units = article.original.slice();
  article.byKey = new Map(article.original.map((unit) => [key(unit.parts), unit]));
  article.unitOf = article.sentences.map((all) => new Array(all.length));
  for (const unit of article.units) locate(article, unit);
  for (const pair of article.pairs) {
    pair.of = article.sentences[pair.x].map(() => []);
    for (const bead of pair.beads) for (const sentence of bead.parts[0]) pair.of[sentence].push(bead);
  }
  opened.set(at, article);
  return article;
}

const key = (parts) => JSON.stringify(parts);

function locate(article, unit) {
  unit.parts.forEach((part, column) => part.forEach((sentence) => { article.unitOf[column][sentence] = unit; }));
}

const languagesOf = (unit) => unit.parts.map((part, column) => (part.length ? column : -1)).filter((column) => column >= 0);
const isNull = (unit) => languagesOf(unit).length === 1;

/** Whether all sentences of a unit are boilerplate. */
function isBoilerplate(article, unit) {
  return unit.parts.every((part, column) => part.every((sentence) => article.boilerplate[column].has(sentence)));
}

/** The number of sentences in each column: 1-2-·. */
const shape = (unit, columns) => columns.map((column) => unit.parts[column].length || "·").join("-");

/**
 * The beads of a unit in columns x < y. If the reviewer created the unit, or if the two languages
 * are linked only through the third, one bead has all sentences.
 */
function beads(article, unit, x, y) {
  if (!unit.parts[x].length || !unit.parts[y].length) return [];
  if (unit.place < 0) {
    return [{ parts: [unit.parts[x], unit.parts[y]], score: null, confidence: 1, crossing: unit.crossing, made: true }];
  }
  const pair = article.pairs.find((one) => one.x === x && one.y === y);
  const all = pair ? unit.parts[x].flatMap((sentence) => pair.of[sentence]) : [];
  if (!all.length) {
    return [{ parts: [unit.parts[x], unit.parts[y]], score: null, confidence: unit.confidence, crossing: unit.crossing, implied: true }];
  }
  return all.filter((bead, place) => all.indexOf(bead) === place);
}

/** The confidence of a unit. If two of three columns are shown, the least confidence of its beads. */
function confidenceIn(article, unit, columns) {
  if (unit.reviewed || unit.place < 0) return 1;
  if (columns.length === article.languages.length) return unit.confidence;
  const found = beads(article, unit, columns[0], columns[1]);
  return found.length ? Math.min(...found.map((bead) => bead.confidence)) : unit.confidence;
}

/** Whether the reviewer created or confirmed the unit on this page. */
const isTouched = (unit) => unit.place < 0 || unit.reviewed !== unit.reviewedInFile;

/** The corrections of a bitext as a line of JSON, or null without corrections. */
function correction(article) {
  const touched = article.units.filter(isTouched);
  if (!touched.length) return null;
  const units = touched.map((unit) => {
    const parts = languagesOf(unit).map((column) => [article.languages[column].code, unit.parts[column]]);
    return { ...Object.fromEntries(parts), ...(unit.crossing ? { crossing: true } : {}) };
  });
  const rest = JSON.stringify({ text: article.text, units });
  // The id is copied as text, because JavaScript numbers lose digits.
  return `{"format":"bitext-corrections","format_version":1,"id":${article.id},${rest.slice(1)}`;
}

const corrections = () => [...opened.values()].sort((a, b) => a.at - b.at).map(correction).filter((line) => line !== null);
