//! Nearest-neighbour search: for each vector of one set, the nearest vectors of another set.

use ndarray::{ArrayView2, Axis, Slice};

use super::{ArticleVectors, PairingConfig};
use crate::Result;
use crate::matrix::row_products;

/// The neighbours of a vector: index in the other set and cosine, nearest first; ties by index.
pub(super) type ArticleNeighbours = Vec<(u32, f32)>;

/// Source vectors in one matrix product, so that the product stays in the cache.
const ROWS_AT_ONCE: usize = 256;

/// The vectors of some articles, one after another.
pub(super) fn gather(vectors: &ArticleVectors, articles: &[usize]) -> Vec<f32> {
    let mut values = Vec::with_capacity(articles.len() * vectors.dimension());
    articles.iter().for_each(|at| values.extend_from_slice(vectors.row(*at)));
    values
}

/// The `k` nearest targets of each source, of the targets that `may` accepts.
///
/// Up to [`exact_articles`](PairingConfig::exact_articles) in each language, all vectors are compared. Above,
/// an index finds nearly all neighbours. Without the feature `ann` this is an error, so that a feature
/// does not change a result.
pub(super) fn find(
    sources: &[f32],
    targets: &[f32],
    dimension: usize,
    k: usize,
    config: &PairingConfig,
    may: &(impl Fn(usize, usize) -> bool + Sync),
) -> Result<Vec<ArticleNeighbours>> {
    let count = |rows: &[f32]| (rows.len() / dimension.max(1)) as u64;
    let most = config.exact_articles as u64;
    if count(sources).saturating_mul(count(targets)) <= most.saturating_mul(most) {
        return Ok(exact(sources, targets, dimension, k, config.threads, may));
    }
    #[cfg(feature = "ann")]
    return approximate(sources, targets, dimension, k, config.threads, may);
    #[cfg(not(feature = "ann"))]
    Err(crate::Error::config(
        "exact_articles",
        "there are more articles: build with the feature `ann`, or raise it",
    ))
}

/// Compares all vectors.
fn exact(
    sources: &[f32],
    targets: &[f32],
    dimension: usize,
    k: usize,
    threads: usize,
    may: &(impl Fn(usize, usize) -> bool + Sync),
) -> Vec<ArticleNeighbours> {
    let rows = |values: &'_ [f32]| values.len() / dimension.max(1);
    let (m, n) = (rows(sources), rows(targets));
    let view = |values, rows| ArrayView2::from_shape((rows, dimension), values);
    let (Ok(x), Ok(y)) = (view(sources, m), view(targets, n)) else { return Vec::new() };
    in_blocks(m, threads, |block| {
        let mut found = vec![ArticleNeighbours::new(); block.len()];
        // In blocks of targets, so that the product stays small.
        let mut start = 0;
        while start < n {
            let end = (start + 16 * ROWS_AT_ONCE).min(n);
            let rows = x.slice_axis(Axis(0), Slice::from(block.clone()));
            let product = row_products(rows, y.slice_axis(Axis(0), Slice::from(start..end)));
            for (row, (cosines, near)) in product.rows().into_iter().zip(&mut found).enumerate() {
                for (column, &cosine) in cosines.iter().enumerate() {
                    let full = near.len() == k;
                    if full && near.last().is_some_and(|(_, least)| cosine <= *least) {
                        continue;
                    }
                    if may(block.start + row, start + column) {
                        let at = near.partition_point(|(_, other)| *other >= cosine);
                        if full {
                            near.pop();
                        }
                        near.insert(at, ((start + column) as u32, cosine));
                    }
                }
            }
            start = end;
        }
        found
    })
}

/// Runs `work` on blocks of `0..len` in threads; the results are in order.
fn in_blocks<T: Send>(
    len: usize,
    threads: usize,
    work: impl Fn(std::ops::Range<usize>) -> Vec<T> + Sync,
) -> Vec<T> {
    let blocks = crate::threads::map(threads, len.div_ceil(ROWS_AT_ONCE), |block| {
        work(block * ROWS_AT_ONCE..((block + 1) * ROWS_AT_ONCE).min(len))
    });
    blocks.into_iter().flatten().collect()
}

/// Searches a graph of neighbours (HNSW, Malkov and Yashunin 2018). It finds nearly all neighbours, in time
/// that grows with the logarithm of the number of targets.
#[cfg(feature = "ann")]
fn approximate(
    sources: &[f32],
    targets: &[f32],
    dimension: usize,
    k: usize,
    threads: usize,
    may: &(impl Fn(usize, usize) -> bool + Sync),
) -> Result<Vec<ArticleNeighbours>> {
    use instant_distance::{Builder, HnswMap, Search};

    let points: Vec<VectorPoint<'_>> =
        targets.chunks_exact(dimension.max(1)).map(VectorPoint).collect();
    let places: Vec<u32> = (0..points.len() as u32).collect();
    let build = || -> HnswMap<VectorPoint<'_>, u32> {
        let builder =
            Builder::default().seed(GRAPH_SEED).ef_construction(100).ef_search(100.max(4 * k));
        builder.build(points, places)
    };
    let graph = on_one_thread(build)?;
    Ok(in_blocks(sources.len() / dimension.max(1), threads, |block| {
        let mut search = Search::default();
        let near = |source: usize| {
            let row = VectorPoint(&sources[source * dimension..(source + 1) * dimension]);
            let mut near: ArticleNeighbours = graph
                .search(&row, &mut search)
                .map(|item| (*item.value, 1.0 - item.distance))
                .filter(|(target, _)| may(source, *target as usize))
                .collect();
            near.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
            near.truncate(k);
            near
        };
        block.map(near).collect()
    }))
}

