//! The settings of a build, which are read from TOML or set by a program.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::error::cannot_serialize;
use super::passages::{
    DEFAULT_MAX_GAP_SENTENCES, DEFAULT_MAX_ROW_CHARACTERS, DEFAULT_MIN_UNIT_CONFIDENCE, GapPolicy,
    PassageKind, PassageRules, number_or_false,
};
use crate::corpus::filter::{DedupConfig, FilterConfig, SpellingConfig};
use crate::corpus::{PairingConfig, SetsConfig};
use crate::format::{IndexFormat, Rows, Selection};
use crate::setters::setters;
use crate::text::Newlines;
use crate::{Aligner, Error, Language, Result, RuleSplitter};

/// The size of the longest article, in bytes, unless it is set: 16 MiB, more than any article has.
pub const DEFAULT_MAX_ARTICLE_BYTES: u64 = 16 << 20;

/// All pairs of some languages, which are in order.
pub(super) fn language_pairs(languages: &[Language]) -> Vec<(Language, Language)> {
    let rest = |at: usize| languages[at + 1..].iter().map(move |other| (languages[at], *other));
    (0..languages.len()).flat_map(rest).collect()
}

/// All settings of a build. As TOML it is the file of `bitext build --config`.
///
/// ```
/// use bitext::corpus::build::{BuildConfig, OutputFormat};
///
/// let config = BuildConfig::default()
///     .with_formats([OutputFormat::HfJsonl, OutputFormat::Tsv])
///     .with_threads(2);
/// assert_eq!(config.pairing.threads, 2);
/// config.validate()?;
/// assert!(config.with_formats([]).validate().is_err());
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct BuildConfig {
    /// What is read.
    pub input: InputConfig,
    /// How versions of one article are found; its `threads` are those of the whole build.
    pub pairing: PairingConfig,
    /// How versions are aligned.
    pub align: BuildAlignConfig,
    /// Which rows are dropped.
    pub filter: FilterConfig,
    /// What is repaired in rows, and whether their spelling is described.
    pub spelling: SpellingConfig,
    /// Which rows are dropped as duplicates.
    pub duplicates: DedupConfig,
    /// How groups of articles are divided between the sets.
    pub sets: SetsConfig,
    /// What is written.
    pub output: OutputConfig,
    /// What the dataset card says about the texts.
    pub card: CardConfig,
}

/// What is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct InputConfig {
    /// Size of the longest article or line, in bytes; 16 MiB by default. A longer one is a problem
    /// of the input.
    pub max_article_bytes: u64,
    /// Whether menus, footers and other text around the content of pages are read, too; off by default.
    /// `guide/web-pages.md` says what this changes.
    pub navigation: bool,
}

/// How versions of one article are aligned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct BuildAlignConfig {
    /// Whether text in another order is aligned, too; off by default.
    pub crossing: bool,
    /// What a single newline means in an article.
    #[serde(with = "newlines")]
    pub newlines: Newlines,
}

/// What is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct OutputConfig {
    /// The formats, at least one; [`OutputFormat::HfJsonl`] by default.
    pub formats: Vec<OutputFormat>,
    /// The kind of rows; [`RowKind::Pairs`] by default.
    pub rows: RowKind,
    /// Whether dropped rows are written to `rejected.jsonl`, with the reasons; off by default.
    pub keep_rejected: bool,
    /// The most characters of a text of a row of documents or paragraphs; [`DEFAULT_MAX_ROW_CHARACTERS`]
    /// by default. Rows are cut between units. Only a unit that is longer itself makes a longer row.
    pub max_row_characters: usize,
    /// What becomes of sentences without a counterpart inside a row of documents or paragraphs;
    /// [`GapPolicy::Drop`] by default.
    pub gaps: GapPolicy,
    /// The most consecutive sentences of a side that a row of documents or paragraphs may lack or have
    /// unaligned; a longer gap ends the row. `None`, in TOML `false`, for any number.
    /// [`DEFAULT_MAX_GAP_SENTENCES`] by default.
    #[serde(with = "number_or_false")]
    pub max_gap_sentences: Option<usize>,
    /// The confidence below which no row of documents or paragraphs crosses a unit, 0 to 1. `None`, in
    /// TOML `false`, if all units may be crossed. [`DEFAULT_MIN_UNIT_CONFIDENCE`] by default.
    #[serde(with = "number_or_false")]
    pub min_unit_confidence: Option<f32>,
}

