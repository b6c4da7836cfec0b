//! `bitext align --explain`, `--explain-region` and `--crossing`.
use crate::common::cli::bitext;

const EN: &str = "examples/data/ferry.en.txt";
const UK: &str = "examples/data/ferry.uk.txt";
const DE: &str = "examples/data/ferry.de.txt";

#[test]
fn an_explanation_has_texts_features_and_posteriors() {
    let report =
        bitext(["align", "--en", EN, "--uk", UK, "--de", DE, "--explain", "3"], b"").quiet();
    assert!(report.starts_with("unit 3 of "), "{report}");
    for part in [
        "The 62-tonne vessel, known to everyone in town as the Old Heron",
        "Судно вагою 62 тонни",
        "Das 62 Tonnen schwere Schiff",
        "English-Ukrainian",
        "English-German",
        "Ukrainian-German",
        "margin",
        "feature ",
        "alternative: posterior 0.",
        "shared_numbers",
        "bead: posterior 0.",
        "unaligned en 3: posterior 0.",
        "confidence 0.",
    ] {
        assert!(report.contains(part), "{part} is missing in\n{report}");
    }
}

#[test]
fn the_number_is_the_row_of_the_table() {
    let table = bitext(["align", EN, UK], b"").quiet();
    let row = table.lines().find(|line| line.contains("1-·")).expect("a null unit");
    let number = row.split_whitespace().next().unwrap();
    let report = bitext(["align", EN, UK, "--explain", number], b"").quiet();
    assert!(report.starts_with(&format!("unit {number} of ")));
    assert!(report.contains(", unaligned\n"), "{report}");
    assert!(report.contains("no bead in this unit"), "{report}");
}

#[test]
fn rows_keep_their_numbers_with_min_confidence() {
    for pairs in [&[][..], &["--pairs", "en-uk"]] {
        let table =
            |more: &[&str]| bitext([&["align", EN, UK][..], pairs, more].concat(), b"").quiet();
        let (all, sure) = (table(&[]), table(&["--min-confidence", "0.9"]));
        let numbered = |table: &str| -> Vec<String> {
            let is_row = |line: &&str| {
                line.starts_with(' ') && line.trim_start().starts_with(|c: char| c.is_ascii_digit())
            };
            table.lines().filter(is_row).map(str::to_string).collect()
        };
        let (all, rows) = (numbered(&all), numbered(&sure));
        assert!(rows.len() > 5 && rows.len() < all.len());
        assert!(rows.iter().all(|row| all.contains(row)), "{sure}");
        let last = sure.lines().last().unwrap();
        let hidden = all.len() - rows.len();
        assert_eq!(
            last,
            format!(
                "{hidden} row{} less sure than 0.9 not shown",
                if hidden == 1 { "" } else { "s" }
            )
        );
    }
    // --explain takes the number of the last row.
    let sure = bitext(["align", EN, UK, "--min-confidence", "0.9"], b"").quiet();
    let row = sure.lines().rfind(|line| line.contains("  1-1 ")).unwrap();
    let number = row.split_whitespace().next().unwrap();
    let report = bitext(["align", EN, UK, "--explain", number], b"").quiet();
    let text = report.lines().find(|line| line.starts_with("  en ")).unwrap();
    let text = text.split_once(": ").unwrap().1;
    let start: String = text.chars().take(20).collect();
    assert!(row.contains(&start), "{row}\n{report}");
}

#[test]
fn a_region_has_the_beads_of_each_pair_with_features_and_posteriors() {
    let args = ["align", "--en", EN, "--uk", UK, "--de", DE, "--explain-region", "3-5"];
    let report = bitext(args, b"").quiet();
    assert!(report.starts_with("units 3 to 5 of "), "{report}");
    for pair in ["English-Ukrainian", "English-German", "Ukrainian-German"] {
        assert!(report.contains(&format!("\n{pair} lattice\n")), "{report}");
    }
    let columns = |line: &str| line.split_whitespace().map(str::to_string).collect::<Vec<_>>();
    let beads: Vec<Vec<String>> =
        report.lines().filter(|line| line.ends_with("Viterbi path  result")).map(columns).collect();
    // Two of the three units have all languages, and so a bead in each pair.
    assert_eq!(beads.len(), 6, "{report}");
    for bead in &beads {
        assert!(bead[3].parse::<f32>().unwrap() > 0.0, "{bead:?}");
        assert!((0.0..=1.0).contains(&bead[4].parse::<f32>().unwrap()), "{bead:?}");
    }
    assert!(report.lines().any(|line| line.contains("margin ") && line.contains(" x ")));
    assert!(report.contains("\n  unaligned en 3: posterior 0."), "{report}");
    let one = bitext(["align", EN, UK, "--explain-region", "3"], b"").quiet();
    assert!(one.starts_with("units 3 to 3 of "), "{one}");
}

