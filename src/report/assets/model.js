// The bitexts of the page, and what a person has made of them.

const report = JSON.parse($("report").textContent);
/**
 * Rows of the index: name, key of the text, place in its page, page, counts, mean confidence,
 * unrelated; and which of the bitexts of that page with that text it is.
 */
const copies = new Map();
const rows = report.rows.map(([name, text, at, file, counts, mean, unrelated], no) => {
  const [sentences, units, linked, alone, doubtful, checked] = counts;
  const place = `${text} ${file}`;
  const copy = copies.get(place) || 0;
  copies.set(place, copy + 1);
  return { no, name, text, at, file, copy, sentences, units, linked, alone, doubtful, checked, mean, unrelated };
});

/** The address of another page of the report, whatever its name is. */
const address = (file) => `./${encodeURIComponent(file)}`;

/** Bitexts that were opened, by place. */
const opened = new Map();

/**
 * A bitext of the page. A unit is {parts, score, confidence, moved, checked, was, orig, no}: the
 * sentences by column, whether it was checked in the file, its place in the file or -1 for
 * one that a person has made, its number in the list from 1.
 */
function open(at) {
  if (opened.has(at)) return opened.get(at);
  const element = $(`article-${at}`);
  if (!element) return null;
  const data = JSON.parse(element.textContent);
  const read = ([parts, score, confidence, flags], orig) => ({
    parts, score, confidence, moved: (flags & 1) > 0, checked: (flags & 2) > 0, was: (flags & 2) > 0, orig, no: orig + 1,
  });
  const article = {
    at,
    name: rows[at] ? rows[at].name : "",
    id: data.id,
    text: data.text,
    languages: data.languages,
    sentences: data.sentences,
    headings: data.kinds.map(([headings]) => new Set(headings)),
    debris: data.kinds.map(([, debris]) => new Set(debris)),
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

/** Whether all of a unit is what the site put there. */
function isDebris(article, unit) {
  return unit.parts.every((part, column) => part.every((sentence) => article.debris[column].has(sentence)));
}

/** The unit's shape over some columns: 1-2-·. */
const shape = (unit, columns) => columns.map((column) => unit.parts[column].length || "·").join("-");

/**
 * The beads of a unit in two columns, x before y: one of all where a person has made the unit, or
 * where the two were not aligned with each other, but by way of a third language or as a whole.
 */
function beads(article, unit, x, y) {
  if (!unit.parts[x].length || !unit.parts[y].length) return [];
  if (unit.orig < 0) {
    return [{ parts: [unit.parts[x], unit.parts[y]], score: null, confidence: 1, moved: unit.moved, made: true }];
  }
  const pair = article.pairs.find((one) => one.x === x && one.y === y);
  const all = pair ? unit.parts[x].flatMap((sentence) => pair.of[sentence]) : [];
  if (!all.length) {
    return [{ parts: [unit.parts[x], unit.parts[y]], score: null, confidence: unit.confidence, moved: unit.moved, implied: true }];
  }
  return all.filter((bead, place) => all.indexOf(bead) === place);
}

/** The confidence of a unit, or of its beads where two columns of three are shown. */
function confidenceIn(article, unit, columns) {
  if (unit.checked || unit.orig < 0) return 1;
  if (columns.length === article.languages.length) return unit.confidence;
  const found = beads(article, unit, columns[0], columns[1]);
  return found.length ? Math.min(...found.map((bead) => bead.confidence)) : unit.confidence;
}

/** Whether a person has made or confirmed it, on this page. */
const isTouched = (unit) => unit.orig < 0 || unit.checked !== unit.was;

/** The line of a bitext's corrections, or null where there are none. */
function correction(article) {
  const touched = article.units.filter(isTouched);
  if (!touched.length) return null;
  const units = touched.map((unit) => {
    const parts = languagesOf(unit).map((column) => [article.languages[column].code, unit.parts[column]]);
    return { ...Object.fromEntries(parts), ...(unit.moved ? { crossing: true } : {}) };
  });
  const rest = JSON.stringify({ text: article.text, units });
  // The id goes in as it came: a number of a script would lose digits.
  return `{"format":"bitext-corrections","format_version":1,"id":${article.id},${rest.slice(1)}`;
}

const corrections = () => [...opened.values()].sort((a, b) => a.at - b.at).map(correction).filter((line) => line !== null);
