// The page of one article: loading, hovering, filters, search, printing, keys.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, bitext, cell, close, ferry, line, parts, path, read, shown, visit, write } from "./harness.mjs";

let json;
before(() => { json = ferry(); });
after(close);

test("the page shows every unit with its text in its language", async () => {
  const page = await visit("ferry.html", { height: 9000 });
  assert.equal(await page.locator(".row").count(), json.units.length);
  for (const [at, unit] of json.units.entries()) {
    for (const [column, code] of ["en", "uk", "de"].entries()) {
      const own = cell(page, at + 1, column);
      const texts = await own.locator(".sentence").allTextContents();
      assert.deepEqual(texts, (unit[code] || []).map((sentence) => json.sentences[code][sentence]));
      if (texts.length) assert.equal(await own.locator(".text").getAttribute("lang"), code);
    }
    const linked = await page.locator(`.row[data-no="${at + 1}"] .bead`).count();
    const neighbours = [["en", "uk"], ["uk", "de"]].filter(([x, y]) => unit[x] && unit[y]).length;
    assert.ok(linked >= neighbours, `unit ${at + 1} has its bands`);
  }
  assert.equal(await page.locator(".text").first().evaluate((text) => getComputedStyle(text).hyphens), "auto");
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("languages that are linked only through a third have bands too", async () => {
  const full = JSON.parse(line("odd pairs", ["en", "uk", "de"], [
    [["One."], ["Один."], ["Eins."], 0.9], [["Two.", "Three."], ["Два. Три."], ["Zwei.", "Drei."], 0.8], [["Four."], [], ["Vier."], 0.7],
  ]));
  const { "en-uk": first, "uk-de": second, "en-de": third } = full.pairs;
  // German and English linked through Ukrainian; and pairs with the languages in the other order.
  const some = { ...full, id: "some", pairs: { "en-uk": first, "uk-de": second } };
  const turned = { ...full, id: "turned", pairs: { "uk-en": first, "de-uk": second, "de-en": third } };
  const none = { ...full, id: "none", pairs: {} };
  write("pairs.jsonl", [full, turned, some, none].map((own) => JSON.stringify(own)).join("\n"));
  bitext("report", path("pairs.jsonl"), "--features", "never", "-o", path("pairs.html"));
  const page = await visit("pairs.html");
  const bands = async (at, columns) => {
    await page.evaluate((to) => { location.hash = String(to); }, at);
    await page.waitForFunction((name) => document.querySelector("#heading").textContent === name, ["odd pairs", "turned", "some", "none"][at - 1]);
    await page.selectOption("#pair", columns);
    const counts = [];
    for (const no of [1, 2, 3]) {
      const own = page.locator(`.row[data-no="${no}"]`);
      counts.push([await own.locator(".bead").count(), await own.locator(".bead.implied").count()]);
    }
    await cell(page, 2, 0).focus();
    await page.mouse.move(640, 5);
    await cell(page, 2, 0).locator(".sentence").first().hover();
    assert.equal(await page.locator(".row.lit .sentence.lit").count(), columns ? 4 : 5);
    return counts;
  };
  assert.deepEqual(await bands(1, ""), [[2, 0], [2, 0], [2, 0]]);
  assert.deepEqual(await bands(1, "0 2"), [[1, 0], [1, 0], [1, 0]]);
  assert.deepEqual(await bands(2, ""), [[2, 0], [2, 0], [2, 0]]);
  assert.deepEqual(await bands(3, ""), [[2, 0], [2, 0], [2, 2]]);
  assert.deepEqual(await bands(3, "0 2"), [[1, 1], [1, 1], [1, 1]]);
  assert.match(await page.textContent("#evidence"), /en 2–3 = de 2–3: not aligned with each other/);
  assert.deepEqual(await bands(4, ""), [[2, 2], [2, 2], [2, 2]]);
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("articles are named by their files", async () => {
  const own = JSON.parse(line(null, ["en", "de"], [[["One."], ["Eins."], 0.9]]));
  write("files.jsonl", JSON.stringify({ ...own, sources: { en: "/home/someone/texts/a.en.txt", de: "/home/someone/texts/a.de.txt" } }));
  write("named.jsonl", JSON.stringify({ ...own, id: "story 1", sources: { en: "/home/someone/texts/a.en.txt", de: "https://example.org/a" } }));
  for (const [name, heading, subtitle] of [["files", "a.en.txt · a.de.txt", "English · German"], ["named", "story 1", "English: a.en.txt · German: https://example.org/a"]]) {
    bitext("report", path(`${name}.jsonl`), "--features", "never", "-o", path(`${name}.html`));
    const page = await visit(`${name}.html`);
    assert.equal(await page.textContent("#heading"), heading);
    assert.equal(await page.textContent("#subtitle"), subtitle);
    assert.match(await page.getAttribute("#subtitle", "title"), /^\/home\/someone\/texts\/a\.en\.txt\n/);
    assert.deepEqual(page.trouble, []);
    await page.close();
  }
  const warned = { ...own, unrelated: true, sources: { en: "/texts/a.en.txt", de: "/texts/a.de.txt" } };
  const all = ["en", "de"].map((code) => `/texts/a.${code}.txt: looks unrelated to the rest`);
  for (const [warnings, expected] of [[[all[1], "/texts/a.en.txt: has no text"], ["a.de.txt: looks unrelated to the rest", "a.en.txt: has no text"]], [all, ["These articles look unrelated."]]]) {
    write("warned.jsonl", JSON.stringify({ ...warned, warnings }));
    bitext("report", path("warned.jsonl"), "--features", "never", "-o", path("warned.html"));
    const page = await visit("warned.html");
    assert.deepEqual(await page.locator("#notes .note").allTextContents(), expected);
    await page.close();
  }
});

test("confidence shows as a number, a pattern and a colour; boilerplate is grey", async () => {
  const page = await visit("ferry.html", { height: 9000 });
  const first = json.units[0];
  const shownAs = await page.locator('.row[data-no="1"] .confidence').textContent();
  assert.equal(shownAs, (Math.floor(first.confidence * 100) / 100).toFixed(2));
  const looks = await page.locator(".bead").evaluateAll((all) => Object.fromEntries(all.map((bead) => {
    const { fill, stroke, strokeDasharray } = getComputedStyle(bead);
    return [bead.classList[1], [fill, stroke, strokeDasharray].join()];
  })));
  assert.equal(new Set(Object.values(looks)).size, Object.keys(looks).length);
  const boilerplate = page.locator(".sentence.boilerplate").first();
  assert.equal(await boilerplate.evaluate((span) => getComputedStyle(span).fontStyle), "italic");
  await page.close();
});

test("the legend names the grades of confidence", async () => {
  const page = await visit("ferry.html");
  const legend = await page.textContent("#legend");
  for (const grade of ["below 0.5", "0.5 to 0.7", "0.7 to 0.9", "0.9 to 0.99", "0.99 and more"]) assert.ok(legend.includes(grade), legend);
  assert.doesNotMatch(legend, /\[object/);
  assert.deepEqual(page.trouble, []);
});

test("hover and focus highlight a unit and show its features", async () => {
  const page = await visit("ferry.html");
  await cell(page, 3, 1).locator(".sentence").first().hover();
  assert.equal(await page.locator(".row.lit").getAttribute("data-no"), "3");
  assert.equal(await page.locator(".row.lit .sentence.lit").count(), 3);
  assert.match(await page.textContent("#unit-name"), /^Unit 3 of/);
  const evidence = await page.textContent("#evidence");
  assert.match(evidence, /posterior [01]\.\d{4}/);
  assert.match(evidence, /similarity of meaning/);
  assert.match(await page.textContent("#unit-facts"), /confidence 0\.\d+.*score 0\.\d+/s);
  await cell(page, 2, 0).focus();
  await page.mouse.move(640, 5);
  assert.equal(await page.locator(".row.current").getAttribute("data-no"), "2");
  assert.match(await page.textContent("#unit-name"), /^Unit 2 of/);
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("filters: confidence, kinds, languages", async () => {
  const page = await visit("ferry.html", { height: 9000 });
  await page.fill("#max-confidence", "0.9");
  await page.keyboard.press("Tab");
  const numbers = (fits) => json.units.flatMap((unit, at) => (fits(unit) ? [at + 1] : []));
  assert.deepEqual(await shown(page), numbers((unit) => unit.confidence <= 0.9));
  assert.match(await page.textContent("#count"), new RegExp(`of ${json.units.length} units`));
  await page.click("#clear");
  assert.equal((await shown(page)).length, json.units.length);
  await page.click("#kinds summary");
  await page.uncheck('input[value="unaligned"]');
  await page.uncheck('input[value="boilerplate"]');
  const size = (unit) => ["en", "uk", "de"].filter((code) => unit[code]).length;
  const left = await shown(page);
  assert.ok(left.length && left.length < json.units.length);
  assert.ok(left.every((no) => size(json.units[no - 1]) > 1));
  await page.click("#clear");
  await page.selectOption("#pair", "0 2");
  assert.deepEqual(await page.locator("#columns [role=columnheader]").allTextContents(), ["Unit", "English", "German"]);
  assert.deepEqual(await shown(page), numbers((unit) => unit.en || unit.de));
  assert.ok(await page.locator('.row .bead').count() > 5);
  await page.fill("#min-confidence", "7");
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("search highlights matches in all languages and moves from match to match", async () => {
  const page = await visit("ferry.html");
  await page.keyboard.press("/");
  await page.keyboard.type("пором");
  const hits = json.units.filter((unit) => (unit.uk || []).some((at) => json.sentences.uk[at].toLowerCase().includes("пором"))).length;
  assert.ok(hits > 1);
  assert.equal(await page.textContent("#found"), `1 of ${hits}`);
  assert.equal((await page.locator(".row.current mark").first().textContent()).toLowerCase(), "пором");
  await page.keyboard.press("Enter");
  assert.equal(await page.textContent("#found"), `2 of ${hits}`);
  await page.keyboard.press("Shift+Enter");
  assert.equal(await page.textContent("#found"), `1 of ${hits}`);
  await page.fill("#query", "no such words here");
  assert.equal(await page.textContent("#found"), "none");
  assert.equal(await page.locator("mark").count(), 0);
  await page.close();
});

/** Prints the page. Returns the number of pages and their content. */
async function print(page) {
  await page.evaluate(() => window.addEventListener("beforeprint", () => {
    const all = (what) => [...document.querySelectorAll(`#paper ${what}`)];
    const boxes = all(".row").map((row) => row.getBoundingClientRect());
    globalThis.paper = {
      rows: all(".row").map((row) => Number(row.dataset.no)),
      sentences: all(".sentence").map((own) => own.textContent),
      bare: all(".row").filter((row) => row.querySelectorAll(".sentence").length > 1 && !row.querySelector(".bead")).length,
      extent: document.querySelector("#paper .extent").textContent,
      over: boxes.filter((box, at) => at > 0 && box.top < boxes[at - 1].bottom - 1).length,
      width: Math.max(...boxes.map((box) => box.width)),
    };
  }, { once: true }));
  const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
  return { ...await page.evaluate(() => globalThis.paper), pages: pdf.match(/\/Type\s*\/Page\b/g).length };
}

test("printing includes all units that pass the filters, not only those in view", async () => {
  const page = await visit("ferry.html");
  const before = await shown(page);
  assert.ok(before.length < json.units.length);
  const all = await print(page);
  assert.deepEqual(all.rows, json.units.map((_, at) => at + 1));
  assert.equal(all.sentences.length, ["en", "uk", "de"].reduce((sum, code) => sum + json.sentences[code].length, 0));
  assert.deepEqual([all.bare, all.over], [0, 0]);
  assert.ok(all.width <= 718 && all.pages > 1 && all.pages < json.units.length / 4, JSON.stringify([all.width, all.pages]));
  assert.equal(all.extent, `${json.units.length} units.`);
  assert.deepEqual(await shown(page), before);
  assert.equal(await page.locator("#paper *").count(), 0);
  await page.fill("#max-confidence", "0.9");
  await page.keyboard.press("Tab");
  const some = await print(page);
  assert.deepEqual(some.rows, json.units.flatMap((unit, at) => (unit.confidence <= 0.9 ? [at + 1] : [])));
  assert.equal(some.extent, `${some.rows.length} units that pass the filters, of ${json.units.length} units.`);
  assert.ok(some.pages < all.pages);
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("a part of a long text is printed, from the current unit", async () => {
  write("long.jsonl", line("long", ["en", "de"], Array.from({ length: 2300 }, (_, no) => [[`Sentence ${no}.`], [`Satz ${no}.`], 0.9])));
  bitext("report", path("long.jsonl"), "--features", "never", "-o", path("long.html"));
  const page = await visit("long.html", { hash: "#1.101" });
  const part = await print(page);
  assert.deepEqual([part.rows[0], part.rows.length, part.bare], [101, 2000, 0]);
  assert.equal(part.extent, "2,000 units from the current one, of 2,300.");
  assert.equal(await page.locator(".row.current").getAttribute("data-no"), "101");
  await page.keyboard.press("End");
  const { rows } = await print(page);
  assert.deepEqual([rows[0], rows.at(-1)], [301, 2300]);
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("everything can be reached by keys, and the help lists them", async () => {
  const page = await visit("ferry.html");
  const active = () => page.evaluate(() => [document.activeElement.closest(".row")?.dataset.no, document.activeElement.dataset.column].map(Number));
  await page.keyboard.press("Escape");
  assert.deepEqual(await active(), [1, 0]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.deepEqual(await active(), [2, 2]);
  await page.keyboard.press("End");
  assert.deepEqual(await active(), [json.units.length, 2]);
  const inView = await page.locator(".row.current").evaluate((row) => row.getBoundingClientRect().bottom <= innerHeight + 1);
  assert.ok(inView);
  await page.keyboard.press("Home");
  assert.deepEqual(await active(), [1, 2]);
  await page.keyboard.press("d");
  const [doubtful] = await active();
  assert.equal(doubtful, json.units.findIndex((unit, at) => at > 0 && unit.confidence < 0.7) + 1);
  await page.keyboard.press("f");
  assert.equal(await page.evaluate(() => document.activeElement.id), "min-confidence");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  assert.ok(await page.locator("#help").evaluate((help) => help.open));
  const told = await page.textContent("#help .keys");
  for (const key of ["↑ ↓", "/", "{ ]", "u, U", "z, y", "w"]) assert.ok(told.includes(key), key);
  await page.keyboard.press("Escape");
  assert.ok(!await page.locator("#help").evaluate((help) => help.open));
  // Tab moves from the filters to the units, and on to the correction buttons.
  await page.focus("#clear");
  await page.keyboard.press("Tab");
  assert.ok((await active())[0] > 0);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "do-review");
  assert.deepEqual(page.trouble, []);
  await page.close();
});

test("text that looks like HTML is shown as text", async () => {
  const bad = ["<script>alert(1)</script>", "</template></script><img src=x onerror=alert(2)>", "<!-- --> ]]> &lt;b&gt; {{title}}", "line\u2028and\u2029paragraph \\u003c", "</title><style>*{display:none}</style>"];
  write("bad.jsonl", `${line("<b>&\"'</title>", ["en", "de"], bad.map((text) => [[text], [text], 0.5]))}\n`);
  bitext("report", path("bad.jsonl"), "-o", path("bad.html"));
  assert.ok(!read("bad.html").includes("<script>alert"));
  const page = await visit("bad.html");
  assert.deepEqual(await page.locator('.cell[data-column="0"] .sentence').allTextContents(), bad);
  assert.equal(await page.textContent("#heading"), "<b>&\"'</title>");
  assert.equal(await page.locator("img, #heading b").count(), 0);
  await page.fill("#query", "<img");
  assert.equal(await page.locator("mark").first().textContent(), "<img");
  assert.deepEqual(page.trouble, []);
  await page.close();
});

for (const [name, options] of [["wide and light", {}], ["wide and dark", { dark: true }],
  ["a phone", { width: 390, height: 844, touch: true }], ["a dark phone", { width: 390, height: 844, touch: true, dark: true }]]) {
  test(`axe-core finds no violations: ${name}`, async () => {
    const page = await visit("ferry.html", options);
    assert.deepEqual(await axe(page), []);
    await page.fill("#query", "e");
    await page.keyboard.press("Escape");
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press("?");
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(page.trouble, []);
    await page.close();
  });
}

for (const width of [390, 320]) {
  test(`no button or field is cut off at ${width} pixels`, async () => {
    const one = (id) => line(id, ["en", "uk", "de"], [1, 2, 3].map((no) => [[`Sentence ${no} of some length.`], [`Речення ${no}.`], [`Satz ${no}.`], 0.8]));
    write("phone.jsonl", ["first", "second"].map(one).join("\n"));
    bitext("report", path("phone.jsonl"), "--features", "never", "-o", path("phone.html"));
    const page = await visit("phone.html", { width, height: 844, touch: true, hash: "#1" });
    const cut = () => page.evaluate(() => {
      const seen = [...document.querySelectorAll("button, select, input, summary")].filter((own) => own.checkVisibility({ visibilityProperty: true }));
      const within = (own) => {
        const { left, right } = own.getBoundingClientRect();
        for (let around = own; around; around = around.parentElement) {
          const box = around.getBoundingClientRect();
          if (getComputedStyle(around).overflowX !== "visible" && (left < box.left - 1 || right > box.right + 1)) return false;
        }
        return left >= 0 && right <= innerWidth && own.scrollWidth <= own.clientWidth + 1;
      };
      return { seen: seen.length, cut: seen.filter((own) => !within(own)).map((own) => own.id || own.textContent) };
    });
    await page.tap('.row[data-no="1"] [data-column="1"]');
    await page.tap("#do-join");
    await page.tap("#more");
    const found = await cut();
    assert.ok(found.seen > 20, String(found.seen));
    assert.deepEqual(found.cut, []);
    // The status line covers no button.
    const [told, panel] = await page.evaluate(() => ["status", "panel"].map((id) => document.getElementById(id).getBoundingClientRect().toJSON()));
    assert.ok(told.bottom <= panel.top);
    await page.tap("#to-index");
    await page.waitForSelector(".index");
    assert.deepEqual((await cut()).cut, []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    assert.deepEqual(page.trouble, []);
    await page.close();
  });
}

test("on a phone, texts are below each other and nothing is cut off", async () => {
  const page = await visit("ferry.html", { width: 390, height: 844, touch: true });
  const boxes = await page.locator('.row[data-no="1"] .cell').evaluateAll((cells) => cells.map((own) => own.getBoundingClientRect().toJSON()));
  assert.ok(boxes[0].bottom <= boxes[1].top + 1 && boxes[1].bottom <= boxes[2].top + 1);
  assert.ok(boxes.every((box) => box.left >= 0 && box.right <= 390));
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await page.tap('.row[data-no="2"] [data-column="1"]');
  assert.match(await page.textContent("#unit-name"), /^Unit 2/);
  const panel = await page.locator("#panel").evaluate((own) => own.getBoundingClientRect().toJSON());
  assert.ok(panel.bottom <= 845 && panel.height < 844 / 2);
  await page.close();
});
