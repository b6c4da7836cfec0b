//! Index files and numbered records of a bitext.

use super::*;

/// A bitext with a null on each side, a bead of two, and two beads that cross.
fn awkward() -> Bitext {
    let part = |language, sentences: &[usize]| Part { language, sentences: sentences.to_vec() };
    let unit = |en: &[usize], de: &[usize], confidence| {
        let parts = [(EN, en), (DE, de)].into_iter().filter(|(_, s)| !s.is_empty());
        let parts = parts.map(|(language, sentences)| part(language, sentences)).collect();
        Unit::new(parts, 0.5, confidence).unwrap()
    };
    let units = vec![
        unit(&[0], &[0], 0.9),
        unit(&[1], &[], 0.8),
        unit(&[], &[1], 0.8),
        unit(&[2, 3], &[2], 0.7),
        unit(&[4], &[4], 0.5).with_crossing(true),
        unit(&[5], &[3], 0.6),
    ];
    let beads: Vec<Unit> = units.iter().filter(|unit| !unit.is_null()).cloned().collect();
    let sentences =
        |name: &str, n: usize| (0..n).map(|at| format!("{name} {at}.")).collect::<Vec<_>>();
    let articles = vec![
        Article::from_sentences(EN, sentences("Sentence", 6)),
        Article::from_sentences(DE, sentences("Satz", 5)),
    ];
    let pairs = vec![LanguagePair { source: EN, target: DE, beads }];
    Bitext::new(articles, units, pairs).unwrap().with_id("a")
}

#[test]
fn index_files_round_trip() {
    let bitext = awkward();
    let mut vecalign = Vec::new();
    write_vecalign(&bitext, EN, DE, &mut vecalign).unwrap();
    let vecalign = String::from_utf8(vecalign).unwrap();
    assert_eq!(vecalign, "[0]:[0]\n[1]:[]\n[]:[1]\n[2, 3]:[2]\n[4]:[4]\n[5]:[3]\n");
    let document = AlignmentFile::parse_vecalign("v", &vecalign).unwrap();
    assert_eq!(document.sizes(), (6, 5));

    let mut ladder = Vec::new();
    write_ladder(&bitext, EN, DE, &mut ladder).unwrap();
    let ladder = String::from_utf8(ladder).unwrap();
    assert_eq!(ladder, "0\t0\t0.9\n1\t1\t0\n2\t1\t0\n2\t2\t0.7\n4\t3\t0.5\n6\t5\t0\n");
    let document = AlignmentFile::parse_ladder("l", &ladder).unwrap();
    assert_eq!(document.sizes(), (6, 5));
    let english: Vec<String> = (0..6).map(|at| format!("Sentence {at}.")).collect();
    let german: Vec<String> = (0..5).map(|at| format!("Satz {at}.")).collect();
    let rows =
        aligned_texts(&document.alignment(6, 5).unwrap(), (EN, &english), (DE, &german)).unwrap();
    let texts: Vec<_> = rows.iter().map(|row| row.text(EN).unwrap()).collect();
    assert_eq!(texts, ["Sentence 0.", "Sentence 2. Sentence 3.", "Sentence 4. Sentence 5."]);

    let mut other_way = Vec::new();
    write_vecalign(&bitext, DE, EN, &mut other_way).unwrap();
    assert!(
        String::from_utf8(other_way).unwrap().starts_with("[0]:[0]\n[1]:[]\n[]:[1]\n[2]:[2, 3]\n")
    );
    assert_eq!(
        write_vecalign(&bitext, EN, UK, Vec::new()).unwrap_err().kind(),
        ErrorKind::InvalidBitext
    );
    let short = document.alignment(6, 5).unwrap();
    let error = aligned_texts(&short, (EN, &english[..3]), (DE, &german)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidAlignment, "{error}");
}

#[test]
fn records_of_a_bitext_are_numbered_by_their_units() {
    let bitext = awkward();
    let ids = |selection: &Selection| -> Vec<String> {
        records(&bitext, selection).into_iter().map(|row| row.id.unwrap()).collect()
    };
    assert_eq!(ids(&Selection::units()), ["a#0", "a#3", "a#4", "a#5"]);
    assert_eq!(ids(&Selection::units().with_min_confidence(0.65)), ["a#0", "a#3"]);
    assert_eq!(ids(&Selection::pair(DE, EN)), ["a#en-de#0", "a#en-de#1", "a#en-de#2", "a#en-de#3"]);
    let rows = records(&bitext, &Selection::units());
    assert_eq!(rows[1].text(EN), Some("Sentence 2. Sentence 3."));
    assert_eq!((rows[2].extra["crossing"].as_bool(), rows[1].extra.len()), (Some(true), 0));
}
