//! Files of alignments for `bitext score`.

use std::io::BufRead;
use std::path::Path;

use bitext::evaluate::{AlignmentError, AlignmentFormat};
use bitext::text;

use crate::Failure;
use crate::io::read::input::{InputLines, open};

/// The lines of a file of alignments; blank lines are skipped.
pub struct Alignments {
    pub name: String,
    /// `None` if the file has only blank lines.
    pub format: Option<AlignmentFormat>,
    lines: std::iter::Enumerate<InputLines<Box<dyn BufRead>>>,
    first: Option<(usize, String)>,
}

impl Alignments {
    /// Opens a file, or standard input for `-`. The first line determines the format unless it is
    /// given.
    pub fn open(path: &Path, format: Option<AlignmentFormat>) -> Result<Alignments, Failure> {
        let (name, input) = open(path)?;
        let lines = InputLines::new(input).enumerate();
        let mut file = Alignments { name, format: None, lines, first: None };
        let Some((number, line)) = file.next().transpose()? else { return Ok(file) };
        file.format = format.or_else(|| AlignmentFormat::detect(&line));
        if file.format.is_none() {
            let why =
                "not a JSON object, a bead such as `[0]:[0, 1]`, or a line of hunalign's ladder";
            return Err(AlignmentError::Malformed(why.to_string()).at(&file.name, number).into());
        }
        file.first = Some((number, line));
        Ok(file)
    }

    /// The remaining lines as one text, with blank lines, so that line numbers stay right.
    pub fn rest(self) -> Result<String, Failure> {
        let (mut text, mut lines) = (String::new(), 0);
        for line in self {
            let (number, line) = line?;
            text.extend(std::iter::repeat_n('\n', number - 1 - lines));
            text.push_str(&line);
            lines = number - 1;
        }
        Ok(text)
    }
}

impl Iterator for Alignments {
    /// A line with its number, from 1.
    type Item = Result<(usize, String), Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(first) = self.first.take() {
            return Some(Ok(first));
        }
        for (at, line) in self.lines.by_ref() {
            let name = &self.name;
            let line = match line {
                Ok(line) => line,
                Err(fault) => {
                    return Some(Err(format!("{name}:{}: {fault}", at + 1).into()));
                }
            };
            match text::decode(&format!("{name}:{}", at + 1), &line) {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) => return Some(Ok((at + 1, line.to_string()))),
                Err(error) => return Some(Err(error.into())),
            }
        }
        None
    }
}
