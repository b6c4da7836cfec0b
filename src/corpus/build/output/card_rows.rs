//! The part of the dataset card that describes the rows, by their kind.

use std::fmt::Write;

use crate::corpus::build::config::{BuildConfig, OutputConfig, RowKind};
use crate::corpus::build::passages::GapPolicy;
use crate::corpus::build::summary::BuildSummary;
use crate::corpus::build::wording::counted;
use crate::corpus::filter::Reason;

/// The title of a card without a name.
pub fn title(rows: RowKind) -> &'static str {
    match rows {
        RowKind::Pairs | RowKind::Units => "Parallel sentences",
        RowKind::Documents => "Parallel documents",
        RowKind::Paragraphs => "Parallel paragraphs",
    }
}

/// The subject of the card's first sentence.
pub fn what_rows_are(rows: RowKind) -> &'static str {
    match rows {
        RowKind::Pairs | RowKind::Units => "Sentences and their translations",
        RowKind::Documents => "Documents and their translations",
        RowKind::Paragraphs => "Paragraphs and their translations",
    }
}

type Column = (&'static str, &'static str, &'static str);

const ROW_ID: Column =
    ("id", "string", "Identifies the row: the group of articles, and the number of the row in it.");
const PASSAGE_ID: Column = (
    "id",
    "string",
    "Identifies the row: the group of articles, and the numbers of its first and last unit.",
);
const DOCUMENT: Column =
    ("document", "string", "Identifies the group of articles that the row is from.");

const UNIT_COLUMNS: [Column; 2] = [
    (
        "score",
        "number",
        "How similar the texts are: about 0 for two random sentences of the articles, about 1 for \
         a faithful translation.",
    ),
    (
        "confidence",
        "number",
        "The estimated probability, 0 to 1, that the alignment of the row is exactly right.",
    ),
];

const PASSAGE_COLUMNS: [Column; 5] = [
    (
        "score",
        "number",
        "How similar the texts are, the mean over the units, weighted by their characters: about 0 \
         for random sentences of the articles, about 1 for faithful translations.",
    ),
    (
        "confidence",
        "number",
        "The estimated share, 0 to 1, of the aligned text whose units are exactly right.",
    ),
    ("confidences", "list", "The confidence of each unit, in the order of the text."),
    (
        "aligned",
        "object",
        "By language code, the share of aligned sentences in the characters of `sentences`, 0 to 1.",
    ),
    (
        "sentences",
        "object",
        "By language code, all sentences from the first to the last. `start` and `end` are bytes of \
         the article's text, `unit` is the index of the unit in `confidences`. The `status` is \
         `aligned`, `unaligned` (in the text, without a counterpart), `left_out` (not in the text, \
         without a counterpart) or `rejected` (not in the text, in a unit that a filter rejected).",
    ),
];

/// Writes the section on rows and their columns.
pub fn write_rows(
    out: &mut String,
    config: &BuildConfig,
    summary: &BuildSummary,
) -> std::fmt::Result {
    let kind = config.output.rows;
    writeln!(out, "## Rows\n")?;
    if kind.has_several_units() {
        write_passage_rules(out, &config.output)?;
    }
    if let Some(example) = &summary.example {
        writeln!(out, "A row, as the JSON Lines files have it:\n\n```json\n{example}\n```\n")?;
    }
    let translation = match kind {
        RowKind::Pairs => "The two texts by language code. A text may be several sentences.",
        RowKind::Units => {
            "The texts by language code, `null` for a language without one. A text may be several \
             sentences."
        }
        RowKind::Documents | RowKind::Paragraphs => {
            "The two texts by language code. A blank line separates paragraphs."
        }
    };
    let (id, others) = if kind.has_several_units() {
        (PASSAGE_ID, &PASSAGE_COLUMNS[..])
    } else {
        (ROW_ID, &UNIT_COLUMNS[..])
    };
    writeln!(out, "| column | type | meaning |\n|---|---|---|")?;
    let columns = [id, ("translation", "object", translation), DOCUMENT];
    for (column, kind, meaning) in columns.iter().chain(others) {
        writeln!(out, "| `{column}` | {kind} | {meaning} |")?;
    }
    writeln!(out)
}

fn write_passage_rules(out: &mut String, output: &OutputConfig) -> std::fmt::Result {
    let row = match output.rows {
        RowKind::Paragraphs => {
            "A row is a paragraph and its translation, or the fewest paragraphs that begin and end \
             together in both languages."
        }
        _ => "A row is a document and its translation, or a part of them.",
    };
    let most = output.max_row_characters;
    write!(
        out,
        "{row} It consists of consecutive units, which are sentences and their translations. A text has \
         at most {most} characters, unless a single unit has more. "
    )?;
    let gaps = match output.gaps {
        GapPolicy::Drop => {
            "Sentences without a counterpart are not in the texts (`gaps = \"drop\"`); the column \
             `sentences` marks them as `left_out`."
        }
        GapPolicy::Keep => {
            "Sentences without a counterpart inside a row are in the texts (`gaps = \"keep\"`); the column \
             `sentences` marks them as `unaligned`."
        }
        GapPolicy::Split => {
            "A row ends at each sentence without a counterpart (`gaps = \"split\"`)."
        }
    };
    write!(out, "{gaps}")?;
    if let Some(most) = output.max_gap_sentences.filter(|_| output.gaps != GapPolicy::Split) {
        write!(out, " A row ends where more than {most} consecutive sentences are not aligned.")?;
    }
    if let Some(least) = output.min_unit_confidence {
        write!(out, " No row crosses a unit with a confidence below {least}.")?;
    }
    writeln!(out, "\n")
}

/// Writes what became of the units of rows that are documents or paragraphs.
pub fn write_units(out: &mut String, summary: &BuildSummary) -> std::fmt::Result {
    let Some(counts) = &summary.units else { return Ok(()) };
    writeln!(
        out,
        "The filters judged {} first and kept {} of them. The rows of this data set have {}. {} in no row \
         because their text is at another place in the other language.\n",
        counted(counts.units.pairs, "unit"),
        counts.units.kept(),
        counted(counts.in_rows, "unit"),
        match counts.crossing {
            1 => "1 unit is".to_string(),
            crossing => format!("{crossing} units are"),
        }
    )?;
    if counts.units.rejected() == 0 {
        return Ok(());
    }
    writeln!(out, "| reason | units | units with this reason only |\n|---|---:|---:|")?;
    for reason in Reason::ALL {
        let (all, only) =
            (counts.units.rejected_for(reason), counts.units.rejected_only_for(reason));
        if all > 0 {
            writeln!(out, "| `{}` | {all} | {only} |", reason.code())?;
        }
    }
    writeln!(out)
}
