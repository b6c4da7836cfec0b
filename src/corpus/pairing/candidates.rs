//! Candidates: for each article, the articles of other languages that may be versions of it.
//!
//! The score is the margin of the cosine over the cosines of the nearest neighbours (Artetxe and Schwenk
//! 2019), as a difference. Dates restrict which articles are compared.

use std::collections::HashMap;
use std::ops::Range;

use super::nearest::{self, ArticleNeighbours};
use super::{ArticleLink, ArticleVectors, Coverage, PairingConfig};
use crate::{Language, Result};

/// Two articles of different languages that may be versions of one another.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub(crate) struct ArticleCandidate {
    /// Index of the article in the language that comes first.
    pub one: usize,
    /// Index of the article in the other language.
    pub other: usize,
    /// The cosine of their vectors, -1 to 1.
    pub cosine: f32,
    /// The cosine less the mean cosine of both articles with their nearest neighbours in the other
    /// language.
    pub margin: f32,
    /// Whether their addresses say that they are versions.
    pub is_linked: bool,
}

impl ArticleCandidate {
    /// A link, if the alignment of the articles covers enough of both.
    pub(crate) fn confirm(
        &self,
        coverage: Coverage,
        config: &PairingConfig,
    ) -> Option<ArticleLink> {
        let covers =
            coverage.both >= config.min_coverage && coverage.min_side >= config.min_side_coverage;
        covers.then_some(ArticleLink {
            one: self.one,
            other: self.other,
            margin: self.margin,
            coverage: coverage.both,
        })
    }
}

/// The candidates of all articles, each pair once, sorted by the articles' indices.
///
/// A pair is among the best [`candidates`](PairingConfig::candidates) of at least one of its articles and
/// has at least the margin [`min_margin`](PairingConfig::min_margin). Pairs in `linked` are candidates in any
/// case; in each, the article whose language comes first is first.
///
/// # Errors
///
/// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig).
pub(crate) fn candidates(
    vectors: &ArticleVectors,
    config: &PairingConfig,
    linked: &[(usize, usize)],
) -> Result<Vec<ArticleCandidate>> {
    config.validate()?;
    let languages = vectors.languages();
    let mut found = Vec::new();
    for (at, &source) in languages.iter().enumerate() {
        for &target in &languages[at + 1..] {
            found.extend(of_languages(vectors, source, target, config, linked)?);
        }
    }
    found.sort_by_key(|candidate| (candidate.one, candidate.other));
    Ok(found)
}

fn of_languages(
    vectors: &ArticleVectors,
    source: Language,
    target: Language,
    config: &PairingConfig,
    linked: &[(usize, usize)],
) -> Result<Vec<ArticleCandidate>> {
    let sources = DatedArticles::new(vectors, source);
    let targets = DatedArticles::new(vectors, target);
    let forward = neighbours(vectors, &sources, &targets, config)?;
    let backward = neighbours(vectors, &targets, &sources, config)?;

    // The cosines by pair, and whether addresses link it.
    let mut pairs = linked_pairs(vectors, &sources, &targets, linked);
    for (at, near) in forward.iter().enumerate() {
        pairs.extend(near.iter().map(|&(other, cosine)| (at as u32, other, cosine, false)));
    }
    for (at, near) in backward.iter().enumerate() {
        pairs.extend(near.iter().map(|&(other, cosine)| (other, at as u32, cosine, false)));
    }
    // Linked pairs first, so that they are kept. The sort is stable.
    pairs.sort_by_key(|&(one, other, ..)| (one, other));
    // Both directions found some pairs; their products may differ in the last digit.
    pairs.dedup_by_key(|&mut (one, other, ..)| (one, other));

    let mean_of_others = |near: &ArticleNeighbours, without: u32| -> f32 {
        let others = near.iter().filter(|(other, _)| *other != without);
        let mut cosines: Vec<f32> =
            others.map(|(_, cosine)| *cosine).take(config.neighbours).collect();
        cosines.resize(config.neighbours, config.default_neighbour_cosine);
        cosines.iter().sum::<f32>() / config.neighbours as f32
    };
    let mut scored: Vec<ScoredCandidate> = Vec::with_capacity(pairs.len());
    for (one, other, cosine, is_linked) in pairs {
        let around = mean_of_others(&forward[one as usize], other)
            + mean_of_others(&backward[other as usize], one);
        let margin = cosine - around / 2.0;
        if is_linked || margin >= config.min_margin {
            scored.push(ScoredCandidate { one, other, cosine, margin, is_linked });
        }
    }
    // The best pairs of each article on one side.
    let best = |side: fn(&ScoredCandidate) -> u32| {
        let mut order: Vec<usize> = (0..scored.len()).collect();
        order.sort_by(|&x, &y| {
            let (x, y) = (&scored[x], &scored[y]);
            let places = (x.one, x.other).cmp(&(y.one, y.other));
            side(x).cmp(&side(y)).then(y.margin.total_cmp(&x.margin)).then(places)
        });
        let mut kept = vec![false; scored.len()];
        for run in order.chunk_by(|&x, &y| side(&scored[x]) == side(&scored[y])) {
            run.iter().take(config.candidates).for_each(|&at| kept[at] = true);
        }
        kept
    };
    let (forth, back) = (best(|pair| pair.one), best(|pair| pair.other));
    let kept =
        scored.iter().enumerate().filter(|(at, pair)| pair.is_linked || forth[*at] || back[*at]);
    let kept = kept.map(|(_, pair)| ArticleCandidate {
        one: sources.articles[pair.one as usize],
        other: targets.articles[pair.other as usize],
        cosine: pair.cosine,
        margin: pair.margin,
        is_linked: pair.is_linked,
    });
    Ok(kept.collect())
}