/// Runs rayon on one thread. With more threads, the graph would depend on their timing.
#[cfg(feature = "ann")]
fn on_one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T> {
    // The caller already runs a pool of one thread.
    if rayon::current_thread_index().is_some() && rayon::current_num_threads() == 1 {
        return Ok(work());
    }
    let pool = || rayon::ThreadPoolBuilder::new().num_threads(1);
    // If no thread can be started, the current thread becomes the pool for good.
    match pool().build().or_else(|_| pool().use_current_thread().build()) {
        Ok(pool) => Ok(pool.install(work)),
        Err(error) => Err(crate::Error::thread(std::io::Error::other(error))),
    }
}

/// The seed of the graph. Any number works; another one gives another graph.
#[cfg(feature = "ann")]
const GRAPH_SEED: u64 = 0x6269_7465_7874;

#[cfg(feature = "ann")]
#[derive(Clone, Copy)]
struct VectorPoint<'a>(&'a [f32]);

#[cfg(feature = "ann")]
impl instant_distance::Point for VectorPoint<'_> {
    fn distance(&self, other: &VectorPoint<'_>) -> f32 {
        // Eight partial sums, so that the compiler can vectorize.
        let mut sums = [0.0_f32; 8];
        let (one, two) = (self.0.chunks_exact(8), other.0.chunks_exact(8));
        let rest: f32 = one.remainder().iter().zip(two.remainder()).map(|(x, y)| x * y).sum();
        for (x, y) in one.zip(two) {
            for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
                *sum += x * y;
            }
        }
        1.0 - (sums.iter().sum::<f32>() + rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIMENSION: usize = 16;

    /// Pseudorandom vectors of norm 1 in four clusters.
    fn rows(count: usize, seed: u64) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
        };
        let mut all = Vec::new();
        for at in 0..count {
            let mut row: Vec<f32> = (0..DIMENSION).map(|_| next()).collect();
            row[at % 4] += 0.7;
            let length = row.iter().map(|value| value * value).sum::<f32>().sqrt();
            all.extend(row.iter().map(|value| value / length));
        }
        all
    }

    /// Compares all vectors without blocks.
    fn plain(x: &[f32], y: &[f32], k: usize, may: impl Fn(usize, usize) -> bool) -> Vec<Vec<u32>> {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let near = |(at, row): (usize, &[f32])| {
            let targets = y.chunks(DIMENSION).enumerate().filter(|(other, _)| may(at, *other));
            let mut all: Vec<(u32, f32)> =
                targets.map(|(other, target)| (other as u32, dot(row, target))).collect();
            all.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
            all.into_iter().take(k).map(|(other, _)| other).collect()
        };
        x.chunks(DIMENSION).enumerate().map(near).collect()
    }

    fn places(all: &[ArticleNeighbours]) -> Vec<Vec<u32>> {
        all.iter().map(|near| near.iter().map(|(at, _)| *at).collect()).collect()
    }

    #[test]
    fn blocks_and_threads_do_not_change_the_result() {
        let (x, y) = (rows(600, 1), rows(4500, 2));
        for threads in [1, 3] {
            let found = exact(&x, &y, DIMENSION, 5, threads, &|_, _| true);
            assert_eq!(places(&found), plain(&x, &y, 5, |_, _| true));
        }
        // A few of the targets, as dates leave them.
        let may = |at: usize, other: usize| other / 7 == at;
        let found = exact(&x, &y, DIMENSION, 5, 2, &may);
        assert_eq!(places(&found), plain(&x, &y, 5, may));
        assert!(exact(&[], &y, DIMENSION, 5, 2, &|_, _| true).is_empty());
    }

    #[cfg(feature = "ann")]
    #[test]
    fn the_index_finds_nearly_all_and_always_the_same() {
        let (x, y) = (rows(300, 1), rows(3000, 2));
        let once = approximate(&x, &y, DIMENSION, 5, 1, &|_, _| true).unwrap();
        assert_eq!(once, approximate(&x, &y, DIMENSION, 5, 4, &|_, _| true).unwrap());
        let wanted = plain(&x, &y, 5, |_, _| true);
        let hits = |(found, wanted): (&ArticleNeighbours, &Vec<u32>)| {
            found.iter().filter(|(at, _)| wanted.contains(at)).count()
        };
        let hits: usize = once.iter().zip(&wanted).map(hits).sum();
        assert!(hits >= 1470, "{hits} of 1500");
    }
}
