//! `--exclude`: rows with a text of a test set are rejected.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::cli::{Run, bitext};

const ROWS: [(&str, &str); 4] = [
    (
        "The ferry leaves the island at noon on every day.",
        "Die Fähre verlässt die Insel jeden Tag mittags.",
    ),
    (
        "Tickets for the crossing are sold on board.",
        "Fahrkarten für die Überfahrt gibt es an Bord.",
    ),
    (
        "Dogs must be kept on a lead on all decks.",
        "Hunde sind auf allen Decks an der Leine zu führen.",
    ),
    ("The café at the pier opens in spring.", "Das Café am Anleger öffnet im Frühjahr."),
];

struct Files(TempDir);

impl Files {
    fn new(files: &[(&str, String)]) -> Files {
        let folder = TempDir::new().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        Files(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Runs a command; `@` stands for the folder.
    fn run(&self, command: &str) -> Run {
        let folder = format!("{}/", self.0.path().display());
        bitext(command.split(' ').map(|word| word.replace('@', &folder)), b"")
    }
}

fn rows() -> String {
    let row =
        |(en, de): &(&str, &str)| json!({"translation": {"en": en, "de": de}}).to_string() + "\n";
    ROWS.iter().map(row).collect()
}

/// The English texts of rows.
fn english(lines: &str) -> Vec<String> {
    let text = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        row["translation"]["en"].as_str().unwrap().to_string()
    };
    lines.lines().map(text).collect()
}

#[test]
fn rows_with_a_text_of_a_test_set_are_rejected_in_every_format() {
    let (en, de) = ROWS[1];
    let memory = format!(
        "<tmx version=\"1.4\"><header srclang=\"en\"/><body><tu><tuv xml:lang=\"en\"><seg>{en}</seg></tuv>\
         <tuv xml:lang=\"de\"><seg>{de}</seg></tuv></tu></body></tmx>"
    );
    let sets = [
        ("set/test.en.txt", format!("{en}\n\n")),
        ("set/test.de", format!("Etwas anderes steht hier.\n{de}\n")),
        (
            "set/test.txt",
            format!("{de}\nDie Fahrgäste der Fähre warten am Ufer auf das nächste Schiff.\n"),
        ),
        ("set/test.tsv", format!("en\tde\n{en}\t{de}\n")),
        (
            "set/test.jsonl",
            json!({"translation": {"en": en, "uk": "Квитки продають на борту."}}).to_string(),
        ),
        ("set/test.tmx", memory),
        // Nearly the same.
        ("set/near.en.txt", "Tickets for the crossing are all sold on board!".to_string()),
    ];
    for set in sets {
        let files = Files::new(&[("rows.jsonl", rows()), set.clone()]);
        for exclude in [set.0, "set"] {
            let run = files.run(&format!(
                "filter @rows.jsonl --exclude @{exclude} -o @out.jsonl --rejected @rejected.jsonl --counts @counts.json"
            ));
            assert_eq!(run.status, 0, "{}: {}", set.0, run.stderr);
            let kept = english(&fs::read_to_string(files.path("out.jsonl")).unwrap());
            assert_eq!(kept, [ROWS[0].0, ROWS[2].0, ROWS[3].0], "{}", set.0);
            let rejected = fs::read_to_string(files.path("rejected.jsonl")).unwrap();
            let rejected: Value = serde_json::from_str(rejected.trim()).unwrap();
            assert_eq!(rejected["reasons"], json!(["excluded"]));
            assert!(rejected["excluded_by"].as_str().unwrap().ends_with(set.0), "{rejected}");
            let counts = fs::read_to_string(files.path("counts.json")).unwrap();
            assert!(counts.contains("\"excluded\""), "{counts}");
        }
    }
}

#[test]
fn exclusions_that_cannot_be_read_are_errors() {
    let files = Files::new(&[
        ("rows.jsonl", rows()),
        ("empty.txt", String::new()),
        ("short.txt", "12:30".to_string()),
        ("broken.tsv", "en\tde\n\"one\n".to_string()),
    ]);
    fs::create_dir(files.path("nothing")).unwrap();
    for (exclude, said) in [
        ("@missing.txt", "missing.txt"),
        ("@empty.txt", "--exclude: the files have no texts"),
        ("@nothing", "has no files"),
        ("@short.txt", "in the name of the file, such as news.uk.txt"),
        ("@broken.tsv", "broken.tsv"),
    ] {
        let run = files.run(&format!("filter @rows.jsonl --exclude {exclude} -o @out.jsonl"));
        assert!(run.status != 0 && run.stderr.contains(said), "{exclude}: {}", run.stderr);
        assert!(!std::path::Path::new(&files.path("out.jsonl")).exists());
    }
}

#[test]
fn a_build_drops_excluded_rows_and_counts_them_by_file() {
    let article = |language: &str| {
        let texts = ROWS.iter().map(|(en, de)| if language == "en" { *en } else { *de });
        texts.collect::<Vec<_>>().join(" ")
    };
    let files = Files::new(&[
        ("in.jsonl", json!({"id": 1, "en": article("en"), "de": article("de")}).to_string()),
        ("test.de.txt", ROWS[2].1.to_string()),
        ("other.de.txt", "Das Museum öffnet im Mai wieder für alle Besucher.".to_string()),
    ]);
    let run = files.run("build @in.jsonl --exclude @test.de.txt --keep-rejected -o @out");
    assert_eq!(run.status, 0, "{}", run.stderr);
    let counts: Value =
        serde_json::from_str(&fs::read_to_string(files.path("out/counts.json")).unwrap()).unwrap();
    assert_eq!(counts["excluded"][0][1], json!(1), "{counts}");
    assert!(counts["excluded"][0][0].as_str().unwrap().ends_with("test.de.txt"));
    let rejected = fs::read_to_string(files.path("out/rejected.jsonl")).unwrap();
    assert!(rejected.contains("\"excluded_by\""), "{rejected}");
    let written = fs::read_to_string(files.path("out/train.jsonl")).unwrap_or_default();
    assert!(!written.contains("Hunde"), "{written}");
    let card = fs::read_to_string(files.path("out/README.md")).unwrap();
    assert!(card.contains("test.de.txt` has one of their texts"), "{card}");
    // The same exclusions find the build complete; others are other settings.
    assert_eq!(
        files.run("build @in.jsonl --exclude @test.de.txt --keep-rejected -o @out").status,
        0
    );
    let other = files.run("build @in.jsonl --exclude @other.de.txt --keep-rejected -o @out");
    assert!(other.status != 0, "{}", other.stderr);
}
