//! Why a unit is one: the evidence for its beads, and what else there was.

use std::collections::HashSet;
use std::ops::Range;

use crate::align::AlignConfig;
use crate::align::crf::weights::{F, FEATURES, class};
use crate::align::features::bead::{Features, Scratch};
use crate::align::joint::segments::SentenceBead;
use crate::align::joint::units::Merged;
use crate::align::search::PairSearch;
use crate::text::Span;
use crate::{Article, Bitext, Language, Unit};

/// Beads less likely than this are no rivals.
const MIN_POSTERIOR: f32 = 1e-3;

/// Most rivals of a unit in a pair of languages.
const MAX_RIVALS: usize = 5;

/// A bitext and what speaks for each of its units: made by
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
/// assert!(bead.evidence.iter().any(|one| one.feature == "margin" && one.gain > 0.0));
/// assert!(explained.unit(2).is_none());
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Explained {
    bitext: Bitext,
    /// By article.
    pieces: Vec<SentenceSpans>,
    pairs: Vec<SeenPair>,
}

/// What speaks for a unit, pair by pair of languages.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// Its index among the bitext's units, from 0.
    pub index: usize,
    /// The unit, with its score and confidence.
    pub unit: Unit,
    /// The pairs of languages of which it has one at least.
    pub pairs: Vec<PairExplanation>,
}

/// What speaks for a unit in two languages.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PairExplanation {
    /// The first language.
    pub source: Language,
    /// The second language.
    pub target: Language,
    /// The beads in the unit, in order; none, where it lacks one of the
    /// languages, or only the third connects them.
    pub beads: Vec<BeadExplanation>,
    /// For each sentence of the unit in the two languages, how likely it is
    /// without a counterpart in the other.
    pub nulls: Vec<NullExplanation>,
    /// The likeliest other beads that hold a sentence of the unit, up to 5,
    /// from the likeliest; of a posterior of 0.001 at least.
    pub rivals: Vec<BeadExplanation>,
}

/// A sentence and how likely it is without a counterpart.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NullExplanation {
    /// Its language.
    pub language: Language,
    /// Its index, from 0.
    pub sentence: usize,
    /// The posterior of it being unaligned, 0 to 1.
    pub posterior: f32,
}

/// A bead of the search, and what it gains. Its sides are pieces: sentences, or
/// parts of given ones.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BeadExplanation {
    /// Where its source pieces stand in the article's text, in bytes.
    pub source: Vec<Span>,
    /// Where its target pieces stand.
    pub target: Vec<Span>,
    /// The sentences that the source pieces are of.
    pub source_sentences: Range<usize>,
    /// The sentences that the target pieces are of.
    pub target_sentences: Range<usize>,
    /// All that is known of it, in the order of the table of weights.
    pub features: Vec<Contribution>,
    /// Its margin similarity.
    pub margin: f32,
    /// What it gains, in nats: the sum of the evidence.
    pub gain: f32,
    /// Its posterior, 0 to 1.
    pub posterior: f32,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Contribution {
    /// Its name: see [`Weights`](crate::align::Weights).
    pub feature: &'static str,
    /// Its value.
    pub value: f32,
    /// Its weight for beads of this shape.
    pub weight: f32,
    /// Their product, in nats.
    pub gain: f32,
}

impl Explained {
    /// The bitext.
    pub fn bitext(&self) -> &Bitext {
        &self.bitext
    }

    /// What speaks for the unit of an index, from 0; `None` where there is none.
    pub fn unit(&self, index: usize) -> Option<Explanation> {
        let unit = self.bitext.units().get(index)?;
        let languages: Vec<Language> = self.bitext.languages().collect();
        let has = |x: usize| unit.sentences(languages[x]).is_some();
        let pairs = self.pairs.iter().filter(|pair| has(pair.x) || has(pair.y));
        let pairs = pairs.map(|pair| self.pair(pair, unit, &languages)).collect();
        Some(Explanation { index, unit: unit.clone(), pairs })
    }

