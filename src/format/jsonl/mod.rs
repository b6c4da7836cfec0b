//! Writes and reads bitexts as lines of JSON.
//!
//! The line of a bitext:
//!
//! ```json
//! {"id": "a1",
//!  "sentences": {"en": ["One.", "Two."], "de": ["Eins.", "Zwei."]},
//!  "spans": {"en": [[0, 4], [5, 9]]},
//!  "units": [{"en": [0], "de": [0], "score": 0.8, "confidence": 0.99}],
//!  "pairs": {"en-de": [{"en": [0], "de": [0], "score": 0.8, "confidence": 0.99}]},
//!  "unrelated": false, "format_version": 1, "fingerprint": "..."}
//! ```
//!
//! Other keys:
//!
//! * `spans` and `gaps`: for raw articles only. `spans` are byte offsets into the raw text; `gaps` are
//!   the texts before, between and after the sentences.
//! * `blocks`: for articles from pages only. Each block is `[start, end, kind, source]`: its bytes in the raw
//!   text, the name of its kind, and its place in the page ([`Block`](crate::article::Block)).
//! * `sources`: the ids of the articles.
//! * `warnings`: sentences for people. `warning_details`: the same as objects, such as
//!   `{"kind": "unrelated", "article": "a1"}` ([`Warning`]).
//! * `min_confidence`: units and beads below this confidence were left out.
//! * `"crossing": true` in units and beads: see [`Unit::crossing`].
//! * `"reviewed": true` in units: see [`Unit::reviewed`].
//!
//! A reader takes the languages of a pair in either order (`de-en` as `en-de`) and ignores unknown
//! keys.

mod articles_line;
mod blocks;
mod complete;
mod fields;
mod pages;

pub use articles_line::ArticlesLine;

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Selection;
use crate::article::Origin;
use crate::bitext::{LanguagePair, Part};
use crate::json::{parse_id, parse_object};
use crate::text::Span;
use crate::{Article, Bitext, Error, Id, Language, Result, Unit, Warning};
use blocks::WireBlock;
use complete::complete;

/// The version of the schema that is written. Later versions are not read.
pub const FORMAT_VERSION: u32 = 1;

