//! Gold alignments: `tests/data/align` has small articles in two or three languages, with the units
//! that a person would form.
//!
//! ```text
//! cargo test --test align gold -- --nocapture
//! ```
//!
//! prints how many cases are right, by file, and the differences of all others.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use bitext::{Aligner, Article, Bitext, Language};

/// The number of cases whose units are all right. A change that gets more cases right raises it; it
/// is never lowered.
const RIGHT_CASES: usize = 52;

/// The number of units that are right, per 1,000 units of gold. It is never lowered.
const RIGHT_UNITS_PER_MILLE: usize = 867;

#[test]
fn gold_alignments_stay_right() {
    let aligner = Aligner::new();
    let (mut right_cases, mut cases) = (0, 0);
    let (mut right_units, mut units) = (0, 0);
    let mut page = String::new();
    for (file, text) in files() {
        let of_file = parse(&file, &text).unwrap_or_else(|error| panic!("{error}"));
        assert!(!of_file.is_empty(), "{file} has no case");
        let mut right_here = 0;
        for case in &of_file {
            let bitext = aligner.align(case.articles()).unwrap();
            let (gold, found) = (case.units(), found_units(&bitext));
            right_units += gold.intersection(&found).count();
            units += gold.len();
            if gold == found {
                right_here += 1;
            } else {
                case.show_difference(&found, &mut page);
            }
        }
        println!("{file}: {right_here} of {} cases", of_file.len());
        right_cases += right_here;
        cases += of_file.len();
    }
    println!("{right_cases} of {cases} cases, {right_units} of {units} units are right\n{page}");
    assert!(
        right_cases >= RIGHT_CASES && right_units * 1000 >= RIGHT_UNITS_PER_MILLE * units,
        "{right_cases} of {cases} cases ({RIGHT_CASES} before) and {right_units} of {units} units \
         ({RIGHT_UNITS_PER_MILLE} of 1,000 before) are right\n{page}"
    );
}

#[test]
fn malformed_cases_are_reported_with_their_line() {
    let error = |text: &str| parse("a.txt", text).unwrap_err();
    assert_eq!(error("en A sentence.\n"), "a.txt:1: a sentence before the first `===`");
    assert_eq!(error("=== a\nxx yy\n"), "a.txt:2: `xx` is no language of these files");
    assert_eq!(error("=== a\nen\n"), "a.txt:2: a language without a sentence");
    assert_eq!(
        error("=== a\nen One.\nen Two.\n\nuk Один.\n"),
        "a.txt:1: unit 1 has several sentences and no counterpart"
    );
    assert_eq!(
        error("=== a\norder uk: 2 2\nen One.\nuk Один.\n\nuk Два.\n"),
        "a.txt:1: the order of uk does not name its units 1 2"
    );
}

/// The sentences of a unit: language and index from 0.
type Sentences = BTreeSet<(Language, usize)>;

#[derive(Debug)]
struct Case {
    name: String,
    /// Units in the order of the file: their sentences with the language of each.
    written: Vec<Vec<(Language, String)>>,
    /// For languages with another order of units: the indexes of the units, from 0.
    orders: Vec<(Language, Vec<usize>)>,
}

impl Case {
    fn languages(&self) -> BTreeSet<Language> {
        self.written.iter().flatten().map(|(language, _)| *language).collect()
    }

    /// The indexes of the units that have a language, in the order of its text.
    fn order(&self, language: Language) -> Vec<usize> {
        if let Some((_, order)) = self.orders.iter().find(|(of, _)| *of == language) {
            return order.clone();
        }
        self.units_with(language)
    }

    fn units_with(&self, language: Language) -> Vec<usize> {
        let has = |unit: &[(Language, String)]| unit.iter().any(|(of, _)| *of == language);
        (0..self.written.len()).filter(|&unit| has(&self.written[unit])).collect()
    }

    /// The sentences of a language in order, each with the index of its unit.
    fn text(&self, language: Language) -> Vec<(usize, &str)> {
        let order = self.order(language);
        let of_unit = |unit: usize| {
            let here = self.written[unit].iter().filter(move |(of, _)| *of == language);
            here.map(move |(_, sentence)| (unit, sentence.as_str()))
        };
        order.into_iter().flat_map(of_unit).collect()
    }

    fn articles(&self) -> Vec<Article> {
        let article = |language: Language| {
            let sentences = self.text(language).into_iter().map(|(_, sentence)| sentence);
            Article::from_sentences(language, sentences)
        };
        self.languages().into_iter().map(article).collect()
    }