/// A pair of articles, by their places in the lists of their languages.
struct ScoredCandidate {
    one: u32,
    other: u32,
    cosine: f32,
    margin: f32,
    is_linked: bool,
}

/// The linked pairs of two languages, by their places in the lists of their languages, with their cosines.
fn linked_pairs(
    vectors: &ArticleVectors,
    sources: &DatedArticles,
    targets: &DatedArticles,
    linked: &[(usize, usize)],
) -> Vec<(u32, u32, f32, bool)> {
    if linked.is_empty() {
        return Vec::new();
    }
    let places = |all: &DatedArticles| -> HashMap<usize, u32> {
        all.articles.iter().enumerate().map(|(place, at)| (*at, place as u32)).collect()
    };
    let (of_source, of_target) = (places(sources), places(targets));
    let mut pairs = Vec::new();
    for (one, other) in linked {
        let (Some(&x), Some(&y)) = (of_source.get(one), of_target.get(other)) else { continue };
        let products = vectors.row(*one).iter().zip(vectors.row(*other)).map(|(a, b)| a * b);
        pairs.push((x, y, products.sum(), true));
    }
    pairs
}

/// The articles of a language, sorted by date; articles without a date are last.
struct DatedArticles {
    articles: Vec<usize>,
    days: Vec<Option<i32>>,
    /// The number of articles with a date.
    dated: usize,
    /// The vectors, one after another.
    rows: Vec<f32>,
}

impl DatedArticles {
    fn new(vectors: &ArticleVectors, language: Language) -> DatedArticles {
        let mut articles = vectors.of(language);
        articles.sort_by_key(|&at| (vectors.day(at).is_none(), vectors.day(at), at));
        let days: Vec<Option<i32>> = articles.iter().map(|&at| vectors.day(at)).collect();
        let dated = days.iter().flatten().count();
        let rows = nearest::gather(vectors, &articles);
        DatedArticles { articles, days, dated, rows }
    }
}

