// Corrections: made on the page, saved, merged by the command line, read again.
import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { attempt, bitext, cell, close, ferry, headed, line, parts, path, read, save, visit, write } from "./harness.mjs";

const unit = (...texts) => [...texts, 0.8];
before(() => {
  write("two.jsonl", `${line("first", ["en", "de"], [
    unit(["One."], ["Eins."]),
    unit(["Two.", "Three."], ["Zwei. Drei."]),
    unit(["Four."], []),
    unit([], ["Vier."]),
    unit(["Five."], ["Fünf.", "Sechs."]),
    unit(["Six."], []),
    unit(["Seven."], ["Sieben."]),
  ])}\n{"id":"gone","line":2,"error":"empty"}\n${line(12345678901234567890n.toString(), ["en", "uk", "de"], [
    unit(["One."], ["Один."], ["Eins."]),
    unit(["Two."], ["Два."], ["Zwei."]),
    unit(["Three."], ["Три."], ["Drei."]),
  ]).replace('"id":"12345678901234567890"', '"id":12345678901234567890, "licence": "CC0"')}\n`);
  bitext("report", path("two.jsonl"), "-o", path("two.html"));
});
after(close);

const press = async (page, ...keys) => { for (const one of keys) await page.keyboard.press(one); };
/** All units of the page. */
const all = async (page) => {
  const rows = await page.locator(".row").evaluateAll((own) => own.map((row) => Number(row.dataset.no)));
  const out = [];
  for (const no of rows) out.push(await parts(page, no));
  return out;
};
const original = [[[0], [0]], [[1, 2], [1]], [[3], []], [[], [2]], [[4], [3, 4]], [[5], []], [[6], [5]]];

