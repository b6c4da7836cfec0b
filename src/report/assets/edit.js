// Corrections. Each change replaces units by others, in reading order. If the new units have no
// reading order, nothing changes.

/** Makes valid units from `parts`: sentences of one language only become units of one sentence. */
function normal(parts, crossing) {
  const columns = parts.filter((part) => part.length).length;
  if (columns > 1) return [{ parts, crossing }];
  const single = (column, sentence) => ({ parts: parts.map((_, at) => (at === column ? [sentence] : [])), crossing: false });
  return parts.flatMap((part, column) => part.map((sentence) => single(column, sentence)));
}

/** Sorts units into reading order; null if two cross. Crossing units only count in their first language. */
function inOrder(units, columns) {
  const first = (unit) => unit.parts.findIndex((part) => part.length);
  const counts = (unit, column) => unit.parts[column].length > 0 && (!unit.crossing || first(unit) === column);
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

/** Replaces units by others; false if the new ones would cross others or an old one is gone. */
function replace(article, old, made) {
  if (old.some((unit) => article.units[unit.no - 1] !== unit)) return false;
  const gone = new Set(old);
  const fresh = made.flatMap(({ parts, crossing }) => normal(parts, crossing)).map(({ parts, crossing }) => {
    const before = article.byKey.get(key(parts));
    if (before) return { ...before };
    return { parts, score: null, confidence: 1, crossing, reviewed: false, reviewedInFile: false, place: -1, no: 0 };
  });
  const { units } = article;
  let from = Math.min(...old.map((unit) => units.indexOf(unit)));
  let to = Math.max(...old.map((unit) => units.indexOf(unit)));
  if ([...old, ...fresh].some((unit) => unit.crossing)) {
    from = 0;
    to = units.length - 1;
  } else {
    // A unit that skips sentences may enclose other units.
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

/** Undoes or redoes a change. Returns the units that came back, or null. */
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

/** Why a change is impossible, or null if it was made. */
const made = (done) => (done ? null : "That would cross another unit. Unlink that unit first.");

function join(article, one, other) {
  if (!one || !other || one === other) return "There is no other unit to join with.";
  const parts = united(one, other);
  if (parts.filter((part) => part.length).length < 2) return "Both units are in one language. A unit needs sentences of two languages.";
  if (replace(article, [one, other], [{ parts, crossing: one.crossing || other.crossing }])) return null;
  // In order, the unit would cross others, so it is marked as crossing.
  return made(replace(article, [one, other], [{ parts, crossing: true }]));
}

function split(article, unit) {
  if (unit.parts.every((part) => part.length < 2)) return "The unit has one sentence per language. Unlink it instead.";
  const halves = unit.parts.map((part) => Math.ceil(part.length / 2));
  const first = unit.parts.map((part, column) => part.slice(0, halves[column]));
  const second = unit.parts.map((part, column) => part.slice(halves[column]));
  return made(replace(article, [unit], [{ parts: first, crossing: unit.crossing }, { parts: second, crossing: unit.crossing }]));
}

function unlink(article, unit) {
  if (isNull(unit)) return "The sentence is already unaligned.";
  const single = unit.parts.flatMap((part, column) => part.map((sentence) => ({
    parts: unit.parts.map((_, at) => (at === column ? [sentence] : [])), crossing: false,
  })));
  return made(replace(article, [unit], single));
}

function unlinkColumn(article, unit, column) {
  if (isNull(unit)) return "The sentence is already unaligned.";
  if (!unit.parts[column].length) return "The unit has no sentence in this language.";
  const rest = { parts: unit.parts.map((part, at) => (at === column ? [] : part)), crossing: unit.crossing };
  const own = { parts: unit.parts.map((part, at) => (at === column ? part : [])), crossing: false };
  return made(replace(article, [unit], [rest, own]));
}

/** Adds the next (step 1) or previous (-1) sentence of a column to the unit. */
function take(article, unit, column, step) {
  const own = unit.parts[column];
  let sentence;
  if (own.length) {
    sentence = step > 0 ? own[own.length - 1] + 1 : own[0] - 1;
  } else {
    let at = unit.no - 1 + step;
    while (article.units[at] && (!article.units[at].parts[column].length || article.units[at].crossing)) at += step;
    const near = article.units[at] ? article.units[at].parts[column] : [];
    sentence = step > 0 ? near[0] : near[near.length - 1];
  }
  const holder = article.unitOf[column][sentence];
  if (!holder) return "There is no sentence on that side.";
  if (isNull(unit) && own.length) return "A unit needs sentences of two languages. Add a sentence of another language first.";
  const parts = withOne(unit, column, sentence);
  const rest = without(holder, column, sentence);
  return made(replace(article, [unit, holder], [{ parts, crossing: unit.crossing }, { parts: rest, crossing: holder.crossing }]));
}

/** Moves the last (step 1) or first (-1) sentence of a column to the next or previous unit. */
function give(article, unit, column, step) {
  const own = unit.parts[column];
  if (!own.length) return "The unit has no sentence in this language.";
  const sentence = step > 0 ? own[own.length - 1] : own[0];
  const near = (part) => !part.length || (step > 0 ? part[0] === sentence + 1 : part[part.length - 1] === sentence - 1);
  let at = unit.no - 1 + step;
  while (article.units[at] && (article.units[at].crossing || !near(article.units[at].parts[column]))) at += step;
  const other = article.units[at];
  if (!other) return "There is no unit on that side.";
  const rest = { parts: without(unit, column, sentence), crossing: unit.crossing };
  return made(replace(article, [unit, other], [rest, { parts: withOne(other, column, sentence), crossing: other.crossing }]));
}

/** Marks a unit as reviewed, or as not reviewed. */
function review(article, unit) {
  if (unit.reviewedInFile) return "The file already marks this unit as reviewed.";
  const at = unit.no - 1;
  commit(article, { at, out: [unit], into: [{ ...unit, reviewed: !unit.reviewed }] });
  return null;
}

/** Applies units of a line of corrections, which fit the texts. Returns null, or the reason of a failure. */
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
    made.push({ parts, crossing: given.crossing === true });
  }
  for (const unit of old) {
    const left = unit.parts.some((part, column) => part.some((sentence) => !seen.has(`${column}:${sentence}`)));
    if (left) return "It splits a unit and does not say where one of its sentences belongs.";
  }
  if (!old.size) return null;
  if (!replace(article, [...old], made)) return "Its units cross each other.";
  // Unchanged units in the line are those that the reviewer confirmed.
  const change = article.done[article.done.length - 1];
  const keys = new Set(made.map(({ parts }) => key(parts)));
  for (const unit of change.into) if (unit.place >= 0 && keys.has(key(unit.parts))) unit.reviewed = true;
  return null;
}
