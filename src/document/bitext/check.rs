//! Checks that units and beads form a valid bitext of their articles.

use super::unit::{LanguagePair, Unit};
use crate::{Article, Error, Language, Result};

/// Checks the units and returns the index of the unit by article and sentence.
///
/// The first sentences of the units must ascend in every language; for a crossing unit, in its first
/// language only. Each sentence must be in exactly one unit, and a unit of one language must have
/// one sentence.
pub(super) fn index_units(articles: &[Article], units: &[Unit]) -> Result<Vec<Vec<usize>>> {
    const NONE: usize = usize::MAX;
    let refuse = |at: usize, why: &str| Err(Error::bitext(format!("unit {at} {why}")));
    let mut index: Vec<Vec<usize>> =
        articles.iter().map(|article| vec![NONE; article.len()]).collect();
    let mut firsts = vec![0; articles.len()];
    let place = |language| articles.iter().position(|article| article.language() == language);
    // Sentences of crossing units, which the order ignores.
    let mut is_crossing: Vec<Vec<bool>> =
        articles.iter().map(|article| vec![false; article.len()]).collect();
    for part in units.iter().filter(|unit| unit.crossing()).flat_map(|unit| &unit.parts()[1..]) {
        for &sentence in &part.sentences {
            let flag = place(part.language).and_then(|at| is_crossing[at].get_mut(sentence));
            flag.into_iter().for_each(|flag| *flag = true);
        }
    }
    for (at, unit) in units.iter().enumerate() {
        for (nth, part) in unit.parts().iter().enumerate() {
            let Some(article) = place(part.language) else {
                return refuse(at, "is in a language without an article");
            };
            if nth == 0 || !unit.crossing() {
                let first = firsts[article];
                let all = index[article].iter().zip(&is_crossing[article]).skip(first);
                let unmet = { all }.position(|(unit, crossing)| *unit == NONE && !crossing);
                if unmet.map(|unmet| unmet + first) != part.sentences.first().copied() {
                    return refuse(at, "does not begin where the units before it end");
                }
                firsts[article] = part.sentences[0] + 1;
            }
            for &sentence in &part.sentences {
                match index[article].get_mut(sentence) {
                    Some(unit) if *unit == NONE => *unit = at,
                    Some(_) => return refuse(at, "has a sentence of a unit before it"),
                    None => return refuse(at, "has sentences that the article does not have"),
                }
            }
        }
        if unit.is_null() && unit.parts()[0].sentences.len() != 1 {
            return refuse(at, "of one language has more than one sentence");
        }
        if unit.is_null() && unit.crossing() {
            return refuse(at, "of one language cannot be crossing");
        }
    }
    for (article, index) in articles.iter().zip(&index) {
        if let Some(left) = index.iter().position(|unit| *unit == NONE) {
            let why = format!("sentence {left} of {} is in no unit", article.label());
            return Err(Error::bitext(why));
        }
    }
    Ok(index)
}

/// Checks that the beads have both languages, lie within one unit, and ascend; crossing beads ascend
/// in the source only.
pub(super) fn check_beads(
    pair: &LanguagePair,
    articles: &[Article],
    all_units: &[Unit],
    unit_index: &[Vec<usize>],
) -> Result<()> {
    let refuse = |at: usize, why: &str| {
        Err(Error::bitext(format!("bead {at} of {}-{} {why}", pair.source, pair.target)))
    };
    let units_of = |language: Language| {
        articles.iter().zip(unit_index).find(|(article, _)| article.language() == language)
    };
    let (Some((_, source)), Some((_, target))) = (units_of(pair.source), units_of(pair.target))
    else {
        return refuse(0, "is in a language without an article");
    };
    // The first source sentence that may come next, and the first target sentence.
    let (mut i, mut j) = (0, 0);
    for (at, bead) in pair.beads.iter().enumerate() {
        let sides = (bead.sentences(pair.source), bead.sentences(pair.target));
        let (Some(x), Some(y)) = sides else {
            return refuse(at, "lacks one of its languages");
        };
        if bead.parts().len() != 2 || x[0] < i || (y[0] < j && !bead.crossing()) {
            return refuse(at, "does not come after the one before it");
        }
        i = x[0] + 1;
        if !bead.crossing() {
            j = y[0] + 1;
        }
        let units = x.iter().filter_map(|sentence| source.get(*sentence));
        let units = units.chain(y.iter().filter_map(|sentence| target.get(*sentence)));
        let units: Vec<&usize> = units.collect();
        if units.len() < x.len() + y.len() {
            return refuse(at, "has sentences that the article does not have");
        }
        if units.iter().any(|unit| *unit != units[0]) {
            return refuse(at, "spans two units");
        }
        if bead.crossing() && !all_units[*units[0]].crossing() {
            return refuse(at, "is crossing, but not its unit");
        }
    }
    Ok(())
}
