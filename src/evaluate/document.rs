//! Files that hold the alignment of one document: Vecalign's and hunalign's.

use super::{AlignmentError, Bead, Beads, MAX_SENTENCES};
use crate::{Error, Result};

/// How alignments are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A JSON object a line: a [`Task`](super::Task) or a
    /// [`Prediction`](super::Prediction).
    Jsonl,
    /// A bead a line, `[0]:[0, 1]` or `[0]:[0, 1]:0.123`, as Vecalign and many
    /// gold alignments have it.
    Vecalign,
    /// hunalign's ladder: a rung a line, `source TAB target TAB score`. The
    /// sentences from a rung to the next are a bead; the last rung closes.
    Ladder,
}

impl Format {
    /// The format that a line, the first that is not blank, is in; `None`
    /// where it is in none.
    ///
    /// ```
    /// use bitext::evaluate::Format;
    ///
    /// assert_eq!(Format::detect("[0]:[0, 1]"), Some(Format::Vecalign));
    /// assert_eq!(Format::detect("0\t0\t0.3"), Some(Format::Ladder));
    /// assert_eq!(Format::detect(r#"{"id": "a", "beads": []}"#), Some(Format::Jsonl));
    /// assert_eq!(Format::detect("A sentence."), None);
    /// ```
    pub fn detect(line: &str) -> Option<Format> {
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.starts_with('{') {
            Some(Format::Jsonl)
        } else if line.starts_with('[') {
            Some(Format::Vecalign)
        } else if rung(line).is_ok() {
            Some(Format::Ladder)
        } else {
            None
        }
    }
}

/// The alignment of one document, read from a file. It does not say how many
/// sentences there are: it has those that it mentions.
///
/// ```
/// use bitext::evaluate::{Counts, Document, Nulls};
///
/// let gold = Document::parse_vecalign("gold", "[0]:[0]\n[1]:[1]\n[2]:[]\n")?;
/// let found = Document::parse_ladder("found", "0\t0\t1\n1\t1\t1\n2\t2\t0\n")?;
/// let (n, m) = (gold.sizes().0.max(found.sizes().0), gold.sizes().1.max(found.sizes().1));
/// let counts = Counts::of(&gold.beads(n, m)?, &found.beads(n, m)?, Nulls::Each)?;
/// assert_eq!(counts.strict().f1, 1.0);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    source_name: String,
    /// By bead: the line that it is from.
    lines: Vec<usize>,
    beads: Vec<Bead>,
    sizes: (usize, usize),
}

