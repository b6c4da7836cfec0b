//! Bitexts that were written with a least confidence lack units: what their
//! sentences belong to is not known any more.

use crate::align::merge::{LANGUAGES, Link, Ranges, merge};
use crate::{Article, Language, Pair, Part, Result, Unit};

/// Adds units, of confidence 0, for the sentences that are in none: those that
/// a bead still connects become one unit, the others null units. Complete
/// units come back as they are.
pub(super) fn complete(
    articles: &[Article],
    units: Vec<Unit>,
    pairs: &[Pair],
) -> Result<Vec<Unit>> {
    let sentences: usize = articles.iter().map(Article::len).sum();
    let covered: usize = units.iter().flat_map(Unit::parts).map(|part| part.sentences.len()).sum();
    if covered >= sentences || articles.len() > LANGUAGES {
        return Ok(units);
    }
    let languages: Vec<Language> = articles.iter().map(Article::language).collect();
    let ranges = |unit: &Unit| -> Ranges {
        std::array::from_fn(|at| {
            let part = languages.get(at).and_then(|&language| unit.sentences(language));
            let len = articles.get(at).map_or(0, Article::len);
            part.filter(|sentences| sentences.end <= len).unwrap_or(0..0)
        })
    };
    let link = |strength: f32| move |unit: &Unit| Link { ranges: ranges(unit), strength };
    let links: Vec<Link> = units
        .iter()
        .map(link(1.0))
        .chain(pairs.iter().flat_map(|pair| &pair.beads).map(link(0.0)))
        .collect();
    let lens = std::array::from_fn(|at| articles.get(at).map_or(0, Article::len));
    let (merged, _) = merge(lens, &links);

    let mut given = units.into_iter().peekable();
    merged
        .into_iter()
        .map(|all| match given.next_if(|unit| ranges(unit) == all) {
            Some(unit) => Ok(unit),
            None => {
                let parts = languages.iter().zip(all).filter(|(_, range)| !range.is_empty());
                let part = |(&language, sentences)| Part { language, sentences };
                Unit::new(parts.map(part).collect(), 0.0, 0.0)
            }
        })
        .collect()
}
