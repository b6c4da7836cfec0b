// Correcting. Each change takes units out of the list and puts others in their place, in
// reading order; where there is none, nothing is changed.

/** Units from the sentences of one: single sentences where it has one language only. */
function normal(parts, moved) {
  const columns = parts.filter((part) => part.length).length;
  if (columns > 1) return [{ parts, moved }];
  const single = (column, sentence) => ({ parts: parts.map((_, at) => (at === column ? [sentence] : [])), moved: false });
  return parts.flatMap((part, column) => part.map((sentence) => single(column, sentence)));
}

/** Units in reading order, or null where two cross. Moved ones count in their first language only. */
function inOrder(units, columns) {
  const first = (unit) => unit.parts.findIndex((part) => part.length);
  const counts = (unit, column) => unit.parts[column].length > 0 && (!unit.moved || first(unit) === column);
  const queues = [];
  for (let column = 0; column < columns; column++) {
    const own = units.filter((unit) => counts(unit, column));
    queues.push({ at: 0, own: own.sort((a, b) => a.parts[column][0] - b.parts[column][0]) });
  }
  const out = [];
  const size = (unit) => unit.parts.reduce((sum, part) => sum + part.length, 0);
  while (out.length < units.length) {
    const heads = queues.map((queue) => queue.own[queue.at]);
    const isReady = (unit) => unit && heads.every((head, column) => !counts(unit, column) || head === unit);
    const ready = heads.filter(isReady);
    if (!ready.length) return null;
    const next = ready.find((unit) => size(unit) === 1) || ready[0];
    out.push(next);
    queues.forEach((queue, column) => { if (heads[column] === next && counts(next, column)) queue.at++; });
  }
  return out;
}

/** Puts units of `parts` in the place of others; false where they would cross, or are gone. */
function replace(article, old, made) {
  if (old.some((unit) => article.units[unit.no - 1] !== unit)) return false;
  const gone = new Set(old);
  const fresh = made.flatMap(({ parts, moved }) => normal(parts, moved)).map(({ parts, moved }) => {
    const before = article.byKey.get(key(parts));
    if (before) return { ...before };
    return { parts, score: null, confidence: 1, moved, checked: false, was: false, orig: -1, no: 0 };
  });
  const { units } = article;
  let from = Math.min(...old.map((unit) => units.indexOf(unit)));
  let to = Math.max(...old.map((unit) => units.indexOf(unit)));
  if ([...old, ...fresh].some((unit) => unit.moved)) {
    from = 0;
    to = units.length - 1;
  } else {
    // A unit with a hole in it may reach behind others.
    const last = article.languages.map((_, column) => Math.max(-1, ...old.flatMap((unit) => unit.parts[column])));
    const within = (unit) => unit.parts.some((part, column) => part.length && part[0] < last[column]);
    while (to + 1 < units.length && within(units[to + 1])) to++;
  }
  const range = units.slice(from, to + 1).filter((unit) => !gone.has(unit)).concat(fresh);
  const ordered = inOrder(range, article.languages.length);
  if (!ordered) return false;
  commit(article, { at: from, out: units.slice(from, to + 1), into: ordered });
  return true;
}

function commit(article, change) {
  splice(article, change.at, change.out, change.into);
  article.done.push(change);
  article.undone = [];
}

function splice(article, at, out, into) {
  const { units } = article;
  article.units = units.slice(0, at).concat(into, units.slice(at + out.length));
  for (const unit of into) locate(article, unit);
  article.units.forEach((unit, place) => { unit.no = place + 1; });
}

/** Takes a change back, or makes it again; the units that came back, or null. */
function undo(article) {
  const change = article.done.pop();
  if (!change) return null;
  splice(article, change.at, change.into, change.out);
  article.undone.push(change);
  return change.out.filter((unit) => !change.into.includes(unit));
}
function redo(article) {
  const change = article.undone.pop();
  if (!change) return null;
  splice(article, change.at, change.out, change.into);
  article.done.push(change);
  return change.into.filter((unit) => !change.out.includes(unit));
}

const sorted = (numbers) => numbers.slice().sort((a, b) => a - b);
const united = (one, other) => one.parts.map((part, column) => sorted(part.concat(other.parts[column])));
const without = (unit, column, sentence) => unit.parts.map((part, at) => (at === column ? part.filter((own) => own !== sentence) : part));
const withOne = (unit, column, sentence) => unit.parts.map((part, at) => (at === column ? sorted(part.concat([sentence])) : part));

/** Why a change cannot be made: null once it is made. */
const made = (done) => (done ? null : "That would cross another unit: unlink that one first.");

