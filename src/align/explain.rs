//! Explanations of an alignment: why units are what they are.
//!
//! While articles are aligned, an [`ObservedPair`] keeps what the search knows of each language
//! pair: features, posteriors and the Viterbi path. An [`ExplainedBitext`] answers questions about it
//! afterwards: what supports a unit, and what the lattice looks like in a region.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::align::band::{Band, path_nodes};
use crate::align::crf::weights::{F, FEATURES, class};
use crate::align::crossing::all_features;
use crate::align::features::bead::{Features, Scratch};
use crate::align::joint::segments::{SentenceBead, hull};
use crate::align::joint::units::JointAlignment;
use crate::align::prepare::SearchSentences;
use crate::align::search::PairSearch;
use crate::align::{AlignConfig, Side, Weights};
use crate::text::Span;
use crate::{Bitext, Language, Unit};

/// Beads with a smaller posterior are no alternatives of a unit.
const MIN_ALTERNATIVE_POSTERIOR: f32 = 1e-3;

/// The largest number of alternatives of a unit per language pair.
const MAX_ALTERNATIVES: usize = 5;

/// Posteriors of beads that are smaller are not kept, to save memory. They are shown as 0.
const MIN_KEPT_POSTERIOR: f64 = 1e-6;

/// A bitext with what supports each of its units; made by
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

/// What supports a unit, by language pair.
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

/// What supports a unit in two languages.
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

/// What a feature contributes to the potential of a bead.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FeatureContribution {
    /// The name of the feature: see [`Weights`].
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

    /// What supports the unit with an index, from 0; `None` if there is no such unit.
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

    /// A region of the lattice of two languages: all beads between the given sentences, and what the
    /// search knew of them. `None` if the bitext lacks a language.
    ///
    /// Ranges are sentence indexes from 0, and are cut to the sentences that exist. The languages may
    /// be given in any order; the result has the order of the bitext. Only beads between nodes of
    /// the pruned band are listed, because the posteriors of others are negligible. Beads of the
    /// second pass ([`AlignConfig::crossing`](field@AlignConfig::crossing)) are not in the lattice.
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
        let weights = &pair.weights.beads[class(source.len(), target.len())];
        let features = FEATURES.iter().zip(bead.features).zip(weights);
        BeadExplanation {
            source: own.spans[source.clone()].to_vec(),
            target: other.spans[target.clone()].to_vec(),
            source_sentences: own.segments(source),
            target_sentences: other.segments(target),
            features: features
                .map(|((&name, value), &weight)| FeatureContribution {
                    name,
                    value,
                    weight,
                    nats: value * weight,
                })
                .collect(),
            margin: bead.features[1],
            potential: bead.potential,
            posterior: bead.posterior,
            on_viterbi_path: pair.viterbi_beads.contains(&bead.bead),
            in_result: bead.in_result,
        }
    }
}

/// The sentences of an article that were searched, and the sentences of the article (the caller's
/// segments) that they are from.
#[derive(Clone, Debug)]
struct SentencePlaces {
    /// Byte spans of the article's text.
    spans: Vec<Span>,
    /// By segment: its first searched sentence; at last the number of searched sentences.
    starts: Vec<usize>,
}

impl SentencePlaces {
    fn new(sentences: SearchSentences) -> SentencePlaces {
        let ends = sentences.counts.iter().scan(0, |end, count| {
            *end += count;
            Some(*end)
        });
        let starts = std::iter::once(0).chain(ends).collect();
        SentencePlaces { spans: sentences.spans, starts }
    }

    /// The segments that contain some searched sentences, at least one.
    fn segments(&self, sentences: &Range<usize>) -> Range<usize> {
        let segment = |at: usize| self.starts.partition_point(|start| *start <= at) - 1;
        segment(sentences.start)..segment(sentences.end - 1) + 1
    }

