//! Applies corrections of several lines to the bitexts that they belong to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::corrections::{Correction, CorrectionError, corrected, id_json, sentences, text_key};
use super::rewrite::with_units;
use crate::format::from_json;
use crate::{Bitext, Error, Language, Result, Unit};

/// The corrections of one or more files. They can be applied to lines of bitexts.
///
/// ```
/// use bitext::format::{Selection, from_json, to_json};
/// use bitext::report::{Corrections, text_key};
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new().align([
///     Article::from_sentences(Language::ENGLISH, ["It rained all day."]),
///     Article::from_sentences(Language::GERMAN, ["Es regnete den ganzen Tag."]),
/// ])?;
/// let line = to_json(&bitext, &Selection::default());
/// let mut corrections = Corrections::default();
/// let unlinked = format!(
///     r#"{{"format":"bitext-corrections","format_version":1,"id":null,"text":"{}","units":[{{"en":[0]}},{{"de":[0]}}]}}"#,
///     text_key(&bitext),
/// );
/// corrections.add("by-hand.jsonl", 1, &unlinked)?;
/// let corrected = corrections.apply(&line, &mut Vec::new())?.expect("there is one for it");
/// assert!(from_json(&corrected)?.units().iter().all(|unit| unit.is_null() && unit.reviewed()));
/// assert_eq!(corrections.unused().count(), 0);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Corrections {
    lines: Vec<BitextEntry>,
    /// Indices of `lines` by id, as JSON, and key of the text.
    index: HashMap<(String, String), Vec<usize>>,
}

#[derive(Clone, Debug)]
struct BitextEntry {
    source_name: String,
    line: usize,
    correction: Correction,
    used: bool,
}

impl BitextEntry {
    fn error(&self, error: CorrectionError) -> Error {
        Error::from(error).with_source_name(&self.source_name).with_line(self.line)
    }
}

impl Corrections {
    /// Adds a line of corrections. `line` is its number in the file, from 1.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidCorrection`](crate::ErrorKind::InvalidCorrection) if
    /// the line is malformed; nothing is added then.
    pub fn add(&mut self, source_name: &str, line: usize, text: &str) -> Result<()> {
        match Correction::parse(text) {
            Ok(correction) => {
                let key = (id_json(correction.id.as_ref()), correction.text.clone());
                self.index.entry(key).or_default().push(self.lines.len());
                let source_name = source_name.to_string();
                self.lines.push(BitextEntry { source_name, line, correction, used: false });
                Ok(())
            }
            Err(error) => Err(Error::from(error).with_source_name(source_name).with_line(line)),
        }
    }

    /// Applies the corrections to a line of [`to_json`](crate::format::to_json). It returns
    /// `None` if there are no corrections for the line.
    ///
    /// Several corrections of one bitext are merged. If two contradict each other, or
    /// their units cross, the one that was added later wins. For each line that loses
    /// units this way, an error of [`CorrectionError::Overruled`] is added to `refused`.
    /// Lines that do not fit the bitext are ignored as a whole, and their errors are added
    /// to `refused` too.
    ///
    /// Only `units` and `pairs` of the line change, and in them only the corrected parts.
    /// Unknown keys are preserved, except those of units that were replaced.
    ///
    /// # Errors
    ///
    /// Those of [`from_json`] for the line.
    pub fn apply(&mut self, line: &str, refused: &mut Vec<Error>) -> Result<Option<String>> {
        let bitext = from_json(line)?;
        let key = (id_json(bitext.id()), text_key(&bitext));
        let Some(entries) = self.index.get(&key) else { return Ok(None) };
        let mut merged =
            MergedCorrections { original: &bitext, units: Vec::new(), corrected: None };
        for &at in entries {
            self.lines[at].used = true;
            let entry = &self.lines[at];
            let given = entry.correction.given(&bitext);
            match given.and_then(|given| merged.add(at, given)) {
                Ok(left_out) => {
                    let by = format!("{}:{}", entry.source_name, entry.line);
                    refused.extend(left_out.into_iter().map(|(earlier, units)| {
                        let by = by.clone();
                        self.lines[earlier].error(CorrectionError::Overruled { units, by })
                    }));
                }
                Err(error) => refused.push(entry.error(error)),
            }
        }
        merged.corrected.map(|corrected| with_units(line, &bitext, &corrected)).transpose()
    }

    /// An error for each line of corrections that was not used, because no bitext matched.
    pub fn unused(&self) -> impl Iterator<Item = Error> + '_ {
        { self.lines.iter() }
            .filter(|entry| !entry.used)
            .map(|entry| entry.error(entry.correction.no_such_bitext()))
    }
}

/// The corrections of several lines, merged for one bitext.
struct MergedCorrections<'a> {
    original: &'a Bitext,
    /// The units, each with the index of its line.
    units: Vec<(usize, Unit)>,
    corrected: Option<Bitext>,
}

/// Units with the index of their line.
type CorrectedUnits = Vec<(usize, Unit)>;

