// Screenshots of the page of the sample article and of an artificial corpus, for the README.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { bitext, cell, close, ferry, line, path, visit, write } from "./harness.mjs";

const out = process.argv[2];
mkdirSync(out, { recursive: true });
ferry();
const kinds = [[1, 1], [1, 1], [1, 1], [2, 1], [1, 1], [1, 2], [1, 0], [1, 1]];
const sure = [0.999, 0.993, 0.998, 0.94, 0.85, 0.66, 0.9, 0.31];
const corpus = Array.from({ length: 40 }, (_, no) => line(`article-${String(no + 1).padStart(2, "0")}`, ["en", "de"], Array.from({ length: 12 + (no % 9) }, (_, at) => {
  const pick = (at * 7 + no * 3) % (at % 4 ? 3 : 8);
  const text = (word, number) => Array.from({ length: number }, (_, i) => `${word} ${at}.${i} ${"and so on ".repeat(1 + ((at * 5 + no + i) % 4))}`.trim());
  return [text("A sentence", kinds[pick][0]), text("Ein Satz von hier", kinds[pick][1]), no % 13 === 5 ? sure[pick] * 0.6 : sure[pick]];
})));
write("corpus.jsonl", `${corpus.join("\n")}\n`);
write("left.jsonl", [["too-short", 31], ["language", 12], ["length-ratio", 9], ["duplicate", 5]].flatMap(([reason, number]) => Array(number).fill(JSON.stringify({ reason }))).join("\n"));
bitext("report", path("corpus.jsonl"), "--rejected", path("left.jsonl"), "--title", "A made-up corpus", "-o", path("corpus.html"));

for (const dark of [false, true]) {
  const look = dark ? "dark" : "light";
  for (const [size, options] of [["desktop", { width: 1180, height: 760 }], ["phone", { width: 390, height: 844, touch: true }]]) {
    const page = await visit("ferry.html", { dark, hash: "#1.5", ...options });
    if (size === "desktop") await cell(page, 5, 1).locator(".sentence").first().hover();
    await page.waitForTimeout(200);
    await page.screenshot({ path: join(out, `article-${size}-${look}.png`) });
    await page.close();
  }
}
for (const [size, options] of [["desktop", { width: 1180, height: 900 }], ["phone", { width: 390, height: 844, touch: true }]]) {
  const page = await visit("corpus.html", options);
  await page.screenshot({ path: join(out, `corpus-${size}.png`) });
  await page.close();
}
await close();
