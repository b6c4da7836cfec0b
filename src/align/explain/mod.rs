//! Explanations of an alignment: why the aligner chose the units.
//!
//! While articles are aligned, an [`ObservedPair`] keeps the features, posteriors and Viterbi path of
//! each language pair. Afterwards, an [`ExplainedBitext`] gives the beads that support a unit, and the
//! beads in a region of the lattice.

mod observed;

use std::ops::Range;

use crate::align::explain::observed::{ObservedBead, SentencePlaces};
use crate::align::features::feature::Feature;
use crate::align::features::text::copies::COPY_COST;
use crate::align::joint::segments::SentenceBead;
use crate::align::prepare::SearchSentences;
use crate::text::Span;
use crate::{Bitext, Language, Unit};

pub(in crate::align) use observed::ObservedPair;

/// The largest number of alternatives of a unit per language pair.
const MAX_ALTERNATIVES: usize = 5;

/// A bitext with explanations of its units; made by
/// [`Aligner::explain`](crate::Aligner::explain).
///
/// ```
/// use bitext::{Aligner, Article, Language};
///
/// let explained = Aligner::new().explain([
///     Article::new(Language::ENGLISH, "The bridge is closed. Nobody was hurt in the storm."),
///     Article::new(Language::GERMAN, "Die Brücke ist gesperrt. Im Sturm wurde niemand verletzt."),
/// ])?;
/// let unit = explained.unit(1).unwrap();
/// let bead = &unit.pairs[0].beads[0];
/// assert!(bead.features.iter().any(|feature| feature.name == "margin" && feature.nats > 0.0));
/// assert!(explained.unit(2).is_none());
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExplainedBitext {
    bitext: Bitext,
    /// By article.
    sentences: Vec<SentencePlaces>,
    pairs: Vec<ObservedPair>,
}

/// The explanation of a unit, by language pair.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UnitExplanation {
    /// The index of the unit in [`Bitext::units`], from 0.
    pub index: usize,
    /// The unit, with its score and confidence.
    pub unit: Unit,
    /// The language pairs of which the unit has at least one language.
    pub pairs: Vec<PairExplanation>,
}

/// The explanation of a unit in two languages.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PairExplanation {
    /// The first language.
    pub source: Language,
    /// The second language.
    pub target: Language,
    /// The beads of the unit, in order. Empty if the unit lacks one of the languages, or if only
    /// the third language connects them.
    pub beads: Vec<BeadExplanation>,
    /// For each sentence of the unit in the two languages, how likely it is unaligned.
    pub nulls: Vec<NullExplanation>,
    /// The likeliest other beads that contain a sentence of the unit, from the likeliest: up to 5
    /// with a posterior of at least 0.001.
    pub alternatives: Vec<BeadExplanation>,
}

/// A sentence, and how likely it is unaligned.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NullExplanation {
    /// The language of the sentence.
    pub language: Language,
    /// The index of the sentence, from 0.
    pub sentence: usize,
    /// The posterior that the sentence is unaligned with the other language of the pair, 0 to 1.
    pub posterior: f32,
    /// Whether the sentence is unaligned on the Viterbi path of the pair.
    pub on_viterbi_path: bool,
}

/// A bead of the lattice.
///
/// The lattice is searched by sentences. A sentence of the article that the caller gave may consist
/// of several of them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BeadExplanation {
    /// The byte spans of the source sentences in the article's text.
    pub source: Vec<Span>,
    /// The byte spans of the target sentences in the article's text.
    pub target: Vec<Span>,
    /// The sentences of the article that contain the source spans.
    pub source_sentences: Range<usize>,
    /// The sentences of the article that contain the target spans.
    pub target_sentences: Range<usize>,
    /// All features, in the order of the table of weights.
    pub features: Vec<FeatureContribution>,
    /// The margin similarity: 0 for sentences as similar as unrelated ones, 1 for equal vectors.
    pub margin: f32,
    /// The potential in nats: the sum of the contributions of all features.
    pub potential: f32,
    /// The posterior, P(bead | both texts): 0 to 1; 0 if it is below 0.000001.
    pub posterior: f32,
    /// Whether the bead is on the Viterbi path of the pair, the path with the highest score.
    pub on_viterbi_path: bool,
    /// Whether the bead is part of the result.
    pub in_result: bool,
}