impl MergedCorrections<'_> {
    /// Adds the units of another line. Units of earlier lines that contradict them are
    /// dropped. Returns the number of dropped units by line.
    fn add(
        &mut self,
        line: usize,
        given: Vec<Unit>,
    ) -> Result<BTreeMap<usize, usize>, CorrectionError> {
        let given: CorrectedUnits = given.into_iter().map(|unit| (line, unit)).collect();
        let own: BTreeSet<_> = given.iter().flat_map(|(_, unit)| sentences(unit)).collect();
        let is_free = |unit: &Unit| !sentences(unit).any(|at| own.contains(&at));
        let mut kept: CorrectedUnits =
            self.units.iter().filter(|(_, unit)| is_free(unit)).cloned().collect();
        self.drop_partly_corrected(&given, &mut kept);
        let all = [given.as_slice(), &kept].concat();
        let (units, corrected) = match self.correct(&all) {
            Ok(corrected) => (all, corrected),
            Err(CorrectionError::Units(_)) => self.without_crossing(given, kept)?,
            Err(error) => return Err(error),
        };
        let mut left_out = BTreeMap::new();
        for (of, unit) in &self.units {
            let is_said =
                |other: &Unit| (other.parts(), other.crossing()) == (unit.parts(), unit.crossing());
            if !units.iter().any(|(_, other)| is_said(other)) {
                *left_out.entry(*of).or_default() += 1;
            }
        }
        self.units = units;
        self.corrected = Some(corrected);
        Ok(left_out)
    }

    fn correct(&self, units: &[(usize, Unit)]) -> Result<Bitext, CorrectionError> {
        let units: Vec<Unit> = units.iter().map(|(_, unit)| unit.clone()).collect();
        corrected(self.original, &units)
    }

    /// Drops the units of earlier lines that have sentences of an original unit of which
    /// only a part is corrected: the original unit then stays.
    fn drop_partly_corrected(&self, given: &CorrectedUnits, kept: &mut CorrectedUnits) {
        loop {
            let all = given.iter().chain(kept.iter());
            let held: BTreeSet<_> = all.flat_map(|(_, unit)| sentences(unit)).collect();
            let is_partly_corrected = |unit: &&Unit| {
                sentences(unit).any(|at| held.contains(&at))
                    && !sentences(unit).all(|at| held.contains(&at))
            };
            let partly_corrected = self.original.units().iter().filter(is_partly_corrected);
            let partly_corrected: BTreeSet<(Language, usize)> =
                partly_corrected.flat_map(sentences).collect();
            let before = kept.len();
            kept.retain(|(_, unit)| !sentences(unit).any(|at| partly_corrected.contains(&at)));
            if kept.len() == before {
                return;
            }
        }
    }

    /// Keeps as many units of earlier lines as possible without crossing the given ones.
    fn without_crossing(
        &self,
        given: CorrectedUnits,
        kept: CorrectedUnits,
    ) -> Result<(CorrectedUnits, Bitext), CorrectionError> {
        let own: BTreeSet<_> = given.iter().flat_map(|(_, unit)| sentences(unit)).collect();
        let mut base = given;
        let mut groups = Vec::new();
        for (group, touched) in self.groups(kept) {
            // If the given units were made on corrected units, those cannot be dropped.
            if touched.is_disjoint(&own) {
                groups.push(group);
            } else {
                base.extend(group);
            }
        }
        // Later lines take precedence.
        groups.sort_by_key(|group| group.iter().map(|(line, _)| usize::MAX - line).min());
        let mut fitting = self.correct(&base)?;
        self.fit(&mut base, &mut fitting, &groups);
        Ok((base, fitting))
    }

    /// Adds the groups that fit. It bisects the list if they do not fit together.
    fn fit(&self, base: &mut CorrectedUnits, fitting: &mut Bitext, groups: &[CorrectedUnits]) {
        let all = [base.as_slice(), &groups.concat()].concat();
        match self.correct(&all) {
            Ok(corrected) => (*base, *fitting) = (all, corrected),
            Err(_) if groups.len() > 1 => {
                let (first, second) = groups.split_at(groups.len() / 2);
                self.fit(base, fitting, first);
                self.fit(base, fitting, second);
            }
            Err(_) => {}
        }
    }

    /// Groups units that touch the same original units, with the sentences of those.
    fn groups(&self, units: CorrectedUnits) -> Vec<(CorrectedUnits, BTreeSet<(Language, usize)>)> {
        let mut groups: Vec<(CorrectedUnits, BTreeSet<(Language, usize)>)> = Vec::new();
        for (line, unit) in units {
            let touched = sentences(&unit)
                .filter_map(|(language, at)| self.original.unit_of(language, at).map(sentences));
            let mut touched: BTreeSet<(Language, usize)> = touched.flatten().collect();
            let mut group = vec![(line, unit)];
            let (shared, apart) =
                groups.into_iter().partition(|(_, other)| !touched.is_disjoint(other));
            groups = apart;
            let shared: Vec<(CorrectedUnits, BTreeSet<_>)> = shared;
            for (other, sentences) in shared {
                group.extend(other);
                touched.extend(sentences);
            }
            groups.push((group, touched));
        }
        groups
    }
}