/// The nearest targets of each source within the allowed distance in days.
fn neighbours(
    vectors: &ArticleVectors,
    sources: &DatedArticles,
    targets: &DatedArticles,
    config: &PairingConfig,
) -> Result<Vec<ArticleNeighbours>> {
    // One more than is averaged, because the candidate itself is left out of the mean.
    let k = config.candidates.max(config.neighbours) + 1;
    let days = |at: usize, other: usize| match (
        config.max_days,
        sources.days.get(at).copied().flatten(),
        targets.days.get(other).copied().flatten(),
    ) {
        (Some(most), Some(one), Some(other)) => one.abs_diff(other) <= most,
        _ => true,
    };
    let dimension = vectors.dimension();
    let mut found = vec![ArticleNeighbours::new(); sources.articles.len()];
    for (own, other) in search_ranges(sources, targets, config.max_days) {
        let x = &sources.rows[own.start * dimension..own.end * dimension];
        let y = &targets.rows[other.start * dimension..other.end * dimension];
        let may = |at: usize, to: usize| days(own.start + at, other.start + to);
        let near = nearest::find(x, y, dimension, k, config, &may)?;
        for (all, near) in found[own].iter_mut().zip(near) {
            all.extend(near.into_iter().map(|(at, cosine)| (other.start as u32 + at, cosine)));
        }
    }
    for near in &mut found {
        near.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        near.truncate(k);
    }
    Ok(found)
}

/// Sources in one search, at least, so that matrix products stay large.
const MIN_SOURCES_AT_ONCE: usize = 4096;

