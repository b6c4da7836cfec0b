// Saved files and drafts of corrections.

const saved = new Map();

function save() {
  const lines = corrections();
  if (!lines.length) return say("There is nothing to save.");
  const link = h("a", { href: URL.createObjectURL(new Blob([`${lines.join("\n")}\n`], { type: "application/jsonl" })), download: `${report.stem}.corrections.jsonl` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  for (const article of opened.values()) {
    saved.set(article.at, correction(article));
    keepDraft(article);
  }
  if (!$("overview").hidden) showIndex();
  return say(`Saved: ${count(lines.length, "bitext")} with corrections.`);
}

const isKept = (article) => (saved.get(article.at) || null) === correction(article);
const isSaved = () => [...opened.values()].every(isKept);

// Drafts: the browser stores corrections per bitext. A saved file may get lost, so its draft stays
// in the storage, with this prefix.
const SAVED = "saved ";

/** The storage key of a draft: the path of the page, the key of the text, and the number of the copy. */
function draftKey(row) {
  const { pathname } = row.file ? new URL(address(row.file), location.href) : location;
  let path = pathname;
  // Browsers differ in what they escape.
  try { path = decodeURIComponent(pathname); } catch { /* keep the escaped path */ }
  return `bitext ${path} ${row.text} ${row.copy}`;
}

/** A draft and whether it was saved to a file; null if there is none or the browser has no storage. */
function draftOf(row) {
  let value = null;
  try { value = localStorage.getItem(draftKey(row)); } catch { /* no storage */ }
  if (!value) return null;
  const isFiled = value.startsWith(SAVED);
  return { line: isFiled ? value.slice(SAVED.length) : value, isFiled };
}

/** The rows of the overview that have corrections which were not saved to a file. */
function unsaved() {
  const keys = new Set();
  try {
    for (let at = 0; at < localStorage.length; at++) {
      const name = localStorage.key(at);
      if (name.startsWith("bitext ") && !localStorage.getItem(name).startsWith(SAVED)) keys.add(name);
    }
  } catch { /* no storage */ }
  return new Set(rows.filter((row) => {
    const article = row.file ? null : opened.get(row.at);
    return article && !article.offered ? !isKept(article) : keys.size > 0 && keys.has(draftKey(row));
  }));
}

/** Stores the draft of a bitext. A draft that is offered to the reviewer stays until it is restored or discarded. */
function keepDraft(article) {
  if (article.offered) return;
  const row = rows[article.at];
  const line = correction(article);
  try {
    if (line) localStorage.setItem(draftKey(row), (isKept(article) ? SAVED : "") + line);
    else localStorage.removeItem(draftKey(row));
  } catch { /* no storage */ }
}

function draftNote(article) {
  const draft = draftOf(rows[article.at]);
  if (!draft || draft.line === correction(article)) return [];
  article.offered = draft.line;
  const settled = () => { article.offered = null; note.remove(); keepDraft(article); };
  const restore = () => {
    const why = takeLine(article, draft.line);
    if (why) return say(`The draft cannot be restored: ${why}`);
    if (draft.isFiled && correction(article) === draft.line) saved.set(article.at, correction(article));
    return settled();
  };
  const what = draft.isFiled ? "still has saved corrections of this bitext" : "has unsaved corrections of this bitext";
  const note = h("p", { class: "note" }, `This browser ${what}. Restore or discard them: until then, new corrections are not stored. `,
    h("button", { type: "button", onclick: restore }, "Restore"), " ",
    h("button", { type: "button", onclick: settled }, "Discard"));
  return [note];
}

// Reading lines of corrections from a draft or a file.

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isPlace = (value) => Number.isSafeInteger(value) && value >= 0;

/** An error in the format of a line, or null. `bitext merge-corrections` checks the same. */
function misshapen(parsed) {
  if (!isObject(parsed) || parsed.format !== "bitext-corrections") return "This is not a line of corrections.";
  if (!isPlace(parsed.format_version)) return "`format_version` must be a whole number.";
  if (parsed.format_version > 1) return "It was saved by a later version of bitext. Make the page again with that version.";
  if (typeof parsed.text !== "string") return "`text` must be a string.";
  if (!Array.isArray(parsed.units)) return "`units` must be an array.";
  return null;
}

/** An error in the units of a line, or null. */
function misfit(article, units) {
  const codes = article.languages.map(({ code }) => code);
  const seen = new Set();
  for (const [at, unit] of units.entries()) {
    const its = `Unit ${at + 1}`;
    if (!isObject(unit)) return `${its} is not an object.`;
    const { crossing = false, ...parts } = unit;
    if (typeof crossing !== "boolean") return `${its}: \`crossing\` must be true or false.`;
    const keys = Object.keys(parts);
    if (!keys.length) return `${its} has no sentences.`;
    for (const code of keys) {
      const part = parts[code];
      const column = codes.indexOf(code);
      if (column < 0) return `${its} has \`${code}\`, which is not a language of the bitext.`;
      if (!Array.isArray(part) || !part.length || !part.every(isPlace)) return `${its}: \`${code}\` must be an array of sentences, counted from 0.`;
      if (part.some((sentence, place) => place && sentence <= part[place - 1])) return `${its}: the sentences of \`${code}\` must be in ascending order, without repetition.`;
      for (const sentence of part) {
        if (sentence >= article.sentences[column].length) return `${its} has sentence ${sentence} of \`${code}\`, which has ${article.sentences[column].length}.`;
        if (seen.has(`${code} ${sentence}`)) return `${its} has sentence ${sentence} of \`${code}\`, which is in another unit.`;
        seen.add(`${code} ${sentence}`);
      }
    }
    if (keys.length === 1 && parts[keys[0]].length > 1) return `${its} has several sentences of one language and none of another one.`;
  }
  return null;
}

/** Applies a line of corrections. Returns null or an error. */
function takeLine(article, line) {
  let parsed;
  try { parsed = JSON.parse(line); } catch { return "It is not JSON."; }
  const wrong = misshapen(parsed);
  if (wrong) return wrong;
  if (parsed.text !== article.text) return "It belongs to other texts.";
  const why = misfit(article, parsed.units) || applyLine(article, parsed.units);
  if (why) return why;
  if (view.article === article && article.done.length) settle([cursor.column, 0], article.done[article.done.length - 1]);
  keepDraft(article);
  return null;
}

/** The bitexts of this page that a line belongs to, or an error. */
function meant(line) {
  let parsed;
  try { parsed = JSON.parse(line); } catch { return "It is not JSON."; }
  const wrong = misshapen(parsed);
  if (wrong) return wrong;
  // The id is compared as text, because JavaScript numbers lose digits.
  const [, id] = /^\s*\{\s*"format"\s*:\s*"bitext-corrections"\s*,\s*"format_version"\s*:\s*\d+\s*,\s*"id"\s*:\s*(-?\d+)\s*,/.exec(line) || [];
  const isIt = (article) => article.id === (id || JSON.stringify(parsed.id === undefined ? null : parsed.id));
  const here = rows.filter((row) => !row.file && row.text === parsed.text).map((row) => open(row.at));
  const its = here.filter((article) => article && isIt(article));
  return its.length ? its : "No bitext of this page has this id and these sentences.";
}

async function load(file) {
  let text;
  try { text = await file.text(); } catch { return say(`${file.name} cannot be read.`); }
  const wrong = [];
  const taken = new Set();
  for (const [at, line] of text.split("\n").entries()) {
    if (!line.trim()) continue;
    const its = meant(line);
    // The corrections apply to all copies of a bitext, as in `bitext merge-corrections`.
    for (const article of Array.isArray(its) ? its : []) {
      const why = takeLine(article, line);
      if (why) wrong.push(`Line ${at + 1}: ${why}`);
      else taken.add(article);
    }
    if (!Array.isArray(its)) wrong.push(`Line ${at + 1}: ${its}`);
  }
  if (view.article) showCounts();
  else route();
  const more = wrong.length > 3 ? [`${wrong.length - 3} more lines have errors.`] : [];
  return say([wrong.length || taken.size ? `${count(taken.size, "bitext")} corrected.` : "The file has no corrections.", ...wrong.slice(0, 3), ...more].join(" "));
}