    fn units(&self) -> BTreeSet<Sentences> {
        let mut units = vec![Sentences::new(); self.written.len()];
        for language in self.languages() {
            for (at, (unit, _)) in self.text(language).into_iter().enumerate() {
                units[unit].insert((language, at));
            }
        }
        units.into_iter().collect()
    }

    fn show_difference(&self, found: &BTreeSet<Sentences>, page: &mut String) {
        let gold = self.units();
        let _ = writeln!(page, "=== {}", self.name);
        for (mark, units) in [("gold ", gold.difference(found)), ("found", found.difference(&gold))]
        {
            for unit in units {
                let texts: Vec<String> = unit
                    .iter()
                    .map(|(language, at)| format!("{language} {}", self.text(*language)[*at].1))
                    .collect();
                let _ = writeln!(page, "  {mark}: {}", texts.join(" | "));
            }
        }
    }
}

fn found_units(bitext: &Bitext) -> BTreeSet<Sentences> {
    let sentences = |unit: &bitext::Unit| {
        let parts = unit.parts().iter();
        parts.flat_map(|part| part.sentences.iter().map(|&at| (part.language, at))).collect()
    };
    bitext.units().iter().map(sentences).collect()
}

/// The names and texts of the files with cases, sorted by name.
fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/align");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// Reads the cases of a file. The format is described in `tests/data/align/README.md`.
fn parse(file: &str, text: &str) -> Result<Vec<Case>, String> {
    let mut cases: Vec<(usize, Case)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let wrong = |why: String| format!("{file}:{}: {why}", at + 1);
        let line = line.trim();
        if let Some(name) = line.strip_prefix("===") {
            let case =
                Case { name: name.trim().into(), written: vec![Vec::new()], orders: Vec::new() };
            cases.push((at + 1, case));
            continue;
        }
        if line.starts_with('#') {
            continue;
        }
        let Some((_, case)) = cases.last_mut() else {
            if line.is_empty() {
                continue;
            }
            return Err(wrong("a sentence before the first `===`".into()));
        };
        if line.is_empty() {
            if case.written.last().is_some_and(|unit| !unit.is_empty()) {
                case.written.push(Vec::new());
            }
        } else if let Some((language, units)) =
            line.strip_prefix("order ").and_then(|order| order.split_once(':'))
        {
            let numbers: Result<Vec<usize>, _> = units.split_whitespace().map(str::parse).collect();
            let numbers = numbers.map_err(|error| wrong(error.to_string()))?;
            let order = numbers.iter().map(|number| number.saturating_sub(1)).collect();
            case.orders.push((language_of(language).map_err(wrong)?, order));
        } else {
            let (language, sentence) = line
                .split_once(' ')
                .ok_or_else(|| wrong("a language without a sentence".into()))?;
            let language = language_of(language).map_err(wrong)?;
            if let Some(unit) = case.written.last_mut() {
                unit.push((language, sentence.trim().to_string()));
            }
        }
    }
    for (line, case) in &mut cases {
        case.written.retain(|unit| !unit.is_empty());
        check(case).map_err(|why| format!("{file}:{line}: {why}"))?;
    }
    Ok(cases.into_iter().map(|(_, case)| case).collect())
}

fn check(case: &Case) -> Result<(), String> {
    for (number, unit) in case.written.iter().enumerate() {
        let languages: BTreeSet<Language> = unit.iter().map(|(language, _)| *language).collect();
        if languages.len() == 1 && unit.len() > 1 {
            let number = number + 1;
            return Err(format!("unit {number} has several sentences and no counterpart"));
        }
    }
    for (language, order) in &case.orders {
        let mut sorted = order.clone();
        sorted.sort_unstable();
        let units = case.units_with(*language);
        if sorted != units {
            let numbers: Vec<String> = units.iter().map(|unit| (unit + 1).to_string()).collect();
            let numbers = numbers.join(" ");
            return Err(format!("the order of {language} does not name its units {numbers}"));
        }
    }
    Ok(())
}

fn language_of(code: &str) -> Result<Language, String> {
    match code {
        "en" => Ok(Language::ENGLISH),
        "uk" => Ok(Language::UKRAINIAN),
        "de" => Ok(Language::GERMAN),
        other => Err(format!("`{other}` is no language of these files")),
    }
}