impl Document {
    /// Reads a document's beads, a line each; blank lines are skipped.
    /// `source_name` names the text in errors.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) for a line that is no bead, or has a sentence
    /// that an earlier line has.
    ///
    /// ```
    /// use bitext::evaluate::Document;
    ///
    /// let document = Document::parse_vecalign("gold", "[0]:[0, 1]\n[1]:[]\n")?;
    /// assert_eq!(document.sizes(), (2, 2));
    /// let error = Document::parse_vecalign("gold", "[0]:[0]\n[1]:0\n").unwrap_err();
    /// assert!(error.to_string().starts_with("gold:2: "));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn parse_vecalign(source_name: &str, text: &str) -> Result<Document> {
        let mut document = Document::new(source_name);
        for (number, line) in numbered(text) {
            let bead = vecalign_bead(line).map_err(|error| error.at(source_name, number))?;
            document.push(number, bead)?;
        }
        document.checked()
    }

    /// Reads a ladder; blank lines are skipped. `source_name` names the text
    /// in errors.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) for a line that is no rung, a first rung that
    /// is not `0 0`, and a rung that is not above the one before it.
    ///
    /// ```
    /// use bitext::evaluate::{Bead, Document};
    ///
    /// let document = Document::parse_ladder("ladder", "0\t0\t0.3\n1\t2\t0.5\n2\t2\t0\n")?;
    /// let beads = document.beads(2, 2)?;
    /// assert_eq!(beads.beads(), [Bead::new([0], [0, 1]), Bead::new([1], [])]);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn parse_ladder(source_name: &str, text: &str) -> Result<Document> {
        let mut document = Document::new(source_name);
        let mut last: Option<(usize, (usize, usize))> = None;
        for (number, line) in numbered(text) {
            let (i, j) = rung(line).map_err(|error| error.at(source_name, number))?;
            let refuse = |why: String| Err(AlignmentError::Malformed(why).at(source_name, number));
            match last {
                None if (i, j) != (0, 0) => {
                    return refuse(format!("a ladder begins with rung `0 0`, not `{i} {j}`"));
                }
                None => {}
                Some((_, (x, y))) if i < x || j < y || (i, j) == (x, y) => {
                    return refuse(format!(
                        "rung `{i} {j}` does not come after rung `{x} {y}` before it"
                    ));
                }
                // The bead is named by the rung that begins it.
                Some((start, (x, y))) => {
                    // Before any memory is taken for them.
                    document.grow(number, (i, j))?;
                    document
                        .push(start, Bead { source: (x..i).collect(), target: (y..j).collect() })?;
                }
            }
            last = Some((number, (i, j)));
        }
        document.checked()
    }

    /// Numbers of sentences of the two sides: one past the last mentioned.
    pub fn sizes(&self) -> (usize, usize) {
        self.sizes
    }

    /// The alignment of `n` and `m` sentences: where nothing else tells the
    /// numbers, take what this and the document that it is compared to
    /// mention, each the larger of their [`sizes`](Document::sizes).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) where a line has a sentence that is not there,
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) where there are too many.
    pub fn beads(&self, n: usize, m: usize) -> Result<Beads> {
        Beads::new(n, m, self.beads.iter().cloned()).map_err(|error| self.place(error))
    }

    fn new(source_name: &str) -> Document {
        Document {
            source_name: source_name.to_string(),
            lines: Vec::new(),
            beads: Vec::new(),
            sizes: (0, 0),
        }
    }

    fn push(&mut self, line: usize, bead: Bead) -> Result<()> {
        let end = |side: &[usize]| side.iter().max().map_or(0, |last| last.saturating_add(1));
        self.grow(line, (end(&bead.source), end(&bead.target)))?;
        self.lines.push(line);
        self.beads.push(bead);
        Ok(())
    }

    fn grow(&mut self, line: usize, (n, m): (usize, usize)) -> Result<()> {
        self.sizes = (self.sizes.0.max(n), self.sizes.1.max(m));
        match n.max(m) {
            len if len > MAX_SENTENCES => {
                Err(AlignmentError::TooLong(len).at(&self.source_name, line))
            }
            _ => Ok(()),
        }
    }

    fn checked(self) -> Result<Document> {
        self.beads(self.sizes.0, self.sizes.1)?;
        Ok(self)
    }

    /// Names the line of an error's bead.
    fn place(&self, error: AlignmentError) -> Error {
        let bead = match error {
            AlignmentError::SentenceTwice { bead, .. }
            | AlignmentError::OutOfRange { bead, .. } => self.lines.get(bead),
            _ => None,
        };
        match bead {
            Some(&line) => error.at(&self.source_name, line),
            None => error.into(),
        }
    }
}

/// The lines that are not blank, with their numbers from 1.
fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty())
}

fn vecalign_bead(line: &str) -> Result<Bead, AlignmentError> {
    let refuse = |what: &str| {
        let why = format!(
            "{what}: a line must be a bead such as `[0]:[0, 1]`, with a score after it or without"
        );
        AlignmentError::Malformed(why)
    };
    let fields: Vec<&str> = line.split(':').map(str::trim).collect();
    let (source, target) = match fields[..] {
        [source, target] => (source, target),
        [source, target, score] if score.is_empty() || score.parse::<f64>().is_ok() => {
            (source, target)
        }
        [_, _, score] => return Err(refuse(&format!("`{}` is not a score", shown(score)))),
        _ => return Err(refuse("not two lists with `:` between them")),
    };
    let indices = |list: &str| {
        let wrong = || refuse(&format!("`{}` is not a list of whole numbers", shown(list)));
        let inner = list.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let inner = inner.ok_or_else(wrong)?.trim();
        if inner.is_empty() {
            return Ok(Vec::new());
        }
        let numbers: Result<Vec<usize>, _> =
            inner.split(',').map(|number| number.trim().parse()).collect();
        numbers.map_err(|_| wrong())
    };
    Ok(Bead { source: indices(source)?, target: indices(target)? })
}

fn rung(line: &str) -> Result<(usize, usize), AlignmentError> {
    let refuse = || {
        let why = "a line must be a rung: two whole numbers, and a score or none, between tabs";
        AlignmentError::Malformed(format!("`{}`: {why}", shown(line)))
    };
    let fields: Vec<&str> = line.split_whitespace().collect();
    let (i, j) = match fields[..] {
        [i, j] => (i, j),
        [i, j, score] if score.parse::<f64>().is_ok() => (i, j),
        _ => return Err(refuse()),
    };
    match (i.parse(), j.parse()) {
        (Ok(i), Ok(j)) => Ok((i, j)),
        _ => Err(refuse()),
    }
}

