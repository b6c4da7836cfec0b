//! Completes bitexts that were written with a minimum confidence and therefore lack units.

use std::collections::BTreeMap;

use crate::bitext::groups::{MAX_LANGUAGES, SentenceGroup, closure, reading_order_with};
use crate::{Article, Language, LanguagePair, Part, Result, Unit};

/// Adds units of confidence 0 for the sentences that are in no unit. Sentences that a bead connects
/// become one unit, the others null units. Complete units are returned unchanged.
pub(super) fn complete(
    articles: &[Article],
    units: Vec<Unit>,
    pairs: &[LanguagePair],
) -> Result<Vec<Unit>> {
    let sentences: usize = articles.iter().map(Article::len).sum();
    let covered: usize = units.iter().flat_map(Unit::parts).map(|part| part.sentences.len()).sum();
    if covered >= sentences || articles.len() > MAX_LANGUAGES {
        return Ok(units);
    }
    let languages: Vec<Language> = articles.iter().map(Article::language).collect();
    let lens = std::array::from_fn(|at| articles.get(at).map_or(0, Article::len));
    let group = |unit: &Unit| -> SentenceGroup {
        std::array::from_fn(|at| {
            let sentences = languages.get(at).and_then(|&language| unit.sentences(language));
            sentences.filter(|all| all.iter().all(|at_| *at_ < lens[at])).unwrap_or(&[]).to_vec()
        })
    };
    let beads = pairs.iter().flat_map(|pair| &pair.beads).map(group);
    let groups = closure(lens, units.iter().map(group).chain(beads));

    // A missing unit is crossing if one of its beads is.
    let crossing: Vec<SentenceGroup> = units
        .iter()
        .chain(pairs.iter().flat_map(|pair| &pair.beads))
        .filter(|unit| unit.crossing())
        .map(group)
        .collect();
    let is_moved = |all: &SentenceGroup| {
        let within = |one: &SentenceGroup| {
            one.iter().zip(all).all(|(one, all)| one.iter().all(|at| all.contains(at)))
        };
        crossing.iter().any(within)
    };

    let given: BTreeMap<SentenceGroup, Unit> =
        units.into_iter().map(|unit| (group(&unit), unit)).collect();
    let unit = |all: SentenceGroup| match given.get(&all) {
        Some(unit) => Ok(unit.clone()),
        None => {
            let moved = is_moved(&all);
            let parts = languages.iter().zip(all).filter(|(_, sentences)| !sentences.is_empty());
            let part = |(&language, sentences)| Part { language, sentences };
            Ok(Unit::new(parts.map(part).collect(), 0.0, 0.0)?.with_crossing(moved))
        }
    };
    reading_order_with(lens, groups, &is_moved).into_iter().map(unit).collect()
}