/// Writes a bitext as one line of JSON without the newline.
///
/// The selection's `min_confidence` leaves out units and beads. The line records it, so that a reader
/// adds null units of confidence 0 for the missing sentences. If `rows` are the beads of some language
/// pairs, only those are in `pairs`. `nulls` has no effect.
///
/// ```
/// use bitext::format::{Selection, to_json};
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new().align([
///     Article::from_sentences(Language::ENGLISH, ["It rained all day."]),
///     Article::from_sentences(Language::GERMAN, ["Es regnete den ganzen Tag."]),
/// ])?;
/// let line = to_json(&bitext, &Selection::default());
/// assert!(line.starts_with(r#"{"id":null,"sentences":{"en":["It rained all day."],"de":"#));
/// assert_eq!(bitext::format::from_json(&line)?, bitext);
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn to_json(bitext: &Bitext, selection: &Selection) -> String {
    // A tree of strings and finite numbers always serialises.
    serde_json::to_string(&Wire { bitext, selection }).unwrap_or_default()
}

/// Reads a bitext from a line of JSON.
///
/// # Errors
///
/// [`ErrorKind::InvalidRecord`](crate::ErrorKind::InvalidRecord) if the line does not match the schema,
/// [`ErrorKind::InvalidBitext`](crate::ErrorKind::InvalidBitext) if it contradicts itself.
pub fn from_json(line: &str) -> Result<Bitext> {
    // The parser reads whole numbers beyond 64 bits as floats, so the id is read from the raw text.
    let wire: WireIn<Box<RawValue>> = parse_object(line)?;
    let id = parse_id(wire.id.as_deref())?;
    wire.into_bitext(id)
}

/// A unit or bead as JSON.
#[cfg(feature = "report")]
pub(crate) fn unit_to_json(unit: &Unit) -> String {
    // Strings and finite numbers always serialise.
    serde_json::to_string(&UnitOut(unit)).unwrap_or_default()
}

/// Reads a unit or bead of a bitext in these languages.
#[cfg(feature = "report")]
pub(crate) fn unit_from_json(json: &str, languages: &[Language]) -> Result<Unit> {
    let unit: UnitIn = parse_object(json)?;
    unit.into_unit(languages)
}

impl Serialize for Bitext {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire { bitext: self, selection: &Selection::default() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Bitext {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bitext, D::Error> {
        let mut wire = WireIn::<Id>::deserialize(deserializer)?;
        let id = wire.id.take();
        wire.into_bitext(id).map_err(serde::de::Error::custom)
    }
}

/// The serialisation of a bitext.
struct Wire<'a> {
    bitext: &'a Bitext,
    selection: &'a Selection,
}

/// A map that keeps the order of its entries.
struct Ordered<V>(Vec<(String, V)>);

impl<V: Serialize> Serialize for Ordered<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

struct UnitOut<'a>(&'a Unit);

impl Serialize for UnitOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for part in self.0.parts() {
            map.serialize_entry(part.language.code(), &part.sentences)?;
        }
        map.serialize_entry("score", &self.0.score())?;
        map.serialize_entry("confidence", &self.0.confidence())?;
        if self.0.crossing() {
            map.serialize_entry("crossing", &true)?;
        }
        if self.0.reviewed() {
            map.serialize_entry("reviewed", &true)?;
        }
        map.end()
    }
}

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bitext = self.bitext;
        let all = || bitext.articles().iter();
        let raw = || all().filter(|article| article.origin() == Origin::Raw);
        let key = |article: &Article| article.language().to_string();
        let confident = |units: &'_ [Unit]| -> Vec<usize> {
            let enough = |unit: &Unit| unit.confidence() >= self.selection.min_confidence;
            (0..units.len()).filter(|&at| enough(&units[at])).collect()
        };

        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &bitext.id())?;
        let sentences = |article: &Article| -> Vec<String> {
            article.sentences().map(str::to_string).collect()
        };
        map.serialize_entry(
            "sentences",
            &Ordered(all().map(|a| (key(a), sentences(a))).collect()),
        )?;
        if raw().next().is_some() {
            let spans = |article: &Article| -> Vec<[usize; 2]> {
                article.spans().iter().map(|span| [span.start, span.end]).collect()
            };
            map.serialize_entry("spans", &Ordered(raw().map(|a| (key(a), spans(a))).collect()))?;
            map.serialize_entry("gaps", &Ordered(raw().map(|a| (key(a), gaps(a))).collect()))?;
        }
        let blocks: Vec<(String, Vec<WireBlock<'_>>)> = raw()
            .filter(|article| !article.blocks().is_empty())
            .map(|article| (key(article), article.blocks().iter().map(WireBlock::of).collect()))
            .collect();
        if !blocks.is_empty() {
            map.serialize_entry("blocks", &Ordered(blocks))?;
        }
        let units = bitext.units();
        let chosen: Vec<UnitOut<'_>> =
            confident(units).into_iter().map(|at| UnitOut(&units[at])).collect();
        map.serialize_entry("units", &chosen)?;
        let pairs = bitext.language_pairs().iter().filter(|pair| self.selection.has_pair(pair));
        let pairs: Vec<(String, Vec<UnitOut<'_>>)> = pairs
            .map(|pair| {
                let beads = confident(&pair.beads).into_iter().map(|at| UnitOut(&pair.beads[at]));
                (format!("{}-{}", pair.source, pair.target), beads.collect())
            })
            .collect();
        map.serialize_entry("pairs", &Ordered(pairs))?;
        map.serialize_entry("unrelated", &bitext.unrelated())?;
        if !bitext.warnings().is_empty() {
            let sentences: Vec<String> = bitext.warnings().iter().map(Warning::to_string).collect();
            map.serialize_entry("warnings", &sentences)?;
            map.serialize_entry("warning_details", bitext.warnings())?;
        }
        let sources: Vec<(String, &str)> =
            all().filter_map(|article| Some((key(article), article.id()?))).collect();
        if !sources.is_empty() {
            map.serialize_entry("sources", &Ordered(sources))?;
        }
        if self.selection.min_confidence > 0.0 {
            map.serialize_entry("min_confidence", &self.selection.min_confidence)?;
        }
        map.serialize_entry("format_version", &FORMAT_VERSION)?;
        map.serialize_entry("fingerprint", bitext.fingerprint())?;
        map.end()
    }
}

/// The texts before, between and after the sentences of a raw article.
fn gaps(article: &Article) -> Vec<&str> {
    let starts = article.spans().iter().map(|span| span.start).chain([article.text().len()]);
    let mut end = 0;
    let mut gaps = Vec::with_capacity(article.len() + 1);
    for (at, start) in starts.enumerate() {
        gaps.push(&article.text()[end..start]);
        end = article.spans().get(at).map_or(start, |span| span.end);
    }
    gaps
}

/// The deserialisation of a bitext.
#[derive(Deserialize)]
struct WireIn<I> {
    id: Option<I>,
    sentences: BTreeMap<Language, Vec<String>>,
    #[serde(default)]
    spans: BTreeMap<Language, Vec<[usize; 2]>>,
    #[serde(default)]
    gaps: BTreeMap<Language, Vec<String>>,
    #[serde(default)]
    blocks: BTreeMap<Language, Vec<WireBlock<'static>>>,
    units: Vec<UnitIn>,
    pairs: BTreeMap<String, Vec<UnitIn>>,
    #[serde(default)]
    unrelated: bool,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(default)]
    warning_details: Vec<Value>,
    min_confidence: Option<f32>,
    #[serde(default)]
    sources: BTreeMap<Language, String>,
    #[serde(default = "one")]
    format_version: u32,
    #[serde(default)]
    fingerprint: String,
}

fn one() -> u32 {
    1
}

