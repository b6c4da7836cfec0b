//! Reads files with the alignment of one document: Vecalign's and hunalign's.

use super::alignment::{Alignment, Bead};
use super::error::{AlignmentError, MAX_SENTENCES};
use crate::{Error, Result};

/// A file format of alignments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AlignmentFormat {
    /// One JSON object per line: a [`GoldTask`](super::GoldTask) or a
    /// [`Prediction`](super::Prediction).
    Jsonl,
    /// Vecalign's format, which many gold alignments use: one bead per line,
    /// `[0]:[0, 1]` or `[0]:[0, 1]:0.123`.
    Vecalign,
    /// hunalign's ladder: one rung per line, `source TAB target TAB score`. The
    /// sentences between two rungs are a bead.
    Ladder,
}

impl AlignmentFormat {
    /// Detects the format from the first line that is not blank.
    ///
    /// ```
    /// use bitext::evaluate::AlignmentFormat;
    ///
    /// assert_eq!(AlignmentFormat::detect("[0]:[0, 1]"), Some(AlignmentFormat::Vecalign));
    /// assert_eq!(AlignmentFormat::detect("0\t0\t0.3"), Some(AlignmentFormat::Ladder));
    /// assert_eq!(AlignmentFormat::detect(r#"{"id": "a", "beads": []}"#), Some(AlignmentFormat::Jsonl));
    /// assert_eq!(AlignmentFormat::detect("A sentence."), None);
    /// ```
    pub fn detect(line: &str) -> Option<AlignmentFormat> {
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.starts_with('{') {
            Some(AlignmentFormat::Jsonl)
        } else if line.starts_with('[') {
            Some(AlignmentFormat::Vecalign)
        } else if rung(line).is_ok() {
            Some(AlignmentFormat::Ladder)
        } else {
            None
        }
    }
}

/// The alignment of one document, read from a file. Such a file does not contain
/// the numbers of sentences, only the sentences of its beads.
///
/// ```
/// use bitext::evaluate::{ScoreCounts, AlignmentFile, NullPolicy};
///
/// let gold = AlignmentFile::parse_vecalign("gold", "[0]:[0]\n[1]:[1]\n[2]:[]\n")?;
/// let found = AlignmentFile::parse_ladder("found", "0\t0\t1\n1\t1\t1\n2\t2\t0\n")?;
/// let (n, m) = (gold.sizes().0.max(found.sizes().0), gold.sizes().1.max(found.sizes().1));
/// let counts = ScoreCounts::of(&gold.alignment(n, m)?, &found.alignment(n, m)?, NullPolicy::Each)?;
/// assert_eq!(counts.strict().f1, 1.0);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlignmentFile {
    source_name: String,
    /// The line of each bead.
    lines: Vec<usize>,
    beads: Vec<Bead>,
    sizes: (usize, usize),
}