/// The ranges of sources and targets that are compared.
///
/// Without a limit in days, all sources are compared with all targets. With a limit, consecutive days are
/// compared with the days around them, dated sources with undated targets, and undated sources with all
/// targets.
fn search_ranges(
    sources: &DatedArticles,
    targets: &DatedArticles,
    max_days: Option<u32>,
) -> Vec<(Range<usize>, Range<usize>)> {
    let (m, n) = (sources.articles.len(), targets.articles.len());
    let Some(most) = max_days.map(i64::from) else { return vec![(0..m, 0..n)] };
    let day = |articles: &DatedArticles, at: usize| articles.days[at].map_or(i64::MAX, i64::from);
    let mut parts = Vec::new();
    let mut start = 0;
    while start < sources.dated {
        // Enough days that the targets around them are not many more than the days' own.
        let first = day(sources, start);
        let days = sources.days[..sources.dated]
            .partition_point(|at| at.is_some_and(|at| i64::from(at) <= first + most));
        let end = days.max(start + MIN_SOURCES_AT_ONCE).min(sources.dated);
        let last = day(sources, end - 1);
        let dated = &targets.days[..targets.dated];
        let from = dated.partition_point(|at| at.is_some_and(|at| i64::from(at) < first - most));
        let to = dated.partition_point(|at| at.is_some_and(|at| i64::from(at) <= last + most));
        parts.push((start..end, from..to));
        start = end;
    }
    parts.push((0..sources.dated, targets.dated..n));
    parts.push((sources.dated..m, 0..n));
    parts.retain(|(own, other)| !own.is_empty() && !other.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Articles in two languages; articles with the same number are versions, and some have no date.
    fn dated(count: usize) -> ArticleVectors {
        let mut vectors = ArticleVectors::new();
        let mut state = 5_u64;
        for at in 0..count {
            let mut row: Vec<f32> = (0..16)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
                })
                .collect();
            let length = row.iter().map(|value| value * value).sum::<f32>().sqrt();
            row.iter_mut().for_each(|value| *value /= length);
            let day = |without: usize| (at % without != 0).then_some((at * 7 % 900) as i32);
            vectors.push(Language::ENGLISH, day(11), &row).unwrap();
            row[0] += 0.05;
            vectors.push(Language::GERMAN, day(13).map(|day| day + 1), &row).unwrap();
        }
        vectors
    }

    #[test]
    fn ranges_of_dates_cover_every_allowed_pair_once() {
        let vectors = dated(9000);
        let sources = DatedArticles::new(&vectors, Language::ENGLISH);
        let targets = DatedArticles::new(&vectors, Language::GERMAN);
        let most = 3;
        let admitted = |own: usize, other: usize| match (sources.days[own], targets.days[other]) {
            (Some(one), Some(other)) => one.abs_diff(other) <= most,
            _ => true,
        };
        let parts = search_ranges(&sources, &targets, Some(most));
        assert!(parts.len() > 3, "{parts:?}");
        for own in (0..sources.articles.len()).step_by(97) {
            for other in 0..targets.articles.len() {
                let of = parts.iter().filter(|(x, y)| x.contains(&own) && y.contains(&other));
                let times = of.count();
                assert!(times <= 1 && (times == 1 || !admitted(own, other)), "{own} {other}");
            }
        }
    }

    #[cfg(not(feature = "ann"))]
    #[test]
    fn more_articles_than_are_compared_exactly_are_refused_without_an_index() {
        let vectors = dated(20);
        let mut config = PairingConfig { exact_articles: 20, ..PairingConfig::default() };
        assert!(candidates(&vectors, &config, &[]).is_ok());
        config.exact_articles = 19;
        let error = candidates(&vectors, &config, &[]).unwrap_err().to_string();
        assert!(error.contains("exact_articles") && error.contains("`ann`"), "{error}");
    }

    #[cfg(feature = "ann")]
    #[test]
    fn dated_articles_are_found_by_an_index_too() {
        let vectors = dated(2000);
        let mut config = PairingConfig { max_days: Some(3), ..PairingConfig::default() };
        let pairs = |config: &PairingConfig| -> Vec<(usize, usize)> {
            let found = candidates(&vectors, config, &[]).unwrap();
            found.iter().map(|candidate| (candidate.one, candidate.other)).collect()
        };
        let exact = pairs(&config);
        config.exact_articles = 100;
        let indexed = pairs(&config);
        let right = |pairs: &[(usize, usize)]| pairs.iter().filter(|(x, y)| x + 1 == *y).count();
        assert_eq!(right(&exact), 2000);
        assert!(right(&indexed) >= 1980, "{}", right(&indexed));
    }

    #[test]
    fn a_candidate_is_confirmed_by_the_coverage_of_both_sides() {
        use crate::Language;
        use crate::corpus::pairing::{ArticleVectors, Coverage, PairingConfig, candidates};
        let mut vectors = ArticleVectors::new();
        vectors.push(Language::ENGLISH, None, &[1.0, 0.0]).unwrap();
        vectors.push(Language::GERMAN, None, &[0.9, 0.1]).unwrap();
        let config = PairingConfig::default();
        let candidate = candidates(&vectors, &config, &[]).unwrap()[0];
        let link = candidate.confirm(Coverage { both: 0.9, min_side: 0.8 }, &config).unwrap();
        assert_eq!((link.one, link.other, link.coverage), (0, 1, 0.9));
        // Half of an article is like all of it, but covers little of it.
        assert_eq!(candidate.confirm(Coverage { both: 0.5, min_side: 0.1 }, &config), None);
    }

    #[test]
    fn linked_articles_are_candidates_in_any_case() {
        let mut vectors = ArticleVectors::new();
        vectors.push(Language::ENGLISH, Some(0), &[1.0, 0.0]).unwrap();
        vectors.push(Language::GERMAN, Some(900), &[-1.0, 0.0]).unwrap();
        vectors.push(Language::GERMAN, Some(0), &[0.9, 0.1]).unwrap();
        let mut config = PairingConfig { max_days: Some(3), ..PairingConfig::default() };
        config.candidates = 1;
        let pairs = |linked: &[(usize, usize)]| -> Vec<(usize, usize, bool)> {
            let found = candidates(&vectors, &config, linked).unwrap();
            found.iter().map(|one| (one.one, one.other, one.is_linked)).collect()
        };
        assert_eq!(pairs(&[]), [(0, 2, false)]);
        assert_eq!(pairs(&[(0, 1)]), [(0, 1, true), (0, 2, false)]);
        assert_eq!(pairs(&[(0, 2)]), [(0, 2, true)]);
    }

    #[test]
    fn the_most_similar_article_is_the_candidate() {
        use crate::Language;
        use crate::corpus::pairing::{ArticleVectors, PairingConfig, candidates};
        let mut vectors = ArticleVectors::new();
        vectors.push(Language::ENGLISH, None, &[1.0, 0.0]).unwrap();
        vectors.push(Language::GERMAN, None, &[0.0, 1.0]).unwrap();
        vectors.push(Language::GERMAN, None, &[0.9, 0.1]).unwrap();
        let found = candidates(&vectors, &PairingConfig::default(), &[]).unwrap();
        assert_eq!((found[0].one, found[0].other, found.len()), (0, 2, 1));
    }
}