test("each correction has its effect, and undo reverts it", async () => {
  const page = await visit("two.html", { hash: "#1" });
  assert.deepEqual(await all(page), original);
  const cases = [
    // Unit, column, key, units that come out in the place of those from the first that differs.
    [1, 0, "j", [[[0, 1, 2], [0, 1]], ...original.slice(2)]],
    [2, 0, "s", [original[0], [[1], [1]], [[2], []], ...original.slice(2)]],
    [3, 0, "j", [...original.slice(0, 2), [[3], [2]], ...original.slice(4)]],
    [1, 0, "u", [[[0], []], [[], [0]], ...original.slice(1)]],
    [1, 0, "]", [[[0, 1], [0]], [[2], [1]], ...original.slice(2)]],
    [2, 0, "{", [[[], [0]], [[0, 1, 2], [1]], ...original.slice(2)]],
    [2, 0, "[", [original[0], [[1], [1]], [[2], []], [[3], []], ...original.slice(3)]],
    [5, 1, "[", [...original.slice(0, 4), [[4], [3]], [[5], [4]], original[6]]],
    [2, 0, "}", [[[0, 1], [0]], [[2], [1]], ...original.slice(2)]],
    [3, 1, "]", [...original.slice(0, 2), [[3], [2]], ...original.slice(4)]],
  ];
  for (const [no, column, pressed, expected] of cases) {
    await cell(page, no, column).click();
    await press(page, pressed);
    assert.deepEqual(await all(page), expected, `${pressed} on unit ${no}: ${await page.textContent("#status")}`);
    await press(page, "z");
    assert.deepEqual(await all(page), original, `${pressed} undone`);
    await press(page, "y");
    assert.deepEqual(await all(page), expected, `${pressed} again`);
    await press(page, "Control+z");
    assert.deepEqual(await all(page), original);
  }
  assert.ok(await page.isDisabled("#undo"));
  assert.ok(await page.isDisabled("#save"));
  // Impossible corrections are refused with a reason.
  for (const [no, pressed, told] of [[1, "s", /unlink/i], [3, "u", /already/], [7, "j", /no other unit/]]) {
    await cell(page, no, 0).click();
    await press(page, pressed);
    assert.match(await page.textContent("#status"), told);
    assert.deepEqual(await all(page), original);
  }
  // Units that are not adjacent are selected and joined; the result may be crossing.
  await cell(page, 3, 0).click();
  await press(page, "m");
  await cell(page, 7, 1).click();
  await press(page, "j");
  assert.ok((await all(page)).some(([en, de]) => en.join() === "3,6" && de.join() === "5"));
  await press(page, "z", "z");
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("a selected unit stays selected, and every sentence stays in exactly one unit after random keys", async () => {
  ferry();
  const page = await visit("ferry.html");
  await cell(page, 1, 0).click();
  await press(page, "m", "c", "ArrowDown", "j");
  assert.deepEqual(await parts(page, 1), [[0, 1], [0, 1], [0, 1]]);
  const keys = ["m", "j", "c", "s", "u", "z", "y", "]", "[", "ArrowDown", "ArrowUp", "ArrowRight", "PageDown"];
  let state = 7;
  for (let at = 0; at < 250; at++) {
    state = (state * 48271) % 2147483647;
    await page.keyboard.press(keys[state % keys.length]);
  }
  const [, count] = /of (\d+)/.exec(await page.textContent("body"));
  await save(page, "keys.corrections.jsonl");
  bitext("merge-corrections", path("ferry.jsonl"), path("keys.corrections.jsonl"), "-o", path("keys.jsonl"));
  // Merging succeeded, so each sentence is in one unit; and the number of units agrees.
  assert.equal(JSON.parse(read("keys.jsonl")).units.length, Number(count));
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("saved corrections are merged, and nothing else changes", async () => {
  const before = readFileSync(path("two.jsonl"));
  const page = await visit("two.html", { hash: "#1" });
  await cell(page, 2, 0).click();
  await press(page, "]");
  await press(page, "z");
  await press(page, "s");
  await cell(page, 4, 0).click();
  await press(page, "j");
  await cell(page, 1, 0).click();
  await page.click("#do-review");
  const now = await all(page);
  // The third line is the second bitext of the page, since the second has none.
  await page.click("#next");
  await headed(page, "12345678901234567890");
  await cell(page, 2, 1).click();
  await page.click("#do-unlink-one");
  const third = await all(page);
  assert.deepEqual(third, [[[0], [0], [0]], [[], [1], []], [[1], [], [1]], [[2], [2], [2]]]);
  const { suggested, lines } = await save(page, "two.corrections.jsonl");
  assert.equal(suggested, "two.corrections.jsonl");
  assert.equal(lines.length, 2);
  bitext("merge-corrections", path("two.jsonl"), path("two.corrections.jsonl"), "-o", path("merged.jsonl"));
  assert.deepEqual(readFileSync(path("two.jsonl")), before);
  const [first, second, other] = read("merged.jsonl").trim().split("\n");
  assert.equal(second, '{"id":"gone","line":2,"error":"empty"}');
  const units = (text, codes) => JSON.parse(text).units.map((own) => codes.map((code) => own[code] || []));
  assert.deepEqual(units(first, ["en", "de"]), now);
  assert.deepEqual(units(other, ["en", "uk", "de"]), third);
  assert.ok(other.includes('"id":12345678901234567890,"licence":"CC0"'), other);
  const reviewed = JSON.parse(first).units.filter((own) => own.reviewed);
  assert.deepEqual(reviewed.map(({ confidence }) => confidence), reviewed.map(() => 1));
  assert.deepEqual(JSON.parse(first).units[0], { en: [0], de: [0], score: 0.7, confidence: 1, reviewed: true });
  // The merged file makes a page that shows the same units as reviewed.
  bitext("report", path("merged.jsonl"), "-o", path("merged.html"));
  const again = await visit("merged.html", { hash: "#1" });
  assert.deepEqual(await all(again), now);
  assert.equal(await again.locator('.row .marks [aria-label="reviewed"]').count(), reviewed.length);
  assert.deepEqual([...page.trouble, ...again.trouble], []);
  await again.close();
  await page.close();
});

test("a draft survives a reload, and a saved file can be loaded", async () => {
  const page = await visit("two.html", { hash: "#1" });
  await cell(page, 1, 0).click();
  await press(page, "j", "c");
  const now = await all(page);
  await page.reload();
  assert.deepEqual(await all(page), original);
  // Corrections made before the choice do not replace the draft.
  await cell(page, 4, 0).click();
  await press(page, "c", "z", "c");
  await page.reload();
  await page.click("text=Restore");
  assert.deepEqual(await all(page), now);
  await save(page, "draft.jsonl");
  await press(page, "Escape", "z");
  assert.deepEqual(await all(page), original);
  await page.setInputFiles("#file", path("draft.jsonl"));
  await page.waitForFunction(() => document.querySelector("#status").textContent.includes("1 bitext corrected"));
  assert.deepEqual(await all(page), now);
  await page.setInputFiles("#file", write("wrong.jsonl", "no JSON\n"));
  await page.waitForFunction(() => document.querySelector("#status").textContent.includes("Line 1"));
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("copies of one text have separate drafts, and loading distinguishes them by their ids", async () => {
  const texts = [unit(["One."], ["Eins."]), unit(["Two."], ["Zwei."]), unit(["Three."], ["Drei."])];
  const copy = (id) => line("x", ["en", "de"], texts).replace('"id":"x"', `"id":${id}`);
  write("copies.jsonl", `${["7", "7", "12345678901234567890", "12345678901234567891"].map(copy).join("\n")}\n`);
  for (const name of ["copies.html", "others.html"]) bitext("report", path("copies.jsonl"), "--features", "never", "-o", path(name));
  const page = await visit("copies.html", { hash: "#2" });
  const joined = [[[0, 1], [0, 1]], [[2], [2]]];
  const apart = [[[0], [0]], [[1], [1]], [[2], [2]]];
  await cell(page, 1, 0).click();
  await press(page, "j");
  assert.deepEqual(await all(page), joined);
  const offered = async (name, at) => {
    const other = await visit(name, { hash: `#${at}`, context: page.context() });
    const number = await other.locator("#notes button").count();
    assert.deepEqual(other.trouble, []);
    await other.close();
    return number > 0;
  };
  const found = [];
  for (const at of [1, 2, 3, 4]) found.push(await offered("copies.html", at));
  assert.deepEqual(found, [false, true, false, false]);
  assert.equal(await offered("others.html", 2), false);
  await press(page, "z");
  const corrections = { format: "bitext-corrections", format_version: 1, id: 0, text: "", units: [{ en: [0, 1], de: [0, 1] }] };
  const [, text] = /"rows":\[\["[^"]*","([0-9a-f]{16})"/.exec(read("copies.html"));
  write("one.jsonl", JSON.stringify({ ...corrections, text }).replace('"id":0', '"id":12345678901234567891'));
  await page.setInputFiles("#file", path("one.jsonl"));
  await page.waitForFunction(() => document.querySelector("#status").textContent.includes("1 bitext corrected"));
  for (const [at, expected] of [[2, apart], [3, apart], [4, joined]]) {
    await page.evaluate((to) => { location.hash = String(to); }, at);
    await page.waitForFunction((to) => location.hash === `#${to}`, at);
    assert.deepEqual(await all(page), expected, `copy ${at}`);
  }
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("loading a file reports the same errors as merging it", async () => {
  const page = await visit("two.html", { hash: "#1" });
  const [, text] = /"rows":\[\["[^"]*","([0-9a-f]{16})"/.exec(read("two.html"));
  const good = { format: "bitext-corrections", format_version: 1, id: "first", text, units: [] };
  const cases = [
    [{ ...good, units: [null] }, /not an object/],
    [{ ...good, units: [[0]] }, /not an object/],
    [{ ...good, units: null }, /`units` must be/],
    [{ ...good, units: [{}] }, /no sentences/],
    [{ ...good, units: [{ en: 0 }] }, /array of sentences/],
    [{ ...good, units: [{ en: null }] }, /array of sentences/],
    [{ ...good, units: [{ en: ["0"], de: [0] }] }, /array of sentences/],
    [{ ...good, units: [{ en: [-1] }] }, /array of sentences/],
    [{ ...good, units: [{ en: [0.5] }] }, /array of sentences/],
    [{ ...good, units: [{ en: [] }] }, /array of sentences/],
    [{ ...good, units: [{ en: [1, 0], de: [0, 1] }] }, /ascending/],
    [{ ...good, units: [{ en: [0], fr: [0] }] }, /`fr`, which is not a language/],
    [{ ...good, units: [{ en: [99] }] }, /sentence 99/],
    [{ ...good, units: [{ en: [0] }, { en: [0], de: [0] }] }, /in another unit/],
    [{ ...good, units: [{ en: [0, 1], de: [0, 1], crossing: "yes" }] }, /`crossing` must be/],
    [{ ...good, units: [{ en: [1] }] }, /where one of its sentences belongs/],
    [{ ...good, units: [{ en: [1, 2] }, { de: [1] }] }, /several sentences of one language/],
    [{ ...good, format: "other" }, /not a line of corrections/],
    [{ ...good, format_version: "1" }, /whole number/],
    [{ ...good, format_version: 2 }, /later version/],
    [{ ...good, id: "second" }, /No bitext of this page/],
    [{ ...good, text: 5 }, /`text` must be/],
    [null, /not a line of corrections/],
    [[good], /not a line of corrections/],
  ];
  for (const [content, told] of cases) {
    write("odd.jsonl", JSON.stringify(content));
    await page.evaluate(() => { document.querySelector("#status").textContent = ""; });
    await page.setInputFiles("#file", path("odd.jsonl"));
    await page.waitForFunction(() => document.querySelector("#status").textContent.includes("Line 1: "));
    assert.match(await page.textContent("#status"), told, JSON.stringify(content));
    assert.deepEqual(await all(page), original);
    // The command line refuses the same lines.
    const merged = attempt("merge-corrections", path("two.jsonl"), path("odd.jsonl"), "-o", path("odd-out.jsonl"));
    assert.equal(merged.status, 1, `${JSON.stringify(content)}: ${merged.stderr}`);
  }
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("of two files for one page, the later one wins", async () => {
  const made = [];
  for (const [name, pressed] of [["wide.jsonl", "j"], ["narrow.jsonl", "s"]]) {
    const page = await visit("two.html", { hash: "#1" });
    await cell(page, name === "wide.jsonl" ? 1 : 2, 0).click();
    await press(page, pressed);
    made.push(await all(page));
    await save(page, name);
    await page.context().close();
  }
  const merge = (...names) => attempt("merge-corrections", path("two.jsonl"), ...names.map(path));
  const units = ({ stdout }) => JSON.parse(stdout.split("\n")[0]).units.map((own) => [own.en || [], own.de || []]);
  const late = merge("wide.jsonl", "narrow.jsonl");
  assert.equal(late.status, 0);
  assert.match(late.stderr, /^bitext: note: .*wide\.jsonl:1: 1 of its units left out: .*narrow\.jsonl:1 says otherwise\n$/);
  assert.deepEqual(units(late), made[1]);
  const early = merge("narrow.jsonl", "wide.jsonl");
  assert.equal(early.status, 0);
  assert.deepEqual(units(early), made[0]);
});

test("merging never overwrites the original, and reports lines that do not fit", () => {
  copyFileSync(path("two.jsonl"), path("kept.jsonl"));
  const over = attempt("merge-corrections", path("kept.jsonl"), path("two.corrections.jsonl"), "-o", path("kept.jsonl"));
  assert.equal(over.status, 2);
  assert.match(over.stderr, /never overwritten/);
  write("odd.jsonl", `${read("two.corrections.jsonl").split("\n")[0].replace(/"text":"..../, '"text":"0000')}\n`);
  const odd = attempt("merge-corrections", path("kept.jsonl"), path("odd.jsonl"), "-o", path("odd-out.jsonl"));
  assert.equal(odd.status, 1);
  assert.match(odd.stderr, /odd\.jsonl:1: no bitext of id "first"/);
  assert.deepEqual(read("odd-out.jsonl"), read("two.jsonl"));
});
