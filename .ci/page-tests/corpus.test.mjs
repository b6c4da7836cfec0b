// Reports of many bitexts, and long bitexts.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { axe, bitext, cell, close, headed, line, path, read, save, shown, used, visit, write } from "./harness.mjs";

after(close);

const WORDS = "harbour bridge winter council teacher window engine garden river silence machine letter market station".split(" ");
/** A distinct sentence of 6 to 30 words for each number. */
const sentence = (no, at) => Array.from({ length: 6 + ((no * 7 + at) % 25) }, (_, i) => WORDS[(no * 31 + i * i + at) % WORDS.length]).join(" ").replace(/$/, ` ${no}.`);
const confidence = (no) => [0.999, 0.97, 0.85, 0.62, 0.31, 0.995, 0.999][no % 7];
const book = (id, length, codes = ["en", "uk", "de"]) => line(id, codes, Array.from({ length }, (_, no) => {
  if (no % 23 === 5) return [[`Alone ${sentence(no, 0)}`], ...codes.slice(1).map(() => []), 0.7];
  return [...codes.map((_, at) => (no % 11 === at ? [sentence(no, at), sentence(no, at + 5)] : [sentence(no, at)])), confidence(no)];
}));

test("a corpus has an overview with plots, worst bitexts first, and a page for each bitext", async () => {
  const one = (id, sure) => line(id, ["en", "de"], [[["A sentence of some length."], ["Ein Satz von einiger Länge."], sure], [["Alone."], [], 0.9]]);
  write("corpus.jsonl", ["good", "bad", "fair"].map((id, at) => one(id, [0.99, 0.2, 0.8][at])).join("\n"));
  write("left.jsonl", '{"reason": "too-short"}\n{"reasons": ["too-short", "<language>"]}\n');
  bitext("report", path("corpus.jsonl"), "--rejected", path("left.jsonl"), "--title", "A corpus", "-o", path("corpus.html"));
  const page = await visit("corpus.html");
  assert.equal(await page.textContent("#heading"), "A corpus");
  assert.deepEqual(await page.locator(".index tbody th a").allTextContents(), ["bad", "fair", "good"]);
  const plots = await page.locator("figure svg").evaluateAll((all) => all.map((plot) => plot.getAttribute("aria-label")));
  assert.equal(plots.length, 5);
  assert.ok(plots[0].includes("0.99 to 1: 1;") && plots[0].includes("0.2 to 0.3: 1;"), plots[0]);
  assert.ok(plots[2].startsWith("Shapes of beads. 1-1: 3"));
  assert.ok(plots[4].includes("too-short: 2; <language>: 1"));
  assert.deepEqual(await axe(page), []);
  await page.click("#by-name");
  assert.deepEqual(await page.locator(".index tbody th a").allTextContents(), ["bad", "fair", "good"]);
  await page.click("#by-units");
  await page.fill("#name", "oo");
  assert.deepEqual(await page.locator(".index tbody th a").allTextContents(), ["good"]);
  await page.fill("#name", "");
  await page.click("text=bad");
  await headed(page, "bad");
  assert.deepEqual(await shown(page), [1, 2]);
  await page.keyboard.press("Escape");
  await page.keyboard.press(".");
  await page.waitForFunction(() => document.querySelector("#heading").textContent === "fair");
  await page.keyboard.press("c");
  await page.keyboard.press("o");
  await page.waitForSelector(".index");
  const { lines } = await save(page, "corpus.corrections.jsonl");
  assert.equal(JSON.parse(lines[0]).id, "fair");
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("a corpus too large for one page has several pages, linked both ways", async () => {
  const texts = Array.from({ length: 4 }, (_, at) => book(`b${at}`, 900));
  write("large.jsonl", texts.join("\n"));
  bitext("report", path("large.jsonl"), "--page-size", "1", "-o", path("large.html"));
  assert.ok(read("large-0001.html").length < 1_600_000);
  const page = await visit("large.html");
  const links = await page.locator(".index tbody th a").evaluateAll((all) => all.map((link) => [link.textContent, link.getAttribute("href")]));
  assert.equal(links.length, 4);
  assert.ok(new Set(links.map(([, href]) => href.split("#")[0])).size > 1);
  for (const [name, href] of links) {
    await page.click(`text="${name}"`);
    await page.waitForSelector(".row");
    assert.equal(await page.textContent("#heading"), name, href);
    await page.click("#to-index");
    await page.waitForSelector("figure");
  }
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("pages whose names need escaping are linked both ways", async () => {
  write("large.jsonl", Array.from({ length: 2 }, (_, at) => book(`b${at}`, 900)).join("\n"));
  const name = "a #1? 50%25 & c:d, (e)+ü'";
  bitext("report", path("large.jsonl"), "--features", "never", "--page-size", "1", "-o", path(`${name}.html`));
  const page = await visit(`${name}.html`);
  for (const at of [0, 1]) {
    await page.click(`text="b${at}"`);
    await page.waitForSelector(".row");
    assert.ok(decodeURIComponent(new URL(page.url()).pathname).endsWith(`/${name}-000${at + 1}.html`), page.url());
    await page.click("#to-index");
    await page.waitForSelector("figure");
  }
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("the overview shows unsaved corrections, also those of other pages", async () => {
  write("large.jsonl", Array.from({ length: 3 }, (_, at) => book(`b${at}`, 900)).join("\n"));
  const name = "drafts + ü, (2)";
  bitext("report", path("large.jsonl"), "--features", "never", "--page-size", "1", "-o", path(`${name}.html`));
  const page = await visit(`${name}.html`);
  assert.equal(await page.locator(".draft, #drafts").count(), 0);
  await page.click('text="b1"');
  await page.waitForSelector(".row");
  await cell(page, 3, 0).click();
  await page.keyboard.press("c");
  await page.click("#to-index");
  await page.waitForSelector("figure");
  const marked = () => page.locator("tr", { has: page.locator(".draft") }).locator("a").allTextContents();
  assert.deepEqual(await marked(), ["b1"]);
  assert.equal(await page.textContent("#drafts"), "1 with unsaved corrections");
  await page.click("#drafts");
  assert.deepEqual(await page.locator(".index tbody th a").allTextContents(), ["b1"]);
  assert.deepEqual(await axe(page), []);
  await page.click('text="b1"');
  await page.click("text=Restore");
  await save(page, "drafts.jsonl");
  await page.click("#to-index");
  await page.waitForSelector("figure");
  assert.deepEqual(await marked(), []);
  // Saved corrections are offered as well, because the file may be lost.
  await page.click('text="b1"');
  await page.click("text=Restore");
  assert.ok(await page.isEnabled("#save"));
  assert.deepEqual(page.trouble, []);
  await page.close();
});

/** Scrolls the list in steps. Counts the steps that left a part of the view empty, and the rows that have elements. */
const scroll = (page, step, frames) => page.evaluate(async ([by, number]) => {
  const list = document.getElementById("scroll");
  let bare = 0;
  for (let frame = 0; frame < number; frame++) {
    list.scrollTop += by;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const view = list.getBoundingClientRect();
    const boxes = [...document.querySelectorAll(".row")].map((row) => row.getBoundingClientRect()).sort((a, b) => a.top - b.top);
    let at = view.top;
    for (const box of boxes) if (box.top <= at + 1.5) at = Math.max(at, box.bottom);
    if (at < view.bottom - 1.5) bare++;
  }
  return { bare, rows: document.querySelectorAll(".row").length };
}, [step, frames]);

/** The same, with the processor time of a step in milliseconds. */
async function scrolled(page, step, frames) {
  const before = await used(page);
  const found = await scroll(page, step, frames);
  return { ...found, cost: ((await used(page)) - before) / frames * 1000 };
}

test("2,000 units scroll smoothly", async () => {
  write("units.jsonl", `${book("2,000 units", 2000)}\n`);
  bitext("report", path("units.jsonl"), "-o", path("units.html"));
  const page = await visit("units.html");
  const found = await scrolled(page, 120, 150);
  console.log(`2,000 units: ${found.cost.toFixed(1)} ms of processor time for a step of 120 pixels, ${found.rows} rows laid out`);
  assert.equal(found.bare, 0);
  assert.ok(found.rows < 60);
  // At 60 frames per second, a frame takes 16.7 ms.
  assert.ok(found.cost < 16.7, `${found.cost} ms`);
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("a book of 30,000 sentences per language can be opened, scrolled, searched and corrected", async () => {
  write("book.jsonl", `${book("a book", 28000)}\n`);
  bitext("report", path("book.jsonl"), "-o", path("book.html"));
  const page = await visit("book.html");
  await page.waitForSelector(".row");
  const opened = await used(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("End");
  assert.equal(await page.locator(".row.current").getAttribute("data-no"), "28000");
  assert.ok(await page.locator(".row.current").evaluate((row) => row.getBoundingClientRect().bottom <= innerHeight + 1));
  const found = await scrolled(page, -900, 60);
  assert.equal(found.bare, 0);
  assert.ok(found.rows < 60);
  await page.fill("#query", "14007.");
  assert.equal(await page.textContent("#found"), "1 of 1");
  assert.equal(await page.locator(".row.current").getAttribute("data-no"), "14008");
  await page.keyboard.press("Escape");
  const before = await used(page);
  await page.keyboard.press("j");
  assert.match(await page.textContent("#status"), /done/);
  const joined = (await used(page)) - before;
  assert.equal(await page.textContent("#unit-name"), "Unit 14008 of 27999");
  console.log(`30,000 sentences: open after ${opened.toFixed(2)} s of processor time, joined in ${joined.toFixed(2)} s, ${found.cost.toFixed(1)} ms for a page's step`);
  assert.ok(opened < 5 && joined < 1);
  await save(page, "book.corrections.jsonl");
  bitext("merge-corrections", path("book.jsonl"), path("book.corrections.jsonl"), "-o", path("book.merged.jsonl"));
  assert.equal(JSON.parse(read("book.merged.jsonl")).units.length, 27999);
  assert.deepEqual(page.trouble, []);
  await page.close();
});