function join(article, one, other) {
  if (!one || !other || one === other) return "There is no other unit to join with.";
  const parts = united(one, other);
  if (parts.filter((part) => part.length).length < 2) return "Both are of one language: a unit joins sentences of two.";
  if (replace(article, [one, other], [{ parts, moved: one.moved || other.moved }])) return null;
  // Text that stands elsewhere.
  return made(replace(article, [one, other], [{ parts, moved: true }]));
}

function split(article, unit) {
  if (unit.parts.every((part) => part.length < 2)) return "It has one sentence a language: unlink it instead.";
  const halves = unit.parts.map((part) => Math.ceil(part.length / 2));
  const first = unit.parts.map((part, column) => part.slice(0, halves[column]));
  const second = unit.parts.map((part, column) => part.slice(halves[column]));
  return made(replace(article, [unit], [{ parts: first, moved: unit.moved }, { parts: second, moved: unit.moved }]));
}

function unlink(article, unit) {
  if (isNull(unit)) return "It is without a counterpart already.";
  const alone = unit.parts.flatMap((part, column) => part.map((sentence) => ({
    parts: unit.parts.map((_, at) => (at === column ? [sentence] : [])), moved: false,
  })));
  return made(replace(article, [unit], alone));
}

function unlinkColumn(article, unit, column) {
  if (isNull(unit)) return "It is without a counterpart already.";
  if (!unit.parts[column].length) return "It has no sentence in this language.";
  const rest = { parts: unit.parts.map((part, at) => (at === column ? [] : part)), moved: unit.moved };
  const own = { parts: unit.parts.map((part, at) => (at === column ? part : [])), moved: false };
  return made(replace(article, [unit], [rest, own]));
}

/** Takes the sentence behind (step 1) or before (-1) the unit in a column into it. */
function take(article, unit, column, step) {
  const own = unit.parts[column];
  let sentence;
  if (own.length) {
    sentence = step > 0 ? own[own.length - 1] + 1 : own[0] - 1;
  } else {
    let at = unit.no - 1 + step;
    while (article.units[at] && (!article.units[at].parts[column].length || article.units[at].moved)) at += step;
    const near = article.units[at] ? article.units[at].parts[column] : [];
    sentence = step > 0 ? near[0] : near[near.length - 1];
  }
  const holder = article.unitOf[column][sentence];
  if (!holder) return "There is no sentence left on that side.";
  if (isNull(unit) && own.length) return "Sentences of one language make no unit: take one of another language.";
  const parts = withOne(unit, column, sentence);
  const rest = without(holder, column, sentence);
  return made(replace(article, [unit, holder], [{ parts, moved: unit.moved }, { parts: rest, moved: holder.moved }]));
}

/** Gives the last (step 1) or first (-1) sentence of a column to the unit behind or before. */
function give(article, unit, column, step) {
  const own = unit.parts[column];
  if (!own.length) return "It has no sentence in this language.";
  const sentence = step > 0 ? own[own.length - 1] : own[0];
  const near = (part) => !part.length || (step > 0 ? part[0] === sentence + 1 : part[part.length - 1] === sentence - 1);
  let at = unit.no - 1 + step;
  while (article.units[at] && (article.units[at].moved || !near(article.units[at].parts[column]))) at += step;
  const other = article.units[at];
  if (!other) return "There is no unit on that side.";
  const rest = { parts: without(unit, column, sentence), moved: unit.moved };
  return made(replace(article, [unit, other], [rest, { parts: withOne(other, column, sentence), moved: other.moved }]));
}

function check(article, unit) {
  if (unit.was) return "It was checked in the file.";
  const at = unit.no - 1;
  commit(article, { at, out: [unit], into: [{ ...unit, checked: !unit.checked }] });
  return null;
}

/** Puts in the units of a line of corrections, which fit the texts: null, or why it cannot be. */
function applyLine(article, units) {
  const old = new Set();
  const made = [];
  const seen = new Set();
  for (const given of units) {
    const parts = article.languages.map(({ code }) => given[code] || []);
    for (const [column, part] of parts.entries()) {
      for (const sentence of part) {
        seen.add(`${column}:${sentence}`);
        old.add(article.unitOf[column][sentence]);
      }
    }
    made.push({ parts, moved: given.crossing === true });
  }
  for (const unit of old) {
    const left = unit.parts.some((part, column) => part.some((sentence) => !seen.has(`${column}:${sentence}`)));
    if (left) return "It takes a unit apart and leaves a sentence of it alone.";
  }
  if (!old.size) return null;
  if (!replace(article, [...old], made)) return "Its units cross each other.";
  // What a person confirmed comes back as it was confirmed.
  const change = article.done[article.done.length - 1];
  const keys = new Set(made.map(({ parts }) => key(parts)));
  for (const unit of change.into) if (unit.orig >= 0 && keys.has(key(unit.parts))) unit.checked = true;
  return null;
}