#[test]
fn a_region_without_sentences_of_a_language_has_no_beads() {
    let table = bitext(["align", EN, UK], b"").quiet();
    let row = table.lines().find(|line| line.contains("1-·")).expect("a null unit");
    let number = row.split_whitespace().next().unwrap();
    let report = bitext(["align", EN, UK, "--explain-region", number], b"").quiet();
    assert!(report.contains("\n  no uk sentence in these units\n"), "{report}");
    assert!(report.contains("\n  unaligned en "), "{report}");
}

#[test]
fn a_number_without_a_unit_is_refused() {
    for number in ["0", "4000"] {
        let message = bitext(["align", EN, UK, "--explain", number], b"").refused(2);
        let expected = format!("--explain {number}: give a number from 1 to ");
        assert!(message.starts_with(&expected), "{message}");
    }
    for rows in ["4000", "3-4000"] {
        let message = bitext(["align", EN, UK, "--explain-region", rows], b"").refused(2);
        let (option, why) = message.split_once(": ").unwrap();
        assert!(option.starts_with("--explain-region "), "{message}");
        assert!(why.starts_with("give a number from 1 to "), "{message}");
    }
    for rows in ["0", "5-3", "3-", "-3", "a-b", "1-2-3"] {
        let run = bitext(["align", EN, UK, &format!("--explain-region={rows}")], b"");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{rows}");
        assert!(run.stderr.contains("such as 10-14"), "{}", run.stderr);
    }
    let run = bitext(["align", EN, UK, "--explain", "three"], b"");
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
}

#[test]
fn explain_excludes_other_outputs() {
    for other in [&["--jsonl"][..], &["--format", "tsv"], &["--pairs", "en-uk"], &["--nulls"]] {
        for explain in ["--explain=1", "--explain-region=1-2"] {
            let run = bitext([&["align", EN, UK, explain][..], other].concat(), b"");
            assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{other:?}");
            assert!(run.stderr.contains("cannot be used with"), "{}", run.stderr);
        }
    }
}

/// The Ukrainian ferry article with its third paragraph after the sixth.
fn moved() -> tempfile::NamedTempFile {
    let text = std::fs::read_to_string(UK).unwrap();
    let mut paragraphs: Vec<&str> = text.split("\n\n").collect();
    let third = paragraphs.remove(2);
    paragraphs.insert(5, third);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), paragraphs.join("\n\n")).unwrap();
    file
}

#[test]
fn crossing_units_are_marked_in_every_format() {
    let file = moved();
    let uk = file.path().to_str().unwrap();
    let run = |more: &[&str]| {
        bitext([&["align", "--en", EN, "--uk", uk, "--de", DE][..], more].concat(), b"").quiet()
    };
    assert!(!run(&[]).contains('↕'));
    let table = run(&["--crossing"]);
    assert_eq!(table.matches("1-1-1 ↕").count(), 3, "{table}");
    let report = run(&["--crossing", "--explain", "5"]);
    assert!(report.contains(", crossing\n") && report.contains("margin"), "{report}");
    assert!(!run(&["--format", "tmx"]).contains("x-crossing"));
    let tmx = run(&["--format", "tmx", "--crossing"]);
    assert_eq!(tmx.matches("<prop type=\"x-crossing\">true</prop>").count(), 3);
    assert!(!run(&["--format", "jsonl"]).contains("\"crossing\":"));
    let json = run(&["--format", "jsonl", "--crossing"]);
    // Three units, three beads with each of the others.
    assert_eq!(json.matches("\"crossing\":true").count(), 9, "{json}");
}

#[test]
fn crossing_changes_nothing_if_no_text_crosses() {
    let table = |more: &[&str]| bitext([&["align", EN, UK, DE][..], more].concat(), b"").quiet();
    assert_eq!(table(&[]), table(&["--crossing"]));
}
