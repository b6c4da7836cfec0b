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
  "bead": "prior of this shape",
  "margin": "similarity of meaning",
  "margin>.1": "similarity above .1",
  "margin>.3": "similarity above .3",
  "margin>.5": "similarity above .5",
  "rival": "above the next best",
  "rival>0": "clearly above it",
  "length": "lengths differ",
  "length-root": "lengths differ a little",
  "size": "length of sentences",
  "size-margin": "similarity, by length",
  "crossed": "another fits better",
  "ragged": "ends inside a given sentence",
  "inner": "joins over a paragraph's end",
  "words": "words in common",
  "numbers": "numbers in common",
  "other-numbers": "numbers that differ",
  "question": "question marks",
  "stop": "stops at the end",
  "quote": "quotation marks",
  "elsewhere": "words in a neighbour",
  "lost": "words left over",
};