/// A format of a training set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OutputFormat {
    /// JSON Lines with a column `translation`, which `datasets` loads.
    HfJsonl,
    /// A text file for each language.
    Moses,
    /// A table.
    Tsv,
    /// A translation memory, TMX 1.4b.
    Tmx,
    /// Line numbers as Vecalign writes them, with the sentences as text files.
    Vecalign,
    /// Line numbers as hunalign writes them, with the sentences as text files.
    Ladder,
    /// Parquet with the columns of `HfJsonl`.
    #[cfg(feature = "parquet")]
    Parquet,
}

/// Which texts a row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowKind {
    /// The texts of two languages.
    Pairs,
    /// The texts of all languages.
    Units,
    /// The texts of two languages: consecutive units of a document, up to
    /// [`max_row_characters`](OutputConfig::max_row_characters).
    Documents,
    /// The texts of two languages: the fewest paragraphs that begin and end together in both.
    Paragraphs,
}

impl RowKind {
    /// Whether a row may have several units.
    pub(super) fn has_several_units(self) -> bool {
        matches!(self, RowKind::Documents | RowKind::Paragraphs)
    }
}

/// What the dataset card says about the texts. Empty fields are left out of the card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CardConfig {
    /// The title of the training set.
    pub name: String,
    /// A description, in Markdown.
    pub description: String,
    /// The licence of the texts, preferably an SPDX identifier such as `CC-BY-4.0`.
    pub licence: String,
    /// Where the texts are from, one source per entry.
    pub sources: Vec<String>,
}

setters! { BuildConfig {
    ///
    /// ```
    /// use bitext::corpus::build::{
    ///     BuildAlignConfig, BuildConfig, CardConfig, InputConfig, OutputConfig,
    /// };
    /// use bitext::corpus::filter::{DedupConfig, FilterConfig, SpellingConfig};
    /// use bitext::corpus::{PairingConfig, SetsConfig};
    ///
    /// // All settings at their defaults.
    /// let config = BuildConfig::default()
    ///     .with_input(InputConfig::default())
    ///     .with_pairing(PairingConfig::default())
    ///     .with_align(BuildAlignConfig::default())
    ///     .with_filter(FilterConfig::default())
    ///     .with_spelling(SpellingConfig::default())
    ///     .with_duplicates(DedupConfig::default())
    ///     .with_sets(SetsConfig::default())
    ///     .with_output(OutputConfig::default())
    ///     .with_card(CardConfig::default());
    /// assert_eq!(config, BuildConfig::default());
    /// ```
    with_input: input = InputConfig;
    with_pairing: pairing = PairingConfig;
    with_align: align = BuildAlignConfig;
    with_filter: filter = FilterConfig;
    with_spelling: spelling = SpellingConfig;
    with_duplicates: duplicates = DedupConfig;
    with_sets: sets = SetsConfig;
    with_output: output = OutputConfig;
    with_card: card = CardConfig;
} }

setters! { InputConfig {
    ///
    /// ```
    /// use bitext::corpus::build::InputConfig;
    ///
    /// let config = InputConfig::default().with_max_article_bytes(1 << 20).with_navigation(true);
    /// assert_eq!(config.max_article_bytes, 1_048_576);
    /// ```
    with_max_article_bytes: max_article_bytes = u64;
    with_navigation: navigation = bool;
} }

