//! The hashes of an excluded text, from the text or from a file of hashes.

use super::ngrams::Tokens;
use crate::corpus::filter::duplicates::{MIN_HASHES, Sketch};
use crate::{Language, RuleSplitter};

/// What is compared of a text as a whole: whether it is the same, or nearly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextHashes {
    pub exact: u128,
    pub near: [u32; MIN_HASHES],
}

impl From<&Sketch> for TextHashes {
    fn from(sketch: &Sketch) -> TextHashes {
        TextHashes { exact: sketch.exact, near: sketch.least }
    }
}

/// All hashes of an excluded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcludedHashes {
    pub whole: TextHashes,
    /// Its sentences, if it has several: those that are long enough to be telling.
    pub sentences: Vec<TextHashes>,
    pub ngrams: Vec<u64>,
}

impl ExcludedHashes {
    pub fn new(language: Language, text: &str, ngram_words: usize) -> ExcludedHashes {
        let language = language.base();
        ExcludedHashes {
            whole: TextHashes::from(&Sketch::new(language, text)),
            sentences: telling_sentences(language, text)
                .iter()
                .map(|sentence| TextHashes::from(&Sketch::new(language, sentence)))
                .collect(),
            ngrams: Tokens::new(language, text).ngrams(ngram_words).collect(),
        }
    }
}

/// The sentences of a text that are long enough to be told from others. None if the text is one sentence.
pub fn telling_sentences(language: Language, text: &str) -> Vec<&str> {
    let splitter = RuleSplitter::default();
    let mut sentences: Vec<&str> =
        splitter.segments(language, text).map(|segment| segment.text).collect();
    if sentences.len() < 2 {
        return Vec::new();
    }
    sentences.retain(|sentence| Tokens::new(language, sentence).is_telling());
    sentences
}
