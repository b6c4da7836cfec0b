//! The input files of a training run.

use std::path::PathBuf;

use crate::Language;

/// The files that a model is trained from.
///
/// ```
/// use bitext::Language;
/// use bitext::train::{PairFile, TextFile, TrainInputs, WordFile};
///
/// let polish = Language::new("pl")?;
/// let mut inputs = TrainInputs::default();
/// inputs.pairs.push(PairFile::new([polish, Language::ENGLISH], "europarl.tsv"));
/// inputs.texts.push(TextFile::new(polish, "news.pl.txt"));
/// inputs.words.push(WordFile::new(polish, "polish.tsv"));
/// inputs.dev.push(PairFile::new([polish, Language::ENGLISH], "dev.tsv"));
/// assert_eq!(inputs.texts[0].language, inputs.words[0].language);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TrainInputs {
    /// Pairs of sentences and of terms.
    pub pairs: Vec<PairFile>,
    /// Word lists with frequencies. They only influence the vocabulary.
    pub words: Vec<WordFile>,
    /// Monolingual texts, for the vocabulary and the teacher.
    pub texts: Vec<TextFile>,
    /// Pairs to measure retrieval with. The model is never trained on them.
    pub dev: Vec<PairFile>,
    /// Names of sources whose pairs are ignored.
    pub skipped_sources: Vec<String>,
    /// A vocabulary to use instead of learning one: TSV of subwords and their log
    /// probabilities.
    pub vocabulary: Option<PathBuf>,
}

/// A file of pairs to train on.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PairFile {
    /// The languages of its two texts.
    pub languages: [Language; 2],
    /// TSV with the columns source, text, text, or only text, text. All pairs of a
    /// batch are from one source, so that the genre cannot give pairs away.
    pub path: PathBuf,
    /// How often the pairs are sampled, relative to those of other files; 1 by
    /// default.
    pub weight: f64,
    /// The most pairs that are joined into one example, chosen at random each time;
    /// 1 by default, for sentences. Use more for terms, which are too short to be
    /// texts.
    pub max_joined: usize,
}

/// A file of texts in one language, for the vocabulary and the teacher.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TextFile {
    /// The language of the texts.
    pub language: Language,
    /// One text per line, preferably one sentence.
    pub path: PathBuf,
}

/// A list of words with their frequencies, for the vocabulary.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WordFile {
    /// The language of the words.
    pub language: Language,
    /// TSV with the columns word, frequency.
    pub path: PathBuf,
}

impl PairFile {
    /// A file of sentence pairs, with weight 1 and without joining.
    ///
    /// ```
    /// use bitext::{Language, train::PairFile};
    ///
    /// let mut terms = PairFile::new([Language::ENGLISH, Language::GERMAN], "terms.tsv");
    /// assert_eq!((terms.weight, terms.max_joined), (1.0, 1));
    /// // Join up to four terms into one text.
    /// (terms.weight, terms.max_joined) = (0.3, 4);
    /// ```
    pub fn new(languages: [Language; 2], path: impl Into<PathBuf>) -> PairFile {
        PairFile { languages, path: path.into(), weight: 1.0, max_joined: 1 }
    }
}

impl TextFile {
    /// A file of texts in a language.
    pub fn new(language: Language, path: impl Into<PathBuf>) -> TextFile {
        TextFile { language, path: path.into() }
    }
}

impl WordFile {
    /// A list of words of a language.
    pub fn new(language: Language, path: impl Into<PathBuf>) -> WordFile {
        WordFile { language, path: path.into() }
    }
}
