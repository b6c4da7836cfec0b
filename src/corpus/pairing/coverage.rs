//! Coverage: the share of two articles that their alignment links.

use std::collections::HashSet;

use crate::{Bitext, Unit};

/// The share of the letters and digits of two articles that are in linked sentences, weighted with the
/// confidence of the beads; 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coverage {
    /// The share of both articles together.
    pub both: f32,
    /// The share of the article with the lower share.
    pub min_side: f32,
}

/// The coverage of a bitext; with three languages, the lowest coverage of its language pairs.
///
/// ```
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new().align([
///     Article::new(Language::ENGLISH, "The bridge is closed. The storm damaged it."),
///     Article::new(Language::GERMAN, "Die Brücke ist gesperrt. Der Sturm hat sie beschädigt."),
/// ])?;
/// assert!(bitext::corpus::coverage(&bitext).both > 0.8);
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn coverage(bitext: &Bitext) -> Coverage {
    let all = bitext.language_pairs().iter().filter_map(|pair| {
        let source = bitext.article(pair.source)?;
        let target = bitext.article(pair.target)?;
        // A repeated sentence counts once.
        let lengths = |article: &crate::Article| -> Vec<f32> {
            let mut seen = HashSet::new();
            let length = |text: &str| {
                let is_new = seen.insert(text.to_string());
                let count = || text.chars().filter(|c| c.is_alphanumeric()).count() as f32;
                if is_new { count() } else { 0.0 }
            };
            article.sentences().map(length).collect()
        };
        let (x, y) = (lengths(source), lengths(target));
        let covered = |lengths: &[f32], sentences: fn(&Unit) -> &[usize]| -> f32 {
            let bead = |bead: &Unit| -> f32 {
                let of = sentences(bead).iter().filter_map(|at| lengths.get(*at));
                of.sum::<f32>() * bead.confidence()
            };
            pair.beads.iter().map(bead).sum()
        };
        let of_source = covered(&x, |bead| &bead.parts()[0].sentences);
        let of_target = covered(&y, |bead| bead.parts().last().map_or(&[], |part| &part.sentences));
        let (all_source, all_target) = (x.iter().sum::<f32>(), y.iter().sum::<f32>());
        let share = |part: f32, all: f32| if all > 0.0 { part / all } else { 0.0 };
        Some(Coverage {
            both: share(of_source + of_target, all_source + all_target),
            min_side: share(of_source, all_source).min(share(of_target, all_target)),
        })
    });
    all.reduce(|one, other| Coverage {
        both: one.both.min(other.both),
        min_side: one.min_side.min(other.min_side),
    })
    .unwrap_or_default()
}
