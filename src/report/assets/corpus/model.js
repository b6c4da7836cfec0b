// The rows of the page and the reasons to reject them, with the thresholds of the build and with others.

const CORPUS = JSON.parse($("corpus").textContent);
const REASONS = CORPUS.reasons;

/** Rows as objects. `dropped` has the indexes of the reasons for which the build dropped the row. */
const ROWS = CORPUS.data.map(([id, set, texts, confidence, score, dropped, scores]) => ({
  id, set, confidence, score, dropped, scores,
  texts: texts.map(([language, text, length]) => ({ language, text, length })),
}));
const SAMPLE = CORPUS.sample.map((at) => ROWS[at]);

/** The thresholds as they are set on the page; null if a filter is off. */
const thresholds = REASONS.map((reason) => reason.threshold);

/** The reasons against a row. Filters without a threshold compare rows: what they found stays. */
function reasonsOf(row, limits = thresholds) {
  return REASONS.flatMap((reason, at) => {
    if (reason.setting === null) return row.dropped.includes(at) ? [at] : [];
    const [limit, score] = [limits[at], row.scores[at]];
    if (limit === null || score === null) return [];
    return (reason.minimum ? score < limit : score > limit) ? [at] : [];
  });
}

/** The rows of the sample that the thresholds of the page keep or drop otherwise than the build. */
function changes() {
  const now = SAMPLE.map((row) => reasonsOf(row));
  return {
    now,
    dropped: SAMPLE.filter((row, at) => row.dropped.length === 0 && now[at].length > 0),
    kept: SAMPLE.filter((row, at) => row.dropped.length > 0 && now[at].length === 0),
  };
}

const isChanged = () => REASONS.some((reason, at) => reason.threshold !== thresholds[at]);

/** The changed thresholds as TOML. */
function toml() {
  const lines = REASONS.flatMap((reason, at) =>
    reason.threshold === thresholds[at] ? [] : [`${reason.setting} = ${thresholds[at] === null ? "false" : thresholds[at]}`]);
  return lines.length ? ["[filter]", ...lines].join("\n") : "# No threshold is changed.";
}
