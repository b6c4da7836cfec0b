// Helpers of the page tests: the browser, the command line, and pages for tests.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const BITEXT = process.env.BITEXT;
const REPOSITORY = process.env.REPOSITORY;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const folder = mkdtempSync(join(tmpdir(), "bitext-page-"));
export const path = (name) => join(folder, name);
export const read = (name) => readFileSync(path(name), "utf8");
export const write = (name, text) => { writeFileSync(path(name), text); return path(name); };
export const clean = () => rmSync(folder, { recursive: true, force: true });

/** Runs `bitext` and returns its output. */
export const bitext = (...args) => execFileSync(BITEXT, args, { encoding: "utf8", maxBuffer: 1 << 30 });
/** Runs `bitext`, which may fail. */
export const attempt = (...args) => spawnSync(BITEXT, args, { encoding: "utf8" });

/** Aligns the sample article and makes its page. */
export function ferry() {
  const sample = (code) => join(REPOSITORY, "examples/data", `ferry.${code}.txt`);
  const articles = ["en", "uk", "de"].map((code) => {
    // File names without folders, so that the page is the same everywhere.
    return write(`ferry.${code}.txt`, readFileSync(sample(code)));
  });
  execFileSync(BITEXT, ["align", ...articles.map((file) => file.replace(`${folder}/`, "")), "--format", "jsonl", "-o", "ferry.jsonl"], { cwd: folder });
  // The aligner is sure of nearly every unit of the sample. The page must show doubt, too.
  const sure = JSON.parse(read("ferry.jsonl"));
  for (const [at, confidence] of [[4, 0.85], [6, 0.62], [9, 0.4], [12, 0.88]]) sure.units[at].confidence = confidence;
  write("ferry.jsonl", `${JSON.stringify(sure)}\n`);
  bitext("report", path("ferry.jsonl"), "-o", path("ferry.html"));
  return JSON.parse(read("ferry.jsonl"));
}

/** Makes the page of samples in languages without a built-in model. Vectors say which sentence is which. */
export function samples(...codes) {
  const args = codes.flatMap((code) => {
    const file = join(REPOSITORY, "examples/languages", `ferry.${code}.txt`);
    const sentences = bitext("split", "--lang", code, file).trim().split("\n");
    const row = (at) => JSON.stringify(Array.from({ length: 16 }, (_, column) => (column === at ? 1 : column === at + 1 ? 0.2 : 0.02)));
    write(`${code}.vectors`, sentences.map((_, at) => row(at)).join("\n"));
    return ["--text", `${code}=${file}`, "--vectors", `${code}=${path(`${code}.vectors`)}`];
  });
  bitext("align", ...args, "--format", "jsonl", "-o", path("samples.jsonl"));
  bitext("report", path("samples.jsonl"), "-o", path("samples.html"));
}

/** A line of JSONL from units of sentences, [[en, ...], [de, ...], confidence] each. */
export function line(id, codes, units) {
  const sentences = Object.fromEntries(codes.map((code) => [code, []]));
  const wire = units.map(([...parts]) => {
    const confidence = parts.pop();
    const unit = {};
    parts.forEach((part, at) => {
      if (!part.length) return;
      unit[codes[at]] = part.map((text) => sentences[codes[at]].push(text) - 1);
    });
    return { ...unit, score: Object.keys(unit).length > 1 ? 0.7 : 0, confidence };
  });
  const pairs = {};
  codes.forEach((x, at) => codes.slice(at + 1).forEach((y) => {
    pairs[`${x}-${y}`] = wire.filter((unit) => unit[x] && unit[y])
      .map((unit) => ({ [x]: unit[x], [y]: unit[y], score: unit.score, confidence: unit.confidence }));
  }));
  return JSON.stringify({ id, sentences, units: wire, pairs, unrelated: false, format_version: 1, fingerprint: "made up" });
}

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

let browser = null;
export async function close() { if (browser) await browser.close(); clean(); }

/** Opens a page. Its errors, requests and dialogs are collected in `trouble`. */
export async function visit(name, { width = 1280, height = 800, dark = false, hash = "", touch = false, context = null } = {}) {
  browser = browser || await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: FLAGS });
  const own = context || await browser.newContext({
    viewport: { width, height }, colorScheme: dark ? "dark" : "light", hasTouch: touch, acceptDownloads: true, locale: "en-GB", reducedMotion: "reduce",
  });
  const page = await own.newPage();
  page.trouble = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) page.trouble.push(message.text()); });
  page.on("pageerror", (error) => page.trouble.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith("file://") && !request.url().startsWith("blob:")) page.trouble.push(`request: ${request.url()}`); });
  page.on("dialog", (dialog) => { if (dialog.type() !== "beforeunload") page.trouble.push(`dialog: ${dialog.message()}`); dialog.accept(); });
  await used(page);
  await page.goto(pathToFileURL(path(name)).href + hash);
  return page;
}

/** The accessibility violations that axe-core finds. */
export async function axe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

/** Waits until the page shows a bitext: it reacts to its address asynchronously. */
export async function headed(page, title) {
  await page.waitForFunction((wanted) => document.querySelector("#heading")?.textContent === wanted, title);
}

/** Saves the corrections. Returns the suggested file name and the lines. */
export async function save(page, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
  await download.saveAs(path(name));
  return { suggested: download.suggestedFilename(), lines: read(name).trim().split("\n") };
}

/** The text of the cell of a unit, by its number and column. */
export const cell = (page, no, column) => page.locator(`.row[data-no="${no}"] [data-column="${column}"]`);
export const shown = (page) => page.locator(".row").evaluateAll((rows) => rows.map((row) => Number(row.dataset.no)));
/** The sentences of a unit by column, as the page shows them. */
export const parts = (page, no) => page.locator(`.row[data-no="${no}"]`).evaluate((row) => [...row.querySelectorAll(".cell")]
  .map((own) => [...own.querySelectorAll(".sentence")].map((span) => Number(span.dataset.sentence))));

/** The processor time of the page's main thread in seconds. Other processes do not count. */
export async function used(page) {
  page.meter = page.meter || await page.context().newCDPSession(page);
  await page.meter.send("Performance.enable", { timeDomain: "threadTicks" });
  const { metrics } = await page.meter.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration").value;
}
