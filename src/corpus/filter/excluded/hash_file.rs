//! Files of hashes of excluded texts, so that a test set can be excluded without being passed on.
//!
//! The format is JSONL. Numbers in quotation marks are hexadecimal, big-endian, of a fixed width.
//!
//! ```text
//! {"bitext_exclude_hashes":1,"sketch_format":3,"ngram_words":13}
//! {"set":"news.en.txt"}
//! {"line":17,"exact":"…","near":"…","ngrams":"…","sentences":[{"exact":"…","near":"…"}]}
//! {"texts":1}
//! ```
//!
//! The first line has the versions. A line with `set` names the test set of the lines that follow. A text
//! has a hash of its normalized form (`exact`, 128 bits), its MinHash signature (`near`, 48 times 32 bits),
//! its n-grams (`ngrams`, 64 bits each), and the same of its sentences. The last line has the number of
//! texts: without it, the file is incomplete.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};

use super::hashes::{ExcludedHashes, TextHashes};
use super::texts::{ExcludedTexts, check_ngram_words};
use crate::corpus::filter::duplicates::{Deduplicator, MIN_HASHES};
use crate::format::lines::Lines;
use crate::text::is_blank;
use crate::{Error, Language, Result};

/// The version of the format. Raise it if what a field means changes.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    bitext_exclude_hashes: u32,
    sketch_format: u32,
    ngram_words: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum HashLine {
    Text(TextLine),
    Set(SetLine),
    End(EndLine),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetLine {
    set: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndLine {
    texts: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextLine {
    line: u64,
    exact: String,
    near: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    ngrams: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sentences: Vec<SentenceHashes>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SentenceHashes {
    exact: String,
    near: String,
}

/// Writes the hashes of excluded texts to a file, for [`ExcludedTexts::read_hashes`]. The result of a
/// comparison with the hashes is that of a comparison with the texts.
///
/// The hashes are not salted, since everyone must be able to compare texts with them. They keep a test set
/// out of training data and out of search engines. They do not keep it secret: whoever has a text can tell
/// whether it is in the set, and the MinHash signatures give away runs of four characters, from which much
/// of a text can be guessed.
///
/// ```
/// use bitext::{Language, corpus::filter::ExcludedHashWriter};
///
/// let mut writer = ExcludedHashWriter::new(Vec::new(), 13)?;
/// writer.write("news-test", 1, Language::ENGLISH, "The ferry runs again.")?;
/// let file = String::from_utf8(writer.finish()?).unwrap();
/// assert!(file.starts_with("{\"bitext_exclude_hashes\":1,"));
/// assert!(!file.contains("ferry"));
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Debug)]
pub struct ExcludedHashWriter<W: Write> {
    out: W,
    ngram_words: usize,
    set: Option<String>,
    texts: u64,
}

impl<W: Write> ExcludedHashWriter<W> {
    /// Begins a file with n-grams of so many words, 5 to 100.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) for another number,
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    pub fn new(out: W, ngram_words: usize) -> Result<ExcludedHashWriter<W>> {
        check_ngram_words(ngram_words)?;
        let mut writer = ExcludedHashWriter { out, ngram_words, set: None, texts: 0 };
        writer.line(&Head {
            bitext_exclude_hashes: VERSION,
            sketch_format: Deduplicator::FORMAT,
            ngram_words,
        })?;
        Ok(writer)
    }

    /// Writes the hashes of the text of a line of a test set. A blank text is ignored.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write)
    pub fn write(&mut self, set: &str, line: u64, language: Language, text: &str) -> Result<()> {
        if is_blank(text) {
            return Ok(());
        }
        if self.set.as_deref() != Some(set) {
            self.line(&SetLine { set: set.to_string() })?;
            self.set = Some(set.to_string());
        }
        let hashes = ExcludedHashes::new(language, text, self.ngram_words);
        let (exact, near) = to_hex(&hashes.whole);
        let ngrams = hashes.ngrams.iter().map(|ngram| format!("{ngram:016x}")).collect();
        let sentences = hashes.sentences.iter().map(|sentence| {
            let (exact, near) = to_hex(sentence);
            SentenceHashes { exact, near }
        });
        let sentences = sentences.collect();
        self.texts += 1;
        self.line(&TextLine { line, exact, near, ngrams, sentences })
    }

    /// The number of texts written.
    ///
    /// ```
    /// use bitext::{Language, corpus::filter::ExcludedHashWriter};
    ///
    /// let mut writer = ExcludedHashWriter::new(Vec::new(), 13)?;
    /// writer.write("news-test", 1, Language::ENGLISH, "The ferry runs again.")?;
    /// writer.write("news-test", 2, Language::ENGLISH, " ")?;
    /// assert_eq!(writer.texts(), 1);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn texts(&self) -> u64 {
        self.texts
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write)
    pub fn finish(mut self) -> Result<W> {
        self.line(&EndLine { texts: self.texts })?;
        self.out.flush().map_err(Error::write)?;
        Ok(self.out)
    }

    fn line(&mut self, line: &impl Serialize) -> Result<()> {
        let line = serde_json::to_string(line).map_err(|error| Error::write(error.into()))?;
        writeln!(self.out, "{line}").map_err(Error::write)
    }
}

fn to_hex(hashes: &TextHashes) -> (String, String) {
    let near = hashes.near.iter().map(|hash| format!("{hash:08x}")).collect();
    (format!("{:032x}", hashes.exact), near)
}

impl ExcludedTexts {
    /// Adds the texts of a file of hashes, which [`ExcludedHashWriter`](super::ExcludedHashWriter) wrote.
    /// `source_name` is the name of the file in errors.
    ///
    /// # Errors
    ///
    /// * [`ErrorKind::InvalidRecord`](crate::ErrorKind::InvalidRecord) with file and line, if the file is
    ///   malformed, incomplete, of another version, or has n-grams of another length. The texts of the
    ///   lines before were added.
    /// * [`ErrorKind::Read`](crate::ErrorKind::Read)
    ///
    /// ```
    /// use bitext::{Language, corpus::filter::{ExcludedHashWriter, ExcludedTexts}};
    ///
    /// let mut writer = ExcludedHashWriter::new(Vec::new(), ExcludedTexts::DEFAULT_NGRAM_WORDS)?;
    /// writer.write("news-test", 1, Language::ENGLISH, "The ferry runs again.")?;
    /// let file = writer.finish()?;
    /// let mut excluded = ExcludedTexts::default();
    /// excluded.read_hashes("news.hashes", file.as_slice())?;
    /// assert!(excluded.find(Language::ENGLISH, "The ferry runs again!").is_some());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn read_hashes(&mut self, source_name: &str, input: impl BufRead) -> Result<()> {
        read_hashes(self, source_name, input)
    }
}

