//! Computes the beads of corrected units.

use crate::bitext::groups::{SentenceGroup, closure};
use crate::{Bitext, Language, LanguagePair, Part, Result, Unit};

/// The beads of a bitext after the units `old` were replaced by `given`.
pub(super) fn corrected(
    bitext: &Bitext,
    given: &[Unit],
    old: &[&Unit],
) -> Result<Vec<LanguagePair>> {
    let new: Vec<&Unit> =
        given.iter().filter(|unit| !old.iter().any(|old| is_same(old, unit))).collect();
    let is_replaced = |bead: &Unit| new.iter().any(|unit| touches(unit, bead));
    let mut pairs = bitext.language_pairs().to_vec();
    for pair in &mut pairs {
        pair.beads.retain(|bead| !is_replaced(bead));
    }
    for unit in new.iter().filter(|unit| !unit.is_null()) {
        for (pair, beads) in pairs.iter_mut().zip(of_unit(bitext, unit)?) {
            pair.beads.extend(beads);
        }
    }
    for pair in &mut pairs {
        let first = |bead: &Unit| bead.sentences(pair.source).and_then(|all| all.first().copied());
        pair.beads.sort_by_key(first);
    }
    Ok(pairs)
}

/// The beads of a new unit in each language pair.
fn of_unit(bitext: &Bitext, unit: &Unit) -> Result<Vec<Vec<Unit>>> {
    let whole = |pair: &LanguagePair| -> Result<Vec<Unit>> {
        let part = |language: Language| {
            let sentences = unit.sentences(language)?.to_vec();
            Some(Part { language, sentences })
        };
        let (Some(source), Some(target)) = (part(pair.source), part(pair.target)) else {
            return Ok(Vec::new());
        };
        let bead = Unit::new(vec![source, target], score(bitext, unit), 1.0)?;
        Ok(vec![bead.with_crossing(unit.crossing())])
    };
    let finer = bitext.language_pairs().iter().map(|pair| match finer(pair, unit) {
        Some(beads) => Ok(beads),
        None => whole(pair),
    });
    let finer: Vec<Vec<Unit>> = finer.collect::<Result<_>>()?;
    if connects(bitext, unit, &finer) {
        Ok(finer)
    } else {
        // The finer beads would split the unit.
        bitext.language_pairs().iter().map(whole).collect()
    }
}

/// The beads of a pair within a unit, if they have exactly the unit's sentences in
/// both languages and agree with the unit on whether it is crossing.
fn finer(pair: &LanguagePair, unit: &Unit) -> Option<Vec<Unit>> {
    let beads: Vec<Unit> = pair.beads.iter().filter(|bead| touches(unit, bead)).cloned().collect();
    let held = |language: Language| {
        let all = beads.iter().filter_map(|bead| bead.sentences(language)).flatten();
        let mut all: Vec<usize> = all.copied().collect();
        all.sort_unstable();
        all
    };
    let fits = |language| unit.sentences(language).is_some_and(|own| held(language) == own);
    let even = beads.iter().all(|bead| bead.crossing() == unit.crossing());
    (even && fits(pair.source) && fits(pair.target)).then_some(beads)
}

/// Whether beads connect all sentences of a unit.
fn connects(bitext: &Bitext, unit: &Unit, beads: &[Vec<Unit>]) -> bool {
    let languages: Vec<Language> = bitext.languages().collect();
    let own = |x: usize| languages.get(x).and_then(|language| unit.sentences(*language));
    let lens = std::array::from_fn(|x| own(x).map_or(0, <[usize]>::len));
    let group = |bead: &Unit| -> SentenceGroup {
        std::array::from_fn(|x| {
            let held = languages.get(x).and_then(|language| bead.sentences(*language));
            let places = held.unwrap_or_default().iter();
            places.filter_map(|at| own(x)?.iter().position(|own| own == at)).collect()
        })
    };
    closure(lens, beads.iter().flatten().map(group)).len() == 1
}

/// Whether a unit and a bead share a sentence.
fn touches(unit: &Unit, bead: &Unit) -> bool {
    bead.parts().iter().any(|part| {
        let own = unit.sentences(part.language).unwrap_or_default();
        part.sentences.iter().any(|at| own.contains(at))
    })
}

/// The mean score of the bitext's beads that are inside a unit; 0 if there are none.
pub(super) fn score(bitext: &Bitext, unit: &Unit) -> f32 {
    if unit.is_null() {
        return 0.0;
    }
    let inside = |bead: &&Unit| {
        bead.parts().iter().all(|part| {
            let own = unit.sentences(part.language).unwrap_or_default();
            part.sentences.iter().all(|at| own.contains(at))
        })
    };
    let beads: Vec<f32> = bitext
        .language_pairs()
        .iter()
        .flat_map(|pair| &pair.beads)
        .filter(inside)
        .map(Unit::score)
        .collect();
    if beads.is_empty() { 0.0 } else { beads.iter().sum::<f32>() / beads.len() as f32 }
}

/// Whether two units have the same sentences.
pub(super) fn is_same(one: &Unit, other: &Unit) -> bool {
    one.parts() == other.parts()
}
