// Helpers that create elements and format numbers. Text is always inserted as text nodes, never
// as HTML.

const $ = (id) => document.getElementById(id);

/** Creates an element. Attributes and children that are null or false are omitted. */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false));
  return element;
}

/** Creates an SVG element. */
function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Shows a message in the status line, which screen readers announce. */
let statusTimer = 0;
function say(text) {
  const status = $("status");
  status.textContent = text;
  status.classList.add("shown");
  clearTimeout(statusTimer);
  statusTimer = setTimeout(() => status.classList.remove("shown"), Math.max(4000, text.length * 90));
}

/** Formats a probability with two decimals, rounded down: 0.999 is not shown as 1.00. */
const two = (value) => (Math.floor(value * 100 + 1e-9) / 100).toFixed(2);
const count = (number, noun) => `${number.toLocaleString("en-GB")} ${noun}${number === 1 ? "" : "s"}`;

/** The grade of a confidence, 0 to 4. `class_of` in plots.rs uses the same bounds. */
const grade = (confidence) => [0.5, 0.7, 0.9, 0.99].filter((bound) => confidence >= bound).length;
const GRADES = ["below 0.5", "0.5 to 0.7", "0.7 to 0.9", "0.9 to 0.99", "0.99 and more"];

/** Terms of the page with their definitions, for tooltips and the help. */
const TERMS = {
  "confidence": "The estimated probability that this unit is correct, 0 to 1.",
  "score": "How similar the sentences are in meaning. 0: no more similar than two arbitrary sentences of these articles; negative: less; 1: the same content.",
  "posterior": "The probability of these sentences corresponding, given both texts, 0 to 1. The aligner's model computes it over all alignments.",
  "margin": "The similarity of the sentences minus the mean similarity to their nearest neighbours in the other text. Above 0: they stand out.",
  "potential": "The weighted sum of all features, in nats. Each nat more makes these sentences about 2.7 times as likely to correspond.",
  "sentences per language": "The number of sentences of each language in this unit, in the order of the columns.",
};
/** A term with its definition as a tooltip. */
const term = (name, label = name) => h("abbr", { class: "term", title: TERMS[name] }, label);

/** Descriptions of the aligner's features. */
const FEATURES = {
  "bias": "prior of this shape",
  "margin": "similarity of meaning",
  "margin_above_0.1": "similarity above 0.1",
  "margin_above_0.3": "similarity above 0.3",
  "margin_above_0.5": "similarity above 0.5",
  "competitor_margin": "similarity above the best competitor's",
  "competitor_margin_above_0": "more similar than any competitor",
  "length_mismatch": "lengths differ",
  "length_mismatch_root": "lengths differ a little",
  "log_length": "length of the sentences",
  "margin_times_log_length": "similarity, by length",
  "boundary_inside": "segment ends inside",
  "boundary_mismatch": "segment ends on one side only",
  "no_boundary": "no segment ends here",
  "shared_cognates": "names in common",
  "shared_numbers": "numbers in common",
  "unshared_numbers": "numbers on one side only",
  "question_mark_mismatch": "question mark on one side only",
  "final_mark_mismatch": "final mark on one side only",
  "opening_quote_mismatch": "opening quote on one side only",
  "better_match_nearby": "words match better nearby",
  "unmatched_words": "words without a match",
};
