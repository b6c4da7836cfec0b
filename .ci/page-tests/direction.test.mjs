// A page in French and Arabic: the direction and the language of each text.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { bitext, cell, close, path, samples, visit } from "./harness.mjs";

after(close);

test("French runs from left to right, Arabic from right to left", async () => {
  samples("fr", "ar");
  const page = await visit("samples.html");
  const look = (no, column) => cell(page, no, column).locator(".text").evaluate((text) => {
    const { direction, textAlign } = getComputedStyle(text);
    const range = document.createRange();
    range.selectNodeContents(text.querySelector(".sentence"));
    const [line, box] = [range.getClientRects()[0], text.getBoundingClientRect()];
    return { lang: text.lang, direction, textAlign, left: line.left - box.left, right: box.right - line.right };
  });
  // Languages are sorted by code.
  const [arabic, french] = [await look(1, 0), await look(1, 1)];
  assert.deepEqual([arabic.lang, arabic.direction, arabic.textAlign], ["ar", "rtl", "start"]);
  assert.deepEqual([french.lang, french.direction, french.textAlign], ["fr", "ltr", "start"]);
  assert.ok(arabic.right < 8 && arabic.left > 40, JSON.stringify(arabic));
  assert.ok(french.left < 8 && french.right > 40, JSON.stringify(french));
  const heads = await page.locator("[role=columnheader]").allTextContents();
  assert.ok(heads.includes("Arabic") && heads.includes("French"), heads.join());
  await page.fill("#query", "عبّارة");
  assert.equal(await page.locator("#query").evaluate((input) => getComputedStyle(input).direction), "rtl");
  await page.locator(".text mark").first().waitFor();
  await page.close();
});

test("the command line names the languages of the page", () => {
  const data = JSON.parse(bitext("report", path("samples.jsonl"), "-o", "-").match(/id="article-0">(.*?)<\/script>/s)[1]);
  assert.deepEqual(data.languages.map(({ code, dir }) => [code, dir]), [["ar", "rtl"], ["fr", "ltr"]]);
});