setters! { BuildAlignConfig {
    ///
    /// ```
    /// use bitext::corpus::build::BuildAlignConfig;
    /// use bitext::text::Newlines;
    ///
    /// // All settings at their defaults.
    /// let config = BuildAlignConfig::default().with_crossing(false).with_newlines(Newlines::Auto);
    /// assert_eq!(config, BuildAlignConfig::default());
    /// ```
    with_crossing: crossing = bool;
    with_newlines: newlines = Newlines;
} }

setters! { OutputConfig {
    ///
    /// ```
    /// use bitext::corpus::build::{GapPolicy, OutputConfig, OutputFormat, RowKind};
    ///
    /// // All settings at their defaults.
    /// let config = OutputConfig::default()
    ///     .with_formats(vec![OutputFormat::HfJsonl])
    ///     .with_rows(RowKind::Pairs)
    ///     .with_keep_rejected(false)
    ///     .with_max_row_characters(4_000)
    ///     .with_gaps(GapPolicy::Drop)
    ///     .with_max_gap_sentences(3)
    ///     .with_min_unit_confidence(0.5);
    /// assert_eq!(config, OutputConfig::default());
    /// ```
    with_formats: formats = Vec<OutputFormat>;
    with_rows: rows = RowKind;
    with_keep_rejected: keep_rejected = bool;
    with_max_row_characters: max_row_characters = usize;
    with_gaps: gaps = GapPolicy;
    with_max_gap_sentences: max_gap_sentences = into Option<usize>;
    with_min_unit_confidence: min_unit_confidence = into Option<f32>;
} }

setters! { CardConfig {
    ///
    /// ```
    /// use bitext::corpus::build::CardConfig;
    ///
    /// let config = CardConfig::default()
    ///     .with_name("News in two languages")
    ///     .with_description("Articles of one site, 2020 to 2024.")
    ///     .with_licence("CC-BY-4.0")
    ///     .with_sources(vec!["https://example.org".to_string()]);
    /// assert_eq!(config.licence, "CC-BY-4.0");
    /// ```
    with_name: name = into String;
    with_description: description = into String;
    with_licence: licence = into String;
    with_sources: sources = Vec<String>;
} }

impl BuildAlignConfig {
    /// The aligner with these settings, and with the splitter that they need.
    pub(crate) fn apply(&self, aligner: Aligner) -> Result<Aligner> {
        let mut align = aligner.config().clone();
        align.crossing = self.crossing;
        let splitter = RuleSplitter { newlines: self.newlines, ..RuleSplitter::default() };
        Ok(aligner.with_config(align)?.with_splitter(splitter))
    }
}

impl Default for InputConfig {
    fn default() -> InputConfig {
        InputConfig { max_article_bytes: DEFAULT_MAX_ARTICLE_BYTES, navigation: false }
    }
}

impl Default for OutputConfig {
    fn default() -> OutputConfig {
        OutputConfig {
            formats: vec![OutputFormat::HfJsonl],
            rows: RowKind::Pairs,
            keep_rejected: false,
            max_row_characters: DEFAULT_MAX_ROW_CHARACTERS,
            gaps: GapPolicy::Drop,
            max_gap_sentences: Some(DEFAULT_MAX_GAP_SENTENCES),
            min_unit_confidence: Some(DEFAULT_MIN_UNIT_CONFIDENCE),
        }
    }
}

impl OutputConfig {
    /// The formats that are index files.
    pub(super) fn index_formats(&self) -> Vec<IndexFormat> {
        let format = |format: &OutputFormat| match format {
            OutputFormat::Vecalign => Some(IndexFormat::Vecalign),
            OutputFormat::Ladder => Some(IndexFormat::Ladder),
            _ => None,
        };
        self.formats.iter().filter_map(format).collect()
    }

    /// The rules of passages, if rows are documents or paragraphs.
    pub(super) fn passage_rules(&self, newlines: Newlines) -> Option<PassageRules> {
        let kind = match self.rows {
            RowKind::Pairs | RowKind::Units => return None,
            RowKind::Documents => PassageKind::Document,
            RowKind::Paragraphs => PassageKind::Paragraphs,
        };
        Some(PassageRules {
            kind,
            max_characters: self.max_row_characters,
            gaps: self.gaps,
            max_gap_sentences: self.max_gap_sentences,
            min_unit_confidence: self.min_unit_confidence,
            newlines,
        })
    }

