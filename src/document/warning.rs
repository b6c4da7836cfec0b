//! Warnings about a bitext.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Language;

/// Something that the reader of a bitext should know. It displays as a sentence.
///
/// An `article` in a variant is the article's label: its id if it has one, else its language.
///
/// ```
/// use bitext::{Aligner, Article, Language, Warning};
///
/// let bitext = Aligner::new().align([
///     Article::new(Language::ENGLISH, "The bridge is closed. Nobody was hurt in the storm."),
///     Article::new(Language::FRENCH, "Le pont est fermé. Personne n'a été blessé."),
/// ])?;
/// let Warning::LanguageNotInModel { language, known, .. } = &bitext.warnings()[0] else { panic!() };
/// assert_eq!(language.code(), "fr");
/// assert_eq!(known.len(), 3);
/// // Without a model for French, the articles are not judged.
/// assert!(!bitext.unrelated());
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warning {
    /// The model was not made for the language of an article. The vectors of such a text say little,
    /// so it is aligned mostly by lengths and numbers, and the confidences are not calibrated. The
    /// aligner does not judge whether the article is unrelated to the others.
    LanguageNotInModel {
        /// The article's label.
        article: String,
        /// Its language.
        language: Language,
        /// The fingerprint of the model.
        model: String,
        /// The languages that the model was made for.
        known: Vec<Language>,
    },
    /// An article has no text: it has no sentence, or all its sentences are blank. Nothing can
    /// correspond to it.
    EmptyArticle {
        /// The article's label.
        article: String,
        /// Its language.
        language: Language,
    },
    /// An article looks unrelated to all others: see [`Bitext::unrelated`](crate::Bitext::unrelated).
    Unrelated {
        /// The article's label.
        article: String,
    },
    /// The text of an article is reliably in another language than the given one.
    OtherLanguage {
        /// The article's label.
        article: String,
        /// The language that was given.
        given: Language,
        /// The English name of the detected language.
        found: String,
    },
    /// The splitter has no rules of its own for the language of an article: it splits at the end marks of
    /// sentences, and takes an unknown abbreviation for the end of a sentence.
    NoSplittingRules {
        /// The article's label.
        article: String,
        /// Its language.
        language: Language,
    },
    /// The letters of an article are mostly of another script than that of its language.
    OtherScript {
        /// The article's label.
        article: String,
        /// The language that was given.
        given: Language,
    },
    /// The articles are long, so the search was not exact: it was limited to a band around a first
    /// path.
    Approximate,
    /// A warning from a file that this version does not know.
    Other {
        /// The sentence.
        message: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::LanguageNotInModel { article, language, model, known } => {
                let model = model.split(':').next().unwrap_or_default();
                write!(f, "{article}: the model {model} does not know ")?;
                if article == language.code() {
                    f.write_str("this language, only ")?;
                } else {
                    write!(f, "`{language}`, only ")?;
                }
                let known: Vec<String> = known.iter().map(|one| format!("`{one}`")).collect();
                f.write_str(&known.join(", "))?;
                f.write_str(
                    "; the alignment is little more than a guess and its confidences are not \
                     calibrated: use a model that knows the language",
                )
            }
            Warning::EmptyArticle { article, .. } => write!(f, "{article}: has no text"),
            Warning::Unrelated { article } => write!(f, "{article}: looks unrelated to the rest"),
            Warning::OtherLanguage { article, given, found } => {
                let given = given.name().unwrap_or(given.code());
                write!(f, "{article}: given as {given}, but the text looks {found}")
            }
            Warning::NoSplittingRules { article, language } => write!(
                f,
                "{article}: there are no splitting rules for `{language}`; abbreviations may be taken for \
                 ends of sentences: check the sentences, or give them as an array"
            ),
            Warning::OtherScript { article, given } => {
                let given = given.name().unwrap_or(given.code());
                write!(f, "{article}: given as {given}, but most letters are of another script")
            }
            Warning::Approximate => {
                f.write_str("long articles: searched near the path found first, not exactly")
            }
            Warning::Other { message } => f.write_str(message),
        }
    }
}