impl AlignmentFile {
    /// Reads Vecalign's format: one bead per line. Blank lines are skipped.
    /// `source_name` names the file in errors.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) if a line is not a bead, or has a sentence of an
    /// earlier line.
    ///
    /// ```
    /// use bitext::evaluate::AlignmentFile;
    ///
    /// let document = AlignmentFile::parse_vecalign("gold", "[0]:[0, 1]\n[1]:[]\n")?;
    /// assert_eq!(document.sizes(), (2, 2));
    /// let error = AlignmentFile::parse_vecalign("gold", "[0]:[0]\n[1]:0\n").unwrap_err();
    /// assert!(error.to_string().starts_with("gold:2: "));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn parse_vecalign(source_name: &str, text: &str) -> Result<AlignmentFile> {
        let mut document = AlignmentFile::new(source_name);
        for (number, line) in numbered(text) {
            let bead = vecalign_bead(line).map_err(|error| error.at(source_name, number))?;
            document.push(number, bead)?;
        }
        document.checked()
    }

    /// Reads hunalign's ladder. Blank lines are skipped. `source_name` names the
    /// file in errors.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) if a line is not a rung, if the first rung is not
    /// `0 0`, or if a rung does not come after the previous one.
    ///
    /// ```
    /// use bitext::evaluate::{Bead, AlignmentFile};
    ///
    /// let document = AlignmentFile::parse_ladder("ladder", "0\t0\t0.3\n1\t2\t0.5\n2\t2\t0\n")?;
    /// let alignment = document.alignment(2, 2)?;
    /// assert_eq!(alignment.beads(), [Bead::new([0], [0, 1]), Bead::new([1], [])]);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn parse_ladder(source_name: &str, text: &str) -> Result<AlignmentFile> {
        let mut document = AlignmentFile::new(source_name);
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
                // Errors name the line of the rung at which the bead begins.
                Some((start, (x, y))) => {
                    // Check the size before memory is allocated.
                    document.grow(number, (i, j))?;
                    document
                        .push(start, Bead { source: (x..i).collect(), target: (y..j).collect() })?;
                }
            }
            last = Some((number, (i, j)));
        }
        document.checked()
    }

    /// The least numbers of source and target sentences: one more than the last
    /// sentence in the file.
    pub fn sizes(&self) -> (usize, usize) {
        self.sizes
    }

    /// The alignment of `n` source and `m` target sentences. If the numbers are not
    /// known, use the larger [`sizes`](AlignmentFile::sizes) of the two files that
    /// you compare.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) if a line has a sentence that does not exist, and
    /// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) if there are too many sentences.
    pub fn alignment(&self, n: usize, m: usize) -> Result<Alignment> {
        Alignment::new(n, m, self.beads.iter().cloned()).map_err(|error| self.place(error))
    }

    fn new(source_name: &str) -> AlignmentFile {
        AlignmentFile {
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

    fn checked(self) -> Result<AlignmentFile> {
        self.alignment(self.sizes.0, self.sizes.1)?;
        Ok(self)
    }

    /// Adds the line of the bead to an error.
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

/// The lines that are not blank, with their numbers, from 1.
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

/// The start of a text, without control characters, for messages.
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
    fn refused(document: Result<AlignmentFile>) -> String {
        document.unwrap_err().to_string()
    }

    #[test]
    fn vecalign_files_may_have_scores_blanks_and_gaps() {
        let text = "\u{feff}[0]:[0, 1]:0.123\r\n\n [1,3] : [2] \n[]:[3]:0.000000\n[2]:[]:\n";
        let document = AlignmentFile::parse_vecalign("f", text).unwrap();
        assert_eq!(document.sizes(), (4, 4));
        let beads = document.alignment(6, 4).unwrap();
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
    fn errors_of_beads_name_the_line() {
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
            let error = refused(AlignmentFile::parse_vecalign("f", &format!("[9]:[9]\n\n{bad}\n")));
            assert!(error.starts_with("f:3: "), "{error}");
            assert!(error.contains("such as `[0]:[0, 1]`"), "{error}");
        }
    }

    #[test]
    fn repeated_sentences_name_the_second_line() {
        let error = refused(AlignmentFile::parse_vecalign("f", "[0]:[0]\n\n[1]:[1]\n[2]:[1]\n"));
        assert!(error.starts_with("f:4: target sentence 1 is in bead 1 and again"), "{error}");
    }

    #[test]
    fn sentences_out_of_range_name_the_line() {
        let document = AlignmentFile::parse_vecalign("f", "[0]:[0]\n[1]:[1]\n").unwrap();
        let error = document.alignment(2, 1).unwrap_err().to_string();
        assert!(error.starts_with("f:2: bead 1 has target sentence 1, but there are 1"));
    }

    #[test]
    fn too_many_sentences_are_errors_before_memory_is_allocated() {
        let error = refused(AlignmentFile::parse_vecalign("f", &format!("[{}]:[]", usize::MAX)));
        assert!(error.starts_with("f:1: ") && error.contains("limit is 1000000"), "{error}");
        let error =
            refused(AlignmentFile::parse_ladder("f", &format!("0\t0\n{}\t1\n", usize::MAX)));
        assert!(error.starts_with("f:2: ") && error.contains("limit is 1000000"), "{error}");
    }

    #[test]
    fn sentences_between_rungs_are_beads() {
        let text = "0\t0\t0.3\n2\t1\t-0.5\n2\t3\t0\n4\t5\n";
        let document = AlignmentFile::parse_ladder("f", text).unwrap();
        assert_eq!(document.sizes(), (4, 5));
        let expected = [Bead::new([0, 1], [0]), Bead::new([], [1, 2]), Bead::new([2, 3], [3, 4])];
        assert_eq!(document.alignment(4, 5).unwrap().beads(), expected);
        // One rung makes no bead.
        assert_eq!(AlignmentFile::parse_ladder("f", "0\t0\n").unwrap().sizes(), (0, 0));
    }

    #[test]
    fn errors_of_rungs_name_the_line() {
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
            let error = refused(AlignmentFile::parse_ladder("f", text));
            assert!(error.starts_with(&format!("f:{line}: ")), "{text:?}: {error}");
        }
    }

    #[test]
    fn formats_are_detected_from_a_line() {
        assert_eq!(AlignmentFormat::detect("\u{feff} {"), Some(AlignmentFormat::Jsonl));
        assert_eq!(AlignmentFormat::detect("[]:[0]"), Some(AlignmentFormat::Vecalign));
        assert_eq!(AlignmentFormat::detect("0\t0"), Some(AlignmentFormat::Ladder));
        for other in ["", "text", "0", "0\t0\tx", "-1\t0\t0", "1\tEins\t0"] {
            assert_eq!(AlignmentFormat::detect(other), None, "{other:?}");
        }
    }
}