    /// The searched sentences of a range of segments, cut to the existing ones.
    fn search_sentences(&self, segments: &Range<usize>) -> Range<usize> {
        let last = self.starts.len() - 1;
        let (start, end) = (segments.start.min(last), segments.end.min(last));
        self.starts[start]..self.starts[end.max(start)]
    }
}

/// What the search knows of a language pair.
#[derive(Clone)]
pub(in crate::align) struct ObservedPair {
    source: usize,
    target: usize,
    features: Arc<Features>,
    weights: Weights,
    shapes: Vec<(usize, usize)>,
    /// The pruned band.
    band: Band,
    viterbi_beads: HashSet<SentenceBead>,
    /// By side: the sentences that are unaligned on the Viterbi path.
    viterbi_nulls: [HashSet<usize>; 2],
    /// The beads whose posterior is kept, by source start, target start and shape.
    posteriors: Vec<(SentenceBead, f32)>,
    /// The beads of the result, and those that a unit may have as alternatives, in this order.
    likely: Vec<ObservedBead>,
    /// Beads of the result that cross others.
    crossing: Vec<ObservedBead>,
    /// By side and segment: the posterior that it is unaligned.
    nulls: [Vec<f32>; 2],
}

impl std::fmt::Debug for ObservedPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ObservedPair")
            .field("source", &self.source)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

/// A bead with all that is known of it.
#[derive(Clone, Debug)]
struct ObservedBead {
    bead: SentenceBead,
    features: [f32; F],
    potential: f32,
    posterior: f32,
    in_result: bool,
}

impl ObservedBead {
    fn new(
        bead: SentenceBead,
        features: &Features,
        weights: &Weights,
        posterior: f32,
        in_result: bool,
    ) -> ObservedBead {
        let (i, j) = (bead.source.start, bead.target.start);
        let shape = (bead.source.len(), bead.target.len());
        let (mut scratch, mut potentials) = (Scratch::default(), Vec::new());
        let values = features.features(i, shape, j, &mut scratch);
        features.potentials(i, shape, j..j + 1, &weights.beads, &mut scratch, &mut potentials);
        let potential = potentials.first().copied().unwrap_or(f32::NEG_INFINITY);
        ObservedBead { bead, features: values, potential, posterior, in_result }
    }
}

impl ObservedPair {
    /// Keeps what explanations need.
    pub(in crate::align) fn new(pair: &PairSearch<'_>) -> ObservedPair {
        let (features, weights) = (pair.features, pair.lattice.weights);
        let chosen: HashSet<&SentenceBead> = pair.beads.iter().collect();
        let mut observed = HashSet::new();
        let (mut posteriors, mut likely) = (Vec::new(), Vec::new());
        pair.posteriors.each_bead(|bead, posterior| {
            let bead = SentenceBead {
                source: bead.i..bead.i + bead.shape.0,
                target: bead.j..bead.j + bead.shape.1,
            };
            let in_result = chosen.contains(&bead);
            if posterior < MIN_KEPT_POSTERIOR && !in_result {
                return;
            }
            let posterior = posterior as f32;
            if in_result {
                observed.insert(bead.clone());
            }
            if in_result || posterior >= MIN_ALTERNATIVE_POSTERIOR {
                let bead = bead.clone();
                likely.push(ObservedBead::new(bead, features, weights, posterior, in_result));
            }
            posteriors.push((bead, posterior));
        });
        // The decoder over all languages may choose beads that are outside of the band of the pair.
        for bead in pair.beads.iter().filter(|bead| !observed.contains(*bead)) {
            likely.push(ObservedBead::new(bead.clone(), features, weights, 0.0, true));
        }
        likely.sort_by_key(|bead| (bead.bead.source.start, bead.bead.target.start));
        posteriors.sort_by_key(|(bead, _)| sort_key(bead));

        let mut viterbi_beads = HashSet::new();
        let mut viterbi_nulls: [HashSet<usize>; 2] = Default::default();
        for ((i, j), &(a, b)) in path_nodes(pair.viterbi_path).zip(pair.viterbi_path) {
            match (a, b) {
                (a, 0) => viterbi_nulls[0].extend(i - a..i),
                (0, b) => viterbi_nulls[1].extend(j - b..j),
                (a, b) => {
                    viterbi_beads.insert(SentenceBead { source: i - a..i, target: j - b..j });
                }
            }
        }
        ObservedPair {
            source: pair.source,
            target: pair.target,
            features: features.clone(),
            weights: weights.clone(),
            shapes: pair.lattice.shapes.clone(),
            band: pair.band.clone(),
            viterbi_beads,
            viterbi_nulls,
            posteriors,
            likely,
            crossing: Vec::new(),
            nulls: Default::default(),
        }
    }