/// Adds the texts of a file of hashes.
fn read_hashes(excluded: &mut ExcludedTexts, source_name: &str, input: impl BufRead) -> Result<()> {
    let mut lines = Lines::new(source_name, input);
    let mut head_read = false;
    let mut set = None;
    let (mut texts, mut ended) = (0, false);
    while let Some(line) = lines.next() {
        let line = line?;
        let refuse = |why: String| lines.refuse(line.number, line.offset, why);
        if !head_read {
            check_head(&line.text, excluded.ngram_words()).map_err(refuse)?;
            head_read = true;
            continue;
        }
        if ended {
            return Err(refuse("the file has ended before this line".to_string()));
        }
        let parsed = serde_json::from_str(&line.text);
        match parsed.map_err(|_| refuse("is not a line of a file of hashes".to_string()))? {
            HashLine::Set(named) => set = Some(excluded.add_set(&named.set)),
            HashLine::Text(text) => {
                let set = set.ok_or_else(|| refuse("no line before names the set".to_string()))?;
                let why = "has hashes of another length or with other characters than 0-9, a-f";
                let hashes = hashes(&text).ok_or_else(|| refuse(why.to_string()))?;
                excluded.add_hashes(set, text.line, &hashes);
                texts += 1;
            }
            HashLine::End(end) if end.texts == texts => ended = true,
            HashLine::End(end) => {
                let why = format!("the file should have {} texts, and has {texts}", end.texts);
                return Err(refuse(why));
            }
        }
    }
    if !ended {
        let (number, byte) = lines.position();
        let why = "the file of hashes is incomplete: write it again with `bitext exclude-hashes`";
        return Err(lines.refuse(number.max(1), byte, why));
    }
    Ok(())
}

/// Checks the first line. The error says what is wrong.
fn check_head(line: &str, ngram_words: usize) -> Result<(), String> {
    let head: Head = serde_json::from_str(line)
        .map_err(|_| "is not a file of `bitext exclude-hashes`".to_string())?;
    if head.bitext_exclude_hashes != VERSION || head.sketch_format != Deduplicator::FORMAT {
        let why = "the hashes are of another version of bitext: write them again from the texts";
        return Err(why.to_string());
    }
    if head.ngram_words != ngram_words {
        return Err(format!(
            "the file has n-grams of {} words, and {ngram_words} are wanted: the numbers must agree",
            head.ngram_words
        ));
    }
    Ok(())
}

fn hashes(line: &TextLine) -> Option<ExcludedHashes> {
    let sentences = line.sentences.iter().map(|one| text_hashes(&one.exact, &one.near));
    let ngrams = line.ngrams.as_bytes().chunks(16);
    Some(ExcludedHashes {
        whole: text_hashes(&line.exact, &line.near)?,
        sentences: sentences.collect::<Option<_>>()?,
        ngrams: ngrams.map(|ngram| Some(number(ngram, 16)? as u64)).collect::<Option<_>>()?,
    })
}