    fn pair(&self, pair: &SeenPair, unit: &Unit, languages: &[Language]) -> PairExplanation {
        let (source, target) = (languages[pair.x], languages[pair.y]);
        let (own, other) = (&self.pieces[pair.x], &self.pieces[pair.y]);
        let held = |language| unit.sentences(language).unwrap_or(&[]);
        let meets = |bead: &SeenBead| {
            let rows = own.sentences(&bead.source);
            let columns = other.sentences(&bead.target);
            held(source).iter().any(|at| rows.contains(at))
                || held(target).iter().any(|at| columns.contains(at))
        };
        let explain = |bead: &SeenBead| bead.explain(own, other, pair.weights(bead));
        let (beads, mut rivals): (Vec<&SeenBead>, Vec<&SeenBead>) =
            pair.beads.iter().filter(|bead| meets(bead)).partition(|bead| bead.chosen);
        rivals.sort_by(|a, b| b.posterior.total_cmp(&a.posterior));
        rivals.truncate(MAX_RIVALS);
        let nulls = |language, posteriors: &[f32]| -> Vec<NullExplanation> {
            let null = |&sentence: &usize| {
                let posterior = posteriors.get(sentence).copied().unwrap_or_default();
                NullExplanation { language, sentence, posterior }
            };
            held(language).iter().map(null).collect()
        };
        let [source_nulls, target_nulls] = &pair.nulls;
        PairExplanation {
            source,
            target,
            beads: beads.into_iter().map(explain).collect(),
            nulls: [nulls(source, source_nulls), nulls(target, target_nulls)].concat(),
            rivals: rivals.into_iter().map(explain).collect(),
        }
    }
}

/// Where the pieces of an article stand.
#[derive(Clone, Debug)]
pub(in crate::align) struct SentenceSpans {
    pub(in crate::align) spans: Vec<Span>,
    /// The first piece of each sentence, and the end.
    pub(in crate::align) starts: Vec<usize>,
}

impl SentenceSpans {
    /// The sentences of some pieces, one at least.
    fn sentences(&self, pieces: &Range<usize>) -> Range<usize> {
        let of = |piece: usize| self.starts.partition_point(|start| *start <= piece);
        of(pieces.start) - 1..of(pieces.end - 1)
    }
}

/// What was seen of a pair while it was aligned.
#[derive(Clone, Debug)]
pub(in crate::align) struct SeenPair {
    x: usize,
    y: usize,
    weights: super::Weights,
    beads: Vec<SeenBead>,
    /// The source's, the target's.
    nulls: [Vec<f32>; 2],
}

#[derive(Clone, Debug)]
struct SeenBead {
    source: Range<usize>,
    target: Range<usize>,
    features: [f32; F],
    gain: f32,
    posterior: f32,
    chosen: bool,
}

impl SeenBead {
    fn new(
        measured: &Features,
        weights: &super::Weights,
        (source, target): (Range<usize>, Range<usize>),
        posterior: f32,
        chosen: bool,
    ) -> SeenBead {
        let shape = (source.len(), target.len());
        let (i, first) = (source.start, target.start..target.start + 1);
        let (mut scratch, mut gains) = (Scratch::default(), Vec::new());
        let features = measured.features(i, shape, target.start, &mut scratch);
        measured.potentials(i, shape, first, &weights.beads, &mut scratch, &mut gains);
        let gain = gains.first().copied().unwrap_or(f32::NEG_INFINITY);
        SeenBead { source, target, features, gain, posterior, chosen }
    }