/// A unit with any keys. Only the languages of the bitext count.
#[derive(Deserialize)]
struct UnitIn {
    score: f32,
    confidence: f32,
    #[serde(default)]
    crossing: bool,
    #[serde(default)]
    reviewed: bool,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

impl UnitIn {
    fn into_unit(self, languages: &[Language]) -> Result<Unit> {
        let mut parts = Vec::new();
        for &language in languages {
            let Some(value) = self.rest.get(language.code()) else { continue };
            let sentences: Vec<usize> = serde_json::from_value(value.clone()).map_err(|_| {
                let why = "the sentences of a unit must be an array of ascending indices";
                Error::bitext(why)
            })?;
            parts.push(Part { language, sentences });
        }
        let unit = Unit::new(parts, self.score, self.confidence)?;
        Ok(unit.with_crossing(self.crossing).with_reviewed(self.reviewed))
    }
}

impl<I> WireIn<I> {
    fn into_bitext(mut self, id: Option<Id>) -> Result<Bitext> {
        let refuse = |why: String| Err(Error::bitext(why));
        if self.format_version > FORMAT_VERSION {
            return refuse(format!(
                "format version {}, this release reads up to {FORMAT_VERSION}: update bitext",
                self.format_version
            ));
        }
        let languages: Vec<Language> = self.sentences.keys().copied().collect();
        let mut articles = Vec::with_capacity(languages.len());
        for (language, sentences) in self.sentences {
            let article = match self.spans.remove(&language) {
                None => Article::from_sentences(language, sentences),
                Some(spans) => {
                    raw_article(language, &sentences, spans, self.gaps.remove(&language))?
                }
            };
            let article = blocks::add(article, self.blocks.remove(&language))?;
            articles.push(match self.sources.remove(&language) {
                Some(id) => article.with_id(id),
                None => article,
            });
        }
        let into_units = |units: Vec<UnitIn>| -> Result<Vec<Unit>> {
            units.into_iter().map(|unit| unit.into_unit(&languages)).collect()
        };
        let mut pairs = Vec::new();
        for (at, &source) in languages.iter().enumerate() {
            for &target in &languages[at + 1..] {
                let mut named = |name: String| self.pairs.remove(&name);
                let forth = named(format!("{source}-{target}"));
                let back = named(format!("{target}-{source}"));
                if forth.is_some() && back.is_some() {
                    return refuse(format!(
                        "`{source}-{target}` and `{target}-{source}` are one pair: give it once"
                    ));
                }
                let beads = forth.or(back).unwrap_or_default();
                pairs.push(LanguagePair { source, target, beads: into_units(beads)? });
            }
        }
        let mut units = into_units(self.units)?;
        if self.min_confidence.is_some() {
            units = complete(&articles, units, &pairs)?;
        }
        Ok(Bitext::new(articles, units, pairs)?.with_optional_id(id).with_findings(
            self.unrelated,
            warnings(self.warnings, self.warning_details),
            self.fingerprint,
        ))
    }
}

/// The warnings from their details, or from their sentences if the details are missing or of a newer
/// version.
fn warnings(sentences: Vec<String>, details: Vec<Value>) -> Vec<Warning> {
    let mut details = details.into_iter();
    let read = |message: String| {
        let known = details.next().and_then(|details| serde_json::from_value(details).ok());
        known.unwrap_or(Warning::Other { message })
    };
    sentences.into_iter().map(read).collect()
}

/// Rebuilds a raw article. Missing gaps become spaces.
fn raw_article(
    language: Language,
    sentences: &[String],
    spans: Vec<[usize; 2]>,
    gaps: Option<Vec<String>>,
) -> Result<Article> {
    let refuse = |why: &str| Err(Error::bitext(format!("`{language}`: {why}")));
    if spans.len() != sentences.len() {
        return refuse("there must be one span for each sentence");
    }
    let mut text = String::new();
    let mut made_up = 0;
    let mut gaps_left = gaps.iter().flatten();
    for (sentence, &[start, end]) in sentences.iter().zip(&spans) {
        match gaps_left.next() {
            Some(gap) => text.push_str(gap),
            None if gaps.is_none() && start >= text.len() && start - text.len() <= MAX_BLANK => {
                made_up += start - text.len();
                if made_up > MAX_BLANK {
                    return refuse("its spans leave out more than a megabyte");
                }
                text.push_str(&" ".repeat(start - text.len()));
            }
            None => return refuse("its spans and gaps do not fit each other"),
        }
        if start != text.len() || end.checked_sub(start) != Some(sentence.len()) {
            return refuse("a span does not fit its sentence");
        }
        text.push_str(sentence);
    }
    text.extend(gaps_left.map(String::as_str));
    let spans: Vec<Span> = spans.into_iter().map(|[start, end]| start..end).collect();
    Article::from_spans(language, text, spans)
}

/// The largest amount of white space, in bytes, that missing gaps of an article may become.
const MAX_BLANK: usize = 1 << 20;
