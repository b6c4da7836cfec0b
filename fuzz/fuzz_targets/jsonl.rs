//! The readers of bitexts and articles never panic. A bitext survives writing and reading as JSON, and the other
//! formats hold as much of it as they can.
//!
//! How to run it: `fuzz/README.md`.
#![no_main]

use bitext::article::Origin;
use bitext::evaluate::{Alignment, AlignmentFile, Bead};
use bitext::format::{
    ArticlesLine, HfJsonlReader, HfJsonlWriter, Selection, TmxReader, TmxWriter, TsvWriter,
    from_json, records, to_json, write_ladder, write_vecalign,
};
use bitext::{Article, Bitext, Language};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|text: &str| {
    if let Ok(bitext) = from_json(text) {
        check_round_trip(&bitext);
        let languages: Vec<Language> = bitext.languages().collect();
        for (at, &one) in languages.iter().enumerate() {
            for &other in &languages[at + 1..] {
                check_index_files(&bitext, one, other);
                check_index_files(&bitext, other, one);
            }
        }
        check_rows(&bitext, &languages);
    }
    HfJsonlReader::new("fuzz", text.as_bytes()).for_each(drop);
    check_articles(text);
});

fn check_round_trip(bitext: &Bitext) {
    let line = to_json(bitext, &Selection::default());
    assert!(!line.contains('\n'));
    let again = from_json(&line).expect("our own output is valid");
    assert_eq!(again, *bitext);
    assert_eq!(to_json(&again, &Selection::default()), line);
    let by_serde: Bitext = serde_json::from_str(&line).expect("our own output is valid");
    assert_eq!(by_serde, *bitext);
    // Sentences of units that are not selected become unaligned.
    let line = to_json(bitext, &Selection::units().with_min_confidence(0.5));
    let part = from_json(&line).expect("a part is read back");
    assert_eq!(part.articles(), bitext.articles());
    for unit in bitext.units().iter().filter(|unit| unit.confidence() >= 0.5) {
        assert!(part.units().contains(unit));
    }
}

/// Index files have the beads of a language pair; a ladder has those that do not cross.
fn check_index_files(bitext: &Bitext, one: Language, other: Language) {
    let beads =
        Alignment::of_bitext(bitext, one, other).expect("they are checked").expect("a pair");
    let (n, m) = beads.sizes();
    let mut lines = Vec::new();
    write_vecalign(bitext, one, other, &mut lines).expect("memory");
    let found = AlignmentFile::parse_vecalign("f", std::str::from_utf8(&lines).expect("numbers"))
        .expect("ours");
    assert_eq!(found.sizes(), (n, m));
    let found = found.alignment(n, m).expect("ours");
    let linked = |beads: &Alignment| {
        let mut all: Vec<Bead> =
            beads.beads().iter().filter(|bead| !bead.is_null()).cloned().collect();
        all.sort_by(|a, b| a.source.cmp(&b.source));
        all
    };
    assert_eq!(linked(&found), linked(&beads));
    let mut lines = Vec::new();
    write_ladder(bitext, one, other, &mut lines).expect("memory");
    let found = AlignmentFile::parse_ladder("f", std::str::from_utf8(&lines).expect("numbers"))
        .expect("ours");
    assert_eq!(found.sizes(), (n, m));
}

/// Training sets and tables have the units with at least two texts.
fn check_rows(bitext: &Bitext, languages: &[Language]) {
    let selection = Selection::units();
    let selected = selection.select(bitext).count();
    let records = records(bitext, &selection);
    assert_eq!(records.len(), selected);
    let mut lines = HfJsonlWriter::new(Vec::new(), languages);
    for record in &records {
        lines.write(record).expect("it fits");
    }
    let lines = lines.finish().expect("memory");
    let found: Vec<_> = HfJsonlReader::new("f", &lines[..]).map(|row| row.expect("ours")).collect();
    assert_eq!(found, records);
    let mut table = TsvWriter::new(Vec::new(), languages, selection.clone()).expect("memory");
    table.write(bitext).expect("it fits");
    let table = table.finish().expect("memory");
    let lines = std::str::from_utf8(&table).expect("text").lines().count();
    assert_eq!(lines, selected + 1);
    let mut memory = TmxWriter::new(Vec::new(), languages[0], selection).expect("memory");
    memory.write(bitext).expect("it fits");
    let memory = memory.finish().expect("memory");
    let reader = TmxReader::new("f", &memory[..]).with_languages(&languages);
    assert_eq!(reader.map(|row| row.expect("ours")).count(), selected);
}

/// Both parsers of articles agree, and an article survives writing and reading.
fn check_articles(text: &str) {
    let given = ArticlesLine::parse(text);
    let line = ArticlesLine::parse_any(text);
    match line.articles {
        Ok(group) if group.len() > 1 => assert_eq!(given.articles.as_ref().ok(), Some(&group)),
        Ok(single) => {
            let [article] = &single[..] else { panic!("one article or more") };
            let value = match article.origin() {
                Origin::Sentences => json!(article.sentences().collect::<Vec<_>>()),
                _ => json!(article.text()),
            };
            let line = json!({ "id": "a", "lang": article.language().code(), "text": value });
            let again = ArticlesLine::parse_any(&line.to_string()).articles;
            assert_eq!(again.expect("our own output is valid"), single);
        }
        Err(_) => {}
    }
    for article in given.articles.iter().flatten() {
        check_spans(article);
    }
}

fn check_spans(article: &Article) {
    let spans = article.spans();
    assert!(article.origin() != Origin::Sentences || spans.len() == article.sentences().count());
    assert!(spans.iter().all(|span| article.text().get(span.clone()).is_some()));
}
