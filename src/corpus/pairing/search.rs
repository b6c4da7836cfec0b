//! The few articles of the other languages that an article may correspond to.

use super::nearest::{self, Near};
use super::{ArticleVectors, Coverage, Link, PairingConfig};
use crate::{Language, Result};

/// Two articles of different languages that may be versions of one another.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Candidate {
    /// Index of the article in the language that comes first.
    pub one: usize,
    /// Index of the other.
    pub other: usize,
    /// The cosine of their vectors, -1 to 1.
    pub cosine: f32,
    /// How far the cosine stands out: less the mean of their cosines with the nearest
    /// others of the other language (Artetxe and Schwenk 2019, as a difference).
    pub margin: f32,
}

impl Candidate {
    /// A link, if the alignment of the two covers enough.
    pub fn confirm(&self, coverage: Coverage, config: &PairingConfig) -> Option<Link> {
        let covers = coverage.both >= config.min_coverage && coverage.least >= config.min_side;
        covers.then_some(Link {
            one: self.one,
            other: self.other,
            margin: self.margin,
            coverage: coverage.both,
        })
    }
}

/// For each article, those of each other language that stand out most: at most
/// [`candidates`](PairingConfig::candidates), of
/// [`min_margin`](PairingConfig::min_margin) at least. Each two come once; the order
/// is by the articles' indices.
///
/// # Errors
///
/// [`Error::InvalidConfig`](crate::Error::InvalidConfig).
///
/// ```
/// use bitext::Language;
/// use bitext::corpus::{ArticleVectors, PairingConfig, candidates};
///
/// let mut vectors = ArticleVectors::new();
/// vectors.push(Language::ENGLISH, None, &[1.0, 0.0])?;
/// vectors.push(Language::GERMAN, None, &[0.0, 1.0])?;
/// vectors.push(Language::GERMAN, None, &[0.9, 0.1])?;
/// let found = candidates(&vectors, &PairingConfig::default())?;
/// assert_eq!((found[0].one, found[0].other, found.len()), (0, 2, 1));
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn candidates(vectors: &ArticleVectors, config: &PairingConfig) -> Result<Vec<Candidate>> {
    config.validate()?;
    let languages = vectors.languages();
    let mut found = Vec::new();
    for (at, &source) in languages.iter().enumerate() {
        for &target in &languages[at + 1..] {
            found.extend(of_languages(vectors, source, target, config));
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
) -> Vec<Candidate> {
    let sources = Articles::new(vectors, source);
    let targets = Articles::new(vectors, target);
    let forward = neighbours(vectors, &sources, &targets, config);
    let backward = neighbours(vectors, &targets, &sources, config);

    // By pair of places: the cosine.
    let mut pairs = Vec::new();
    for (at, near) in forward.iter().enumerate() {
        pairs.extend(near.iter().map(|&(other, cosine)| (at as u32, other, cosine)));
    }
    for (at, near) in backward.iter().enumerate() {
        pairs.extend(near.iter().map(|&(other, cosine)| (other, at as u32, cosine)));
    }
    pairs.sort_unstable_by_key(|&(one, other, _)| (one, other));
    // The product of either order may differ in the last digit.
    pairs.dedup_by_key(|&mut (one, other, _)| (one, other));

    let background = |near: &Near, without: u32| -> f32 {
        let others = near.iter().filter(|(other, _)| *other != without);
        let mut cosines: Vec<f32> =
            others.map(|(_, cosine)| *cosine).take(config.neighbours).collect();
        cosines.resize(config.neighbours, config.background);
        cosines.iter().sum::<f32>() / config.neighbours as f32
    };
    let mut scored: Vec<Scored> = Vec::with_capacity(pairs.len());
    for (one, other, cosine) in pairs {
        let around =
            background(&forward[one as usize], other) + background(&backward[other as usize], one);
        let margin = cosine - around / 2.0;
        if margin >= config.min_margin {
            scored.push(Scored { one, other, cosine, margin });
        }
    }
    // Those that are among the best of one of their sides.
    let best = |side: fn(&Scored) -> u32| {
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
    let kept = scored.iter().enumerate().filter(|(at, _)| forth[*at] || back[*at]);
    kept.map(|(_, pair)| Candidate {
        one: sources.articles[pair.one as usize],
        other: targets.articles[pair.other as usize],
        cosine: pair.cosine,
        margin: pair.margin,
    })
    .collect()
}

/// Two places and how near they are.
struct Scored {
    one: u32,
    other: u32,
    cosine: f32,
    margin: f32,
}

/// The articles of a language by date, those without one at the end.
struct Articles {
    articles: Vec<usize>,
    days: Vec<Option<i32>>,
    /// How many have a date.
    dated: usize,
    rows: Vec<f32>,
}

impl Articles {
    fn new(vectors: &ArticleVectors, language: Language) -> Articles {
        let mut articles = vectors.of(language);
        articles.sort_by_key(|&at| (vectors.day(at).is_none(), vectors.day(at), at));
        let days: Vec<Option<i32>> = articles.iter().map(|&at| vectors.day(at)).collect();
        let dated = days.iter().flatten().count();
        let rows = nearest::gather(vectors, &articles);
        Articles { articles, days, dated, rows }
    }
}

/// For each source, by place, its nearest targets among those that its date admits.
fn neighbours(
    vectors: &ArticleVectors,
    sources: &Articles,
    targets: &Articles,
    config: &PairingConfig,
) -> Vec<Near> {
    let (m, n) = (sources.articles.len(), targets.articles.len());
    // One more than are averaged: the article itself is not among them.
    let k = config.candidates.max(config.neighbours) + 1;
    let (dimension, threads) = (vectors.dimension(), config.threads);
    let days =
        |at: usize, other: usize| match (config.max_days, sources.days[at], targets.days[other]) {
            (Some(most), Some(one), Some(other)) => one.abs_diff(other) <= most,
            _ => true,
        };
    // All are searched together unless the dates of a block leave a stretch only.
    let all_dated = sources.dated == m && targets.dated == n;
    let window = |block: std::ops::Range<usize>| match (config.max_days, all_dated) {
        (Some(most), true) if !block.is_empty() => {
            let (first, last) = (sources.days[block.start], sources.days[block.end - 1]);
            let before = |day: &Option<i32>| {
                day.zip(first)
                    .is_some_and(|(day, first)| i64::from(day) < i64::from(first) - i64::from(most))
            };
            let within = |day: &Option<i32>| {
                day.zip(last)
                    .is_some_and(|(day, last)| i64::from(day) <= i64::from(last) + i64::from(most))
            };
            targets.days.partition_point(before)..targets.days.partition_point(within)
        }
        _ => 0..n,
    };
    #[cfg(feature = "ann")]
    {
        let cells: u64 =
            nearest::in_blocks(m, 1, |block| vec![block.len() as u64 * window(block).len() as u64])
                .iter()
                .sum();
        if cells > (config.exact_articles as u64).pow(2) {
            return nearest::approximate(
                &sources.rows,
                &targets.rows,
                dimension,
                k,
                threads,
                &days,
            );
        }
    }
    nearest::exact(&sources.rows, &targets.rows, dimension, k, threads, &window, &days)
}
