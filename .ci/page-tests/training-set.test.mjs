// The page of a training set.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { axe, bitext, close, path, read, visit } from "./harness.mjs";

after(close);

const shown = (page, place) => page.locator(`${place} .row`).count();

test("thresholds are tried on the rows, and documents show kept and dropped rows", async () => {
  bitext("build", join(process.env.REPOSITORY, "examples/site"), "-o", path("set"), "--keep-rejected");
  bitext("report", path("set"), "--title", "The valley", "-o", path("set.html"));
  const counts = JSON.parse(read("set/counts.json")).rows;
  const page = await visit("set.html");
  assert.equal(await page.textContent("#heading"), "The valley");
  for (const [code, { rejected, alone }] of Object.entries(counts.reasons)) {
    const cells = await page.locator(`#filter-${code} td.number`).allTextContents();
    assert.deepEqual(cells.slice(0, 2), [String(rejected), String(alone)], code);
  }
  assert.equal(await page.locator("#filter-near_duplicate td.number").nth(2).textContent(), String(counts.kept));
  assert.deepEqual(await axe(page), []);

  // Without the filter, exactly the rows that it alone drops come back.
  const { boilerplate } = counts.reasons;
  assert.ok(boilerplate.alone > 0);
  await page.fill("#filter-boilerplate input", "");
  assert.match(await page.textContent("#effect"), new RegExp(`, ${counts.kept + boilerplate.alone} of ${counts.pairs} rows are kept .* ${boilerplate.alone} rows more and 0 rows fewer`));
  await page.click("#settings summary");
  assert.equal(await page.textContent("#toml"), "[filter]\nmax_boilerplate = false");
  await page.selectOption("#which", "newly kept");
  assert.equal(await page.textContent("#shown"), `${boilerplate.alone} examples`);
  assert.equal(await shown(page, "#example-rows"), boilerplate.alone);

  await page.fill("#filter-low_confidence input", "1");
  assert.match(await page.textContent("#effect"), /With these thresholds, 0 of /);
  await page.click("#reset");
  assert.equal(await page.textContent("#effect"), "");
  assert.equal(await page.inputValue("#filter-low_confidence input"), "0.5");

  await page.click("#filter-untranslated button");
  assert.equal(await page.inputValue("#which"), "untranslated");
  assert.equal(await shown(page, "#example-rows"), counts.reasons.untranslated.rejected);

  const choices = await page.locator("#document option").allTextContents();
  const named = choices.find((name) => /\([1-9]\d* kept, [1-9]\d* dropped\)/.test(name));
  await page.selectOption("#document", named);
  const [kept, dropped] = named.match(/\((\d+) kept, (\d+) dropped\)/).slice(1).map(Number);
  const found = { kept: 0, dropped: 0 };
  for (const languages of await page.locator("#languages option").allTextContents()) {
    await page.selectOption("#languages", languages);
    while (await page.locator("#document-rows > button").count()) await page.click("#document-rows > button");
    found.dropped += await page.locator("#document-rows .dropped").count();
    found.kept += await page.locator("#document-rows .row:not(.dropped)").count();
  }
  assert.deepEqual(found, { kept, dropped });
  assert.deepEqual(page.trouble, []);
  await page.close();

  const dark = await visit("set.html", { width: 390, dark: true });
  assert.deepEqual(await axe(dark), []);
  assert.ok(await dark.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "wider than the screen");
  await dark.close();
});