    /// Adds what is known after the search: posteriors of unaligned segments, and crossing beads.
    /// `at` is the place of the pair among those of the alignment.
    pub(in crate::align) fn add_result(
        &mut self,
        alignment: &JointAlignment,
        at: usize,
        sides: &[Side],
        config: &AlignConfig,
    ) {
        let pair = &alignment.pairs[at].alignment;
        self.nulls = [pair.source_null.clone(), pair.target_null.clone()];
        let crossing = alignment.crossing(at);
        if crossing.is_empty() {
            return;
        }
        let (source, target) = (&sides[self.source], &sides[self.target]);
        let full = Band::full(source.len(), target.len());
        let features = all_features(source, target, config, &full);
        for bead in crossing {
            let sentences = SentenceBead {
                source: source.pieces(hull(&bead.source)),
                target: target.pieces(hull(&bead.target)),
            };
            // A larger bead was merged from several beads of the lattice and has no features.
            if sentences.source.len().max(sentences.target.len()) <= config.max_side {
                // In the order of the pair the same bead may be an alternative. It is not one of
                // itself.
                self.likely.retain(|known| known.bead != sentences);
                let (weights, posterior) = (&self.weights, bead.posterior);
                let bead = ObservedBead::new(sentences, &features, weights, posterior, true);
                self.crossing.push(bead);
            }
        }
    }

    /// The beads of the result, and those with a posterior that is not negligible.
    fn likely_beads(&self) -> impl Iterator<Item = &ObservedBead> {
        self.likely.iter().chain(&self.crossing)
    }

    /// All beads of the lattice between ranges of sentences.
    fn beads_between<'a>(
        &'a self,
        rows: &'a Range<usize>,
        columns: &'a Range<usize>,
    ) -> impl Iterator<Item = SentenceBead> + 'a {
        let nodes = rows.clone().flat_map(move |i| {
            let row = self.band.row(i);
            (row.start.max(columns.start)..row.end.min(columns.end)).map(move |j| (i, j))
        });
        nodes.flat_map(move |(i, j)| {
            (self.shapes.iter())
                .map(move |(a, b)| SentenceBead { source: i..i + a, target: j..j + b })
                .filter(move |bead| {
                    let (row, column) = (bead.source.end, bead.target.end);
                    row <= rows.end && column <= columns.end && self.band.contains(row, column)
                })
        })
    }

    /// What is known of a bead of the lattice.
    fn lattice_bead(&self, bead: SentenceBead) -> ObservedBead {
        let kept =
            self.posteriors.binary_search_by_key(&sort_key(&bead), |(bead, _)| sort_key(bead));
        let posterior = kept.map_or(0.0, |at| self.posteriors[at].1);
        let in_result = self.likely.iter().any(|likely| likely.in_result && likely.bead == bead);
        ObservedBead::new(bead, &self.features, &self.weights, posterior, in_result)
    }
}

/// The order of beads in a list: source start, target start, source end, target end.
fn sort_key(bead: &SentenceBead) -> [usize; 4] {
    [bead.source.start, bead.target.start, bead.source.end, bead.target.end]
}