    fn explain(
        &self,
        own: &SentenceSpans,
        other: &SentenceSpans,
        weights: &[f32; F],
    ) -> BeadExplanation {
        let all = FEATURES.iter().zip(self.features).zip(weights);
        let contribution = |((feature, value), weight): ((&&'static str, f32), &f32)| {
            Contribution { feature, value, weight: *weight, gain: value * weight }
        };
        let spans =
            |side: &SentenceSpans, pieces: &Range<usize>| side.spans[pieces.clone()].to_vec();
        BeadExplanation {
            source: spans(own, &self.source),
            target: spans(other, &self.target),
            source_sentences: own.sentences(&self.source),
            target_sentences: other.sentences(&self.target),
            features: all.map(contribution).collect(),
            margin: self.features[1],
            gain: self.gain,
            posterior: self.posterior,
        }
    }
}

impl SeenPair {
    /// Writes down what will be asked for: the beads that are put out and those
    /// that might have been.
    pub(in crate::align) fn new(seen: &PairSearch<'_>) -> SeenPair {
        let (measured, weights) = (seen.lattice.features, seen.lattice.weights);
        let put_out: HashSet<&SentenceBead> = seen.beads.iter().collect();
        let mut known = HashSet::new();
        let mut beads = Vec::new();
        seen.sums.each_bead(|bead, posterior| {
            let both = (bead.i..bead.i + bead.shape.0, bead.j..bead.j + bead.shape.1);
            let chosen = put_out.contains(&both);
            let posterior = posterior as f32;
            if chosen {
                known.insert(both.clone());
            }
            if chosen || posterior >= MIN_POSTERIOR {
                beads.push(SeenBead::new(measured, weights, both, posterior, chosen));
            }
        });
        // All languages together may have chosen what one pair would not look at.
        for both in seen.beads.iter().filter(|both| !known.contains(*both)) {
            beads.push(SeenBead::new(measured, weights, both.clone(), 0.0, true));
        }
        beads.sort_by_key(|bead| (bead.source.start, bead.target.start));
        SeenPair {
            x: seen.x,
            y: seen.y,
            weights: weights.clone(),
            beads,
            nulls: Default::default(),
        }
    }

    fn weights(&self, bead: &SeenBead) -> &[f32; F] {
        &self.weights.beads[class(bead.source.len(), bead.target.len())]
    }
}

/// Adds what was found out after the pairs were seen: what is left out, and
/// text that moved.
pub(in crate::align) fn complete(
    pairs: &mut [SeenPair],
    merged: &Merged,
    sides: &[&super::Side],
    config: &AlignConfig,
) {
    for (at, (pair, aligned)) in pairs.iter_mut().zip(&merged.pairs).enumerate() {
        let alignment = &aligned.alignment;
        pair.nulls = [alignment.source_null.clone(), alignment.target_null.clone()];
        let moved = merged.moved(at);
        if moved.is_empty() {
            continue;
        }
        let (source, target) = (sides[aligned.x], sides[aligned.y]);
        let full = crate::align::band::Band::full(source.len(), target.len());
        let measured = crate::align::crossing::features(source, target, config, &full);
        for bead in moved {
            let hull = |units: &[usize]| units[0]..units[units.len() - 1] + 1;
            let rows = source.pieces(hull(&bead.source));
            let columns = target.pieces(hull(&bead.target));
            // Larger ones than the search knows were put together of several.
            if rows.len().max(columns.len()) <= config.max_side {
                // In order it was likely enough to be known, and is no rival of itself.
                pair.beads.retain(|known| (&known.source, &known.target) != (&rows, &columns));
                let both = (rows, columns);
                let weights = &pair.weights;
                let seen = SeenBead::new(&measured, weights, both, bead.posterior, true);
                pair.beads.push(seen);
            }
        }
    }
}

/// Puts together what was seen.
pub(in crate::align) fn explained(
    bitext: Bitext,
    pieces: Vec<SentenceSpans>,
    pairs: Vec<SeenPair>,
) -> Explained {
    Explained { bitext, pieces, pairs }
}

/// Where pieces stand, given as lengths from their sentences' starts.
pub(in crate::align) fn piece_spans(
    article: &Article,
    pieces: &[Span],
    counts: &[usize],
) -> SentenceSpans {
    let mut starts = vec![0];
    let mut spans = Vec::with_capacity(pieces.len());
    let mut pieces = pieces.iter();
    for (sentence, &count) in article.spans().iter().zip(counts) {
        let own = pieces.by_ref().take(count);
        spans.extend(own.map(|piece| sentence.start + piece.start..sentence.start + piece.end));
        starts.push(spans.len());
    }
    SentenceSpans { spans, starts }
}
