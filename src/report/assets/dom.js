// Elements. Text goes in as text nodes only, never as HTML.

const $ = (id) => document.getElementById(id);

/** An element with attributes and children; what is null or false is left out. */
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

/** The same for SVG. */
function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Tells what happened, to everyone. */
let saying = 0;
function say(text) {
  const status = $("status");
  status.textContent = text;
  status.classList.add("shown");
  clearTimeout(saying);
  saying = setTimeout(() => status.classList.remove("shown"), Math.max(4000, text.length * 90));
}

/** Numbers as people read them; a probability just below 1 is not shown as 1. */
const two = (value) => (Math.floor(value * 100 + 1e-9) / 100).toFixed(2);
const count = (number, noun) => `${number.toLocaleString("en-GB")} ${noun}${number === 1 ? "" : "s"}`;

/** The class of a confidence, 0 to 4; the plots of the overview have the same. */
const grade = (confidence) => [0.5, 0.7, 0.9, 0.99].filter((bound) => confidence >= bound).length;
const GRADES = ["below .5", ".5 to .7", ".7 to .9", ".9 to .99", ".99 and more"];

/** What the aligner's evidence means. */
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