/// What a message shows of a text: its start, without control characters.
pub(super) fn shown(text: &str) -> String {
    const MAX_SHOWN_CHARACTERS: usize = 40;

    let mut start: String =
        text.chars().filter(|c| !c.is_control()).take(MAX_SHOWN_CHARACTERS).collect();
    if text.chars().nth(MAX_SHOWN_CHARACTERS).is_some() {
        start.push('…');
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(document: Result<Document>) -> String {
        document.unwrap_err().to_string()
    }

    #[test]
    fn vecalign_with_scores_blanks_and_gaps() {
        let text = "\u{feff}[0]:[0, 1]:0.123\r\n\n [1,3] : [2] \n[]:[3]:0.000000\n[2]:[]:\n";
        let document = Document::parse_vecalign("f", text).unwrap();
        assert_eq!(document.sizes(), (4, 4));
        let beads = document.beads(6, 4).unwrap();
        let expected = [
            Bead::new([0], [0, 1]),
            Bead::new([1, 3], [2]),
            Bead::new([], [3]),
            Bead::new([2], []),
        ];
        assert_eq!(beads.beads(), expected);
        assert_eq!(beads.sizes(), (6, 4));
    }

    #[test]
    fn a_bad_bead_is_named_by_its_line() {
        for bad in [
            "[0]",
            "0:0",
            "[0]:[0",
            "[0]:[x]",
            "[0]:[-1]",
            "[0]:[0]:x",
            "[0]:[0]:1:2",
            "[,]:[0]",
            "[0.5]:[0]",
            "[[0]]:[0]",
            "A sentence.",
            "0\t0",
            "[99999999999999999999999]:[0]",
        ] {
            let error = refused(Document::parse_vecalign("f", &format!("[9]:[9]\n\n{bad}\n")));
            assert!(error.starts_with("f:3: "), "{error}");
            assert!(error.contains("such as `[0]:[0, 1]`"), "{error}");
        }
    }

    #[test]
    fn a_sentence_twice_is_named_by_its_second_line() {
        let error = refused(Document::parse_vecalign("f", "[0]:[0]\n\n[1]:[1]\n[2]:[1]\n"));
        assert!(error.starts_with("f:4: target sentence 1 is in bead 1 and again"), "{error}");
    }

    #[test]
    fn sentences_beyond_given_sizes_are_named_by_their_line() {
        let document = Document::parse_vecalign("f", "[0]:[0]\n[1]:[1]\n").unwrap();
        let error = document.beads(2, 1).unwrap_err().to_string();
        assert!(error.starts_with("f:2: bead 1 has target sentence 1, but there are 1"));
    }

    #[test]
    fn too_many_sentences_take_no_memory() {
        let error = refused(Document::parse_vecalign("f", &format!("[{}]:[]", usize::MAX)));
        assert!(error.contains("line 1") && error.contains("up to 1000000"), "{error}");
        let error = refused(Document::parse_ladder("f", &format!("0\t0\n{}\t1\n", usize::MAX)));
        assert!(error.contains("line 2") && error.contains("up to 1000000"), "{error}");
    }

    #[test]
    fn ladders_have_beads_between_rungs() {
        let text = "0\t0\t0.3\n2\t1\t-0.5\n2\t3\t0\n4\t5\n";
        let document = Document::parse_ladder("f", text).unwrap();
        assert_eq!(document.sizes(), (4, 5));
        let expected = [Bead::new([0, 1], [0]), Bead::new([], [1, 2]), Bead::new([2, 3], [3, 4])];
        assert_eq!(document.beads(4, 5).unwrap().beads(), expected);
        // One rung closes nothing.
        assert_eq!(Document::parse_ladder("f", "0\t0\n").unwrap().sizes(), (0, 0));
    }

    #[test]
    fn a_bad_rung_is_named_by_its_line() {
        for (text, line) in [
            ("1\t0\n", 1),
            ("0\t0\n2\t2\n1\t3\n", 3),
            ("0\t0\n2\t2\n3\t1\n", 3),
            ("0\t0\n1\t1\n1\t1\n", 3),
            ("0\t0\nOne.\tEins.\t0.3\n", 2),
            ("0\t0\n1\n", 2),
            ("0\t0\n1\t1\t1\t1\n", 2),
            ("0\t0\n1\t1\tx\n", 2),
            ("[0]:[0]\n", 1),
        ] {
            let error = refused(Document::parse_ladder("f", text));
            assert!(error.starts_with(&format!("f:{line}: ")), "{text:?}: {error}");
        }
    }

    #[test]
    fn formats_are_told_by_a_line() {
        assert_eq!(Format::detect("\u{feff} {"), Some(Format::Jsonl));
        assert_eq!(Format::detect("[]:[0]"), Some(Format::Vecalign));
        assert_eq!(Format::detect("0\t0"), Some(Format::Ladder));
        for other in ["", "text", "0", "0\t0\tx", "-1\t0\t0", "1\tEins\t0"] {
            assert_eq!(Format::detect(other), None, "{other:?}");
        }
    }
}