impl BeadExplanation {
    /// The numbers of source and target sentences.
    ///
    /// ```
    /// let explained = bitext::Aligner::new().explain([
    ///     ("en", "The museum opens in May, and tickets cost 5 euros."),
    ///     ("de", "Das Museum öffnet im Mai. Karten kosten 5 Euro."),
    /// ])?;
    /// assert_eq!(explained.unit(0).unwrap().pairs[0].beads[0].shape(), (1, 2));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn shape(&self) -> (usize, usize) {
        (self.source.len(), self.target.len())
    }
}

/// The contribution of a feature to the potential of a bead.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FeatureContribution {
    /// The name of the feature: see [`Weights`](crate::align::Weights). `copies`, which has a fixed weight
    /// and is given only if it is not 0, is the number of sentences that both sides have in the same words.
    pub name: &'static str,
    /// The value of the feature.
    pub value: f32,
    /// The weight of the feature for beads of this shape, in nats per unit of the value.
    pub weight: f32,
    /// The product of value and weight, in nats.
    pub nats: f32,
}

/// A region of the lattice of a language pair; made by [`ExplainedBitext::lattice`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LatticeRegion {
    /// The first language.
    pub source: Language,
    /// The second language.
    pub target: Language,
    /// The beads that the search considered and that lie inside the region, by their first source
    /// sentence, first target sentence and shape.
    pub beads: Vec<BeadExplanation>,
    /// For each sentence of the region, how likely it is unaligned.
    pub nulls: Vec<NullExplanation>,
}

impl ExplainedBitext {
    pub(in crate::align) fn new(
        bitext: Bitext,
        sentences: Vec<SearchSentences>,
        pairs: Vec<ObservedPair>,
    ) -> ExplainedBitext {
        let sentences = sentences.into_iter().map(SentencePlaces::new).collect();
        ExplainedBitext { bitext, sentences, pairs }
    }

    /// The bitext: the same as that of [`Aligner::align`](crate::Aligner::align).
    pub fn bitext(&self) -> &Bitext {
        &self.bitext
    }

    /// The explanation of the unit with an index, from 0; `None` if there is no such unit.
    pub fn unit(&self, index: usize) -> Option<UnitExplanation> {
        let unit = self.bitext.units().get(index)?;
        let languages: Vec<Language> = self.bitext.languages().collect();
        let has = |x: usize| unit.sentences(languages[x]).is_some();
        let pairs = (self.pairs.iter())
            .filter(|pair| has(pair.source) || has(pair.target))
            .map(|pair| self.explain_pair(pair, unit, &languages))
            .collect();
        Some(UnitExplanation { index, unit: unit.clone(), pairs })
    }

    /// A region of the lattice of two languages: all beads between the given sentences, with their
    /// features and posteriors. `None` if the bitext lacks a language.
    ///
    /// Ranges are sentence indexes from 0, and are cut to the sentences that exist. The languages may
    /// be given in any order; the result has the order of the bitext. Only beads between nodes of
    /// the pruned band are listed, because the posteriors of others are negligible. Beads of the
    /// second pass ([`AlignConfig::crossing`](field@crate::align::AlignConfig::crossing)) are not in the lattice.
    ///
    /// ```
    /// use bitext::{Aligner, Language};
    ///
    /// let explained = Aligner::new().explain([
    ///     ("en", "The bridge is closed. Nobody was hurt in the storm."),
    ///     ("de", "Die Brücke ist gesperrt. Im Sturm wurde niemand verletzt."),
    /// ])?;
    /// let region = explained.lattice(Language::ENGLISH, Language::GERMAN, 0..1, 0..2).unwrap();
    /// for bead in region.beads {
    ///     println!("{:?} {:.2} nats, posterior {:.4}", bead.shape(), bead.potential, bead.posterior);
    /// }
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn lattice(
        &self,
        source: Language,
        target: Language,
        source_sentences: Range<usize>,
        target_sentences: Range<usize>,
    ) -> Option<LatticeRegion> {
        let index = |language| self.bitext.languages().position(|other| other == language);
        let (x, y) = (index(source)?, index(target)?);
        if x > y {
            return self.lattice(target, source, target_sentences, source_sentences);
        }
        let pair = self.pairs.iter().find(|pair| (pair.source, pair.target) == (x, y))?;
        let (own, other) = (&self.sentences[x], &self.sentences[y]);
        let rows = own.search_sentences(&source_sentences);
        let columns = other.search_sentences(&target_sentences);
        let beads = pair
            .beads_between(&rows, &columns)
            .map(|bead| pair.lattice_bead(bead))
            .filter(|bead| bead.potential > f32::NEG_INFINITY)
            .map(|bead| self.explain_bead(pair, &bead))
            .collect();
        let segments = |side: &SentencePlaces, rows: &Range<usize>| {
            if rows.is_empty() { Vec::new() } else { side.segments(rows).collect() }
        };
        let nulls = self.explain_nulls(pair, [&segments(own, &rows), &segments(other, &columns)]);
        Some(LatticeRegion { source, target, beads, nulls })
    }