    fn validate(&self) -> Result<()> {
        if self.formats.is_empty() {
            return Err(Error::config("output.formats", "give at least one"));
        }
        if self.rows == RowKind::Documents && self.formats.contains(&OutputFormat::Tsv) {
            let why = "a cell of `tsv` cannot have the paragraphs of a document: use another format, \
                       such as \"hf-jsonl\", or rows = \"paragraphs\"";
            return Err(Error::config("output.formats", why));
        }
        if self.max_row_characters == 0 {
            return Err(Error::config("output.max_row_characters", "must be at least 1"));
        }
        if self.min_unit_confidence.is_some_and(|least| !(0.0..=1.0).contains(&least)) {
            return Err(Error::config("output.min_unit_confidence", "must be between 0 and 1"));
        }
        Ok(())
    }

    /// What becomes a row of a bitext in these languages, which are in order.
    pub(super) fn selection(&self, languages: &[Language]) -> Selection {
        let mut selection = Selection::units();
        if self.rows == RowKind::Pairs {
            selection.rows = Rows::Beads(language_pairs(languages));
        }
        selection
    }
}

impl BuildConfig {
    /// Sets the formats of the training set, [`OutputConfig::formats`].
    pub fn with_formats(mut self, formats: impl IntoIterator<Item = OutputFormat>) -> BuildConfig {
        self.output.formats = formats.into_iter().collect();
        self
    }

    /// Sets the number of threads of all stages, [`PairingConfig::threads`]. The result does not
    /// depend on it.
    pub fn with_threads(mut self, threads: usize) -> BuildConfig {
        self.pairing.threads = threads;
        self
    }

    /// Checks all settings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) with the first setting that is out of its range.
    pub fn validate(&self) -> Result<()> {
        self.pairing.validate()?;
        self.filter.validate()?;
        self.sets.validate()?;
        self.output.validate()
    }

    /// Removes formats that are named twice: they would be written twice, into one file.
    pub(super) fn without_repeated_formats(mut self) -> BuildConfig {
        let mut formats = Vec::new();
        for format in std::mem::take(&mut self.output.formats) {
            if !formats.contains(&format) {
                formats.push(format);
            }
        }
        self.output.formats = formats;
        self
    }

    /// Identifies everything that the rows depend on, except for the input.
    pub(super) fn fingerprint(&self, aligner: &str) -> Result<String> {
        let mut settings = serde_json::to_value(self).map_err(cannot_serialize)?;
        if let Some(settings) = settings.as_object_mut() {
            settings.remove("card");
        }
        let all = format!("{settings}\n{aligner}\n{}", env!("CARGO_PKG_VERSION"));
        Ok(format!("{:032x}", xxh3_128(all.as_bytes())))
    }
}

impl CardConfig {
    /// Identifies the settings of the card.
    pub(super) fn fingerprint(&self) -> Result<String> {
        let card = serde_json::to_string(self).map_err(cannot_serialize)?;
        Ok(format!("{:032x}", xxh3_128(card.as_bytes())))
    }
}

/// [`Newlines`] as a setting: `"auto"`, `"always"` or `"never"`.
mod newlines {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::text::Newlines;

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Setting {
        Auto,
        Always,
        Never,
    }

    pub fn serialize<S: Serializer>(value: &Newlines, serializer: S) -> Result<S::Ok, S::Error> {
        let setting = match value {
            Newlines::Auto => Setting::Auto,
            Newlines::Always => Setting::Always,
            Newlines::Never => Setting::Never,
        };
        setting.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Newlines, D::Error> {
        Ok(match Setting::deserialize(deserializer)? {
            Setting::Auto => Newlines::Auto,
            Setting::Always => Newlines::Always,
            Setting::Never => Newlines::Never,
        })
    }
}