fn text_hashes(exact: &str, near: &str) -> Option<TextHashes> {
    if near.len() != 8 * MIN_HASHES {
        return None;
    }
    let mut hashes = [0; MIN_HASHES];
    for (hash, digits) in hashes.iter_mut().zip(near.as_bytes().chunks(8)) {
        *hash = number(digits, 8)? as u32;
    }
    Some(TextHashes { exact: number(exact.as_bytes(), 32)?, near: hashes })
}

/// The number that so many hexadecimal digits write.
fn number(digits: &[u8], count: usize) -> Option<u128> {
    if digits.len() != count {
        return None;
    }
    digits.iter().try_fold(0, |number, &digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u128::from(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::split_mix::SplitMix64;

    const TEXTS: [(&str, &str); 3] = [
        (
            "one",
            "The ferry that links the two banks of the river will stop for a whole month in spring.",
        ),
        ("one", "It rained. Nobody had waited for the old captain. Then the bell rang."),
        ("a \"set\"", "The ferry runs again."),
    ];

    fn file() -> Vec<u8> {
        let mut writer = ExcludedHashWriter::new(Vec::new(), 13).unwrap();
        for (line, (set, text)) in (1..).zip(TEXTS) {
            writer.write(set, line, Language::ENGLISH, text).unwrap();
        }
        writer.write("one", 9, Language::ENGLISH, " ").unwrap();
        assert_eq!(writer.texts(), 3);
        writer.finish().unwrap()
    }

    fn read(file: &[u8]) -> Result<ExcludedTexts> {
        let mut excluded = ExcludedTexts::default();
        excluded.read_hashes("test.hashes", file)?;
        Ok(excluded)
    }

    #[test]
    fn hashes_are_read_back() {
        let excluded = read(&file()).unwrap();
        assert!(excluded.sets().eq([("one", 2), ("a \"set\"", 1)]));
        for (line, (set, text)) in (1..).zip(TEXTS) {
            let hit = excluded.find(Language::ENGLISH, text).unwrap();
            assert_eq!((hit.set, hit.line), (set, line));
        }
        let read_text = std::str::from_utf8(&file()).unwrap().to_string();
        let hashes: TextLine = serde_json::from_str(read_text.lines().nth(2).unwrap()).unwrap();
        let expected = ExcludedHashes::new(Language::ENGLISH, TEXTS[0].1, 13);
        assert!(!expected.ngrams.is_empty());
        assert_eq!(super::hashes(&hashes), Some(expected));
    }

    #[test]
    fn every_truncated_file_is_an_error_with_its_line() {
        let file = file();
        // Without the last line break, the file is complete.
        for end in 0..file.len() - 1 {
            let error = read(&file[..end]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRecord, "{end}");
            assert!(error.line().is_some() && error.source_name() == Some("test.hashes"), "{end}");
        }
    }

    #[test]
    fn damaged_files_are_errors_or_other_hashes_but_no_panic() {
        let file = file();
        let mut refused = 0;
        for round in 0..3000 {
            let mut damaged = file.clone();
            let random = |of: u64| SplitMix64::number_at(7, 4 * round + of);
            for of in 0..1 + random(3) % 3 {
                let at = random(of) as usize % damaged.len();
                damaged[at] = (random(of) >> 40) as u8;
            }
            if let Err(error) = read(&damaged) {
                assert_eq!(error.kind(), ErrorKind::InvalidRecord);
                refused += 1;
            }
        }
        assert!(refused > 2000, "{refused}");
    }

    #[test]
    fn other_versions_and_lengths_are_named() {
        let file = String::from_utf8(file()).unwrap();
        for (from, to, why) in [
            ("hashes\":1", "hashes\":2", "another version"),
            ("\"sketch_format\":3", "\"sketch_format\":2", "another version"),
            ("\"ngram_words\":13", "\"ngram_words\":8", "n-grams of 8 words, and 13 are wanted"),
            ("{\"texts\":3}", "{\"texts\":4}", "should have 4 texts, and has 3"),
            ("{\"texts\":3}", "{\"texts\":3}\n{\"texts\":3}", "has ended before"),
            ("{\"set\":\"one\"}\n", "", "names the set"),
            ("\"near\":\"", "\"near\":\"0", "another length"),
            ("\"ngrams\":\"", "\"ngrams\":\"0", "another length"),
            ("\"exact\":\"", "\"exact\":\"A", "another length"),
            ("{\"line\":1,", "{\"line\":-1,", "not a line"),
        ] {
            assert!(file.contains(from), "{from}");
            let error = read(file.replacen(from, to, 1).as_bytes()).unwrap_err();
            assert!(error.message().contains(why), "{from}: {error}");
        }
        assert!(read(b"").unwrap_err().message().contains("incomplete"));
        assert!(read(b"{}\n").unwrap_err().message().contains("not a file of"));
    }
}