    fn explain_pair(
        &self,
        pair: &ObservedPair,
        unit: &Unit,
        languages: &[Language],
    ) -> PairExplanation {
        let (source, target) = (languages[pair.source], languages[pair.target]);
        let (own, other) = (&self.sentences[pair.source], &self.sentences[pair.target]);
        let of_unit = |language| unit.sentences(language).unwrap_or(&[]);
        let is_of_unit = |bead: &SentenceBead| {
            let (rows, columns) = (own.segments(&bead.source), other.segments(&bead.target));
            of_unit(source).iter().any(|at| rows.contains(at))
                || of_unit(target).iter().any(|at| columns.contains(at))
        };
        let (beads, mut alternatives): (Vec<_>, Vec<_>) = (pair.likely_beads())
            .filter(|bead| is_of_unit(&bead.bead))
            .partition(|bead| bead.in_result);
        alternatives.sort_by(|a, b| b.posterior.total_cmp(&a.posterior));
        alternatives.truncate(MAX_ALTERNATIVES);
        PairExplanation {
            source,
            target,
            beads: beads.into_iter().map(|bead| self.explain_bead(pair, bead)).collect(),
            nulls: self.explain_nulls(pair, [of_unit(source), of_unit(target)]),
            alternatives: (alternatives.into_iter())
                .map(|bead| self.explain_bead(pair, bead))
                .collect(),
        }
    }

    fn explain_nulls(&self, pair: &ObservedPair, sentences: [&[usize]; 2]) -> Vec<NullExplanation> {
        let mut explained = Vec::new();
        for (side, (sentences, x)) in
            sentences.into_iter().zip([pair.source, pair.target]).enumerate()
        {
            let Some(language) = self.bitext.languages().nth(x) else { continue };
            for &sentence in sentences {
                let mut inside = self.sentences[x].search_sentences(&(sentence..sentence + 1));
                explained.push(NullExplanation {
                    language,
                    sentence,
                    posterior: pair.nulls[side].get(sentence).copied().unwrap_or_default(),
                    on_viterbi_path: inside.all(|at| pair.viterbi_nulls[side].contains(&at)),
                });
            }
        }
        explained
    }

    fn explain_bead(&self, pair: &ObservedPair, bead: &ObservedBead) -> BeadExplanation {
        let (own, other) = (&self.sentences[pair.source], &self.sentences[pair.target]);
        let SentenceBead { source, target } = &bead.bead;
        let weights = pair.weights.of((source.len(), target.len()));
        let contribution = |feature: Feature| {
            let (value, weight) = (bead.features[feature], weights[feature]);
            FeatureContribution { name: feature.name(), value, weight, nats: value * weight }
        };
        let copies = (bead.copies > 0).then(|| {
            let (value, weight) = (bead.copies as f32, -COPY_COST);
            FeatureContribution { name: "copies", value, weight, nats: value * weight }
        });
        BeadExplanation {
            source: own.spans[source.clone()].to_vec(),
            target: other.spans[target.clone()].to_vec(),
            source_sentences: own.segments(source),
            target_sentences: other.segments(target),
            features: Feature::ALL.map(contribution).into_iter().chain(copies).collect(),
            margin: bead.features[Feature::Margin],
            potential: bead.potential,
            posterior: bead.posterior,
            on_viterbi_path: pair.viterbi_beads.contains(&bead.bead),
            in_result: bead.in_result,
        }
    }
}
