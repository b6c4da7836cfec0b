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
            let counts: Value = serde_json::from_str(&counts).unwrap();
            assert_eq!(counts["excluded"][0][1], json!(1), "{counts}");
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
    let hit = fs::read_to_string(files.path("out/excluded.jsonl")).unwrap();
    let hit: Value = serde_json::from_str(hit.trim()).unwrap();
    assert_eq!((&hit["language"], &hit["text"]), (&json!("de"), &json!(ROWS[2].1)));
    assert_eq!((&hit["excluded_line"], &hit["excluded_match"]), (&json!(1), &json!("exact")));
    assert_eq!(hit["excluded_by"], counts["excluded"][0][0]);
    assert!(hit["id"].is_string(), "{hit}");
    let written = fs::read_to_string(files.path("out/train.jsonl")).unwrap_or_default();
    assert!(!written.contains("Hunde"), "{written}");
    let card = fs::read_to_string(files.path("out/README.md")).unwrap();
    assert!(card.contains("dropped because they repeat texts of"), "{card}");
    // The same exclusions find the build complete; others are other settings.
    assert_eq!(
        files.run("build @in.jsonl --exclude @test.de.txt --keep-rejected -o @out").status,
        0
    );
    let other = files.run("build @in.jsonl --exclude @other.de.txt --keep-rejected -o @out");
    assert!(other.status != 0, "{}", other.stderr);
}

/// Test sets of two files, and rows that repeat their texts in each way.
fn long_rows() -> Files {
    let set = "The bridge is green.\n\n\
        The ferry that links the two banks of the river Ouda will stop for a whole month in spring, because \
        its engine has to be replaced.\n\
        Dogs must be kept on a lead.\n";
    let rows = [
        // Thirteen words, and twelve.
        "It is said that what links the two banks of the river Ouda will stop for a whole year without any ferry.",
        "It is said that what links the two banks of the river Ouda will stop for a few years without any ferry.",
        "Welcome on board! Dogs must be kept on a lead. Thank you for your visit to our island.",
        "Welcome on board! The bridge is green. Thank you for your visit to our island.",
        "The bridge is green.",
        "Nothing of this is in the set.",
    ];
    let row = |text: &&str| {
        json!({"translation": {"en": text, "de": "Hier steht etwas anderes."}}).to_string() + "\n"
    };
    Files::new(&[
        ("rows.jsonl", rows.iter().map(row).collect()),
        ("set/a.en.txt", set.to_string()),
        ("set/b.jsonl", rows_of_set()),
    ])
}

fn rows_of_set() -> String {
    json!({"translation": {"de": "Kein Text der Zeilen.", "uk": "Інший текст стоїть тут."}})
        .to_string()
        + "\n"
}

const LONG_FILTER: &str = "[filter]\nmax_length_ratio = false\n[duplicates]\nexact = false\n";

#[test]
fn texts_inside_longer_ones_are_found_with_file_line_and_kind() {
    let files = long_rows();
    fs::write(files.path("settings.toml"), LONG_FILTER).unwrap();
    let command = "filter @rows.jsonl --exclude @set --config @settings.toml -o @out.jsonl --rejected @rejected.jsonl";
    for (words, expected) in [
        ("", vec![(3, "ngram"), (4, "sentence"), (1, "exact")]),
        (" --exclude-words 12", vec![(3, "ngram"), (3, "ngram"), (4, "sentence"), (1, "exact")]),
    ] {
        let run = files.run(&format!("{command}{words}"));
        assert_eq!(run.status, 0, "{}", run.stderr);
        let rejected = fs::read_to_string(files.path("rejected.jsonl")).unwrap();
        let found: Vec<(u64, String)> = rejected
            .lines()
            .map(|line| {
                let row: Value = serde_json::from_str(line).unwrap();
                assert_eq!(row["reasons"], json!(["excluded"]), "{row}");
                assert!(row["excluded_by"].as_str().unwrap().ends_with("a.en.txt"));
                let kind = row["excluded_match"].as_str().unwrap().to_string();
                (row["excluded_line"].as_u64().unwrap(), kind)
            })
            .collect();
        let expected: Vec<_> =
            expected.into_iter().map(|(line, kind)| (line, kind.to_string())).collect();
        assert_eq!(found, expected, "{words}");
    }
    assert_eq!(files.run(&format!("{command} --exclude-words 2")).status, 2);
}

#[test]
fn hashes_give_the_same_bytes_as_the_texts() {
    let files = long_rows();
    fs::write(files.path("settings.toml"), LONG_FILTER).unwrap();
    for hashes in ["@all.hashes", "@all.hashes.gz", "@all.hashes.zst"] {
        let run = files.run(&format!("exclude-hashes @set -o {hashes}"));
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stderr.contains("5 texts"), "{}", run.stderr);
        for (exclude, name) in [("@set", "texts"), (hashes, "hashes")] {
            let run = files.run(&format!(
                "filter @rows.jsonl --exclude {exclude} --config @settings.toml -o @{name}.jsonl --rejected \
                 @{name}.rejected.jsonl --counts @{name}.counts.json"
            ));
            assert_eq!(run.status, 0, "{}", run.stderr);
        }
        for file in ["jsonl", "rejected.jsonl", "counts.json"] {
            let [texts, hashes] = ["texts", "hashes"]
                .map(|name| fs::read_to_string(files.path(&format!("{name}.{file}"))).unwrap());
            assert!(!texts.is_empty());
            assert_eq!(texts, hashes, "{file}");
        }
    }
    let written = fs::read_to_string(files.path("all.hashes")).unwrap();
    assert!(!written.contains("bridge") && !written.contains("Ouda"), "{written}");

    // The same for a build, which also takes the one for the other.
    let article = |language: &str| {
        let texts = ROWS.iter().map(|(en, de)| if language == "en" { *en } else { *de });
        texts.collect::<Vec<_>>().join(" ")
    };
    let input = json!({"id": 1, "en": article("en"), "de": article("de")}).to_string();
    fs::write(files.path("in.jsonl"), input).unwrap();
    fs::write(files.path("test.de.txt"), ROWS[2].1).unwrap();
    assert_eq!(files.run("exclude-hashes @test.de.txt -o @test.hashes").status, 0);
    for (exclude, folder) in
        [("test.de.txt", "one"), ("test.hashes", "two"), ("test.hashes", "one")]
    {
        let run = files
            .run(&format!("build @in.jsonl --exclude @{exclude} --keep-rejected -o @{folder}"));
        assert_eq!(run.status, 0, "{}", run.stderr);
    }
    for file in ["train.jsonl", "excluded.jsonl", "rejected.jsonl", "counts.json", "README.md"] {
        let [one, two] =
            ["one", "two"].map(|folder| fs::read(files.path(&format!("{folder}/{file}"))).ok());
        assert_eq!(one, two, "{file}");
    }
}

#[test]
fn compressed_test_sets_are_read() {
    let files = Files::new(&[
        ("rows.jsonl", rows()),
        ("set.tsv", format!("en\tde\n{}\t{}\n", ROWS[1].0, ROWS[1].1)),
    ]);
    for set in ["set.jsonl.gz", "set.tsv.zst", "set.tmx.gz"] {
        assert_eq!(files.run(&format!("filter @set.tsv -o @{set}")).status, 0);
    }
    let mut sets = vec!["set.jsonl.gz", "set.tsv.zst", "set.tmx.gz"];
    if cfg!(feature = "parquet") {
        assert_eq!(files.run("filter @set.tsv -o @set.parquet").status, 0);
        sets.push("set.parquet");
    }
    for set in sets {
        let run = files.run(&format!(
            "filter @rows.jsonl --exclude @{set} -o @out.jsonl --rejected @rejected.jsonl"
        ));
        assert_eq!(run.status, 0, "{set}: {}", run.stderr);
        let rejected = fs::read_to_string(files.path("rejected.jsonl")).unwrap();
        assert_eq!(english(&rejected), [ROWS[1].0], "{set}");
        let rejected: Value = serde_json::from_str(rejected.trim()).unwrap();
        assert_eq!(rejected["excluded_line"], json!(1), "{set}");
    }
}

#[test]
fn bad_files_of_hashes_are_errors_with_their_line() {
    let files = long_rows();
    assert_eq!(files.run("exclude-hashes @set -o @all.hashes").status, 0);
    let whole = fs::read_to_string(files.path("all.hashes")).unwrap();
    let without_end = whole.trim_end().rsplit_once('\n').unwrap().0;
    for (content, exclude_words, said) in [
        (without_end, "13", "the file of hashes is incomplete"),
        (&whole[..whole.len() / 2], "13", "is not a line of a file of hashes"),
        ("The ferry runs.\n", "13", ":1 (byte 0): is not a file of `bitext exclude-hashes`"),
        ("", "13", "is incomplete"),
        (&whole, "9", "the file has n-grams of 13 words, and 9 are wanted"),
    ] {
        fs::write(files.path("bad.hashes"), content).unwrap();
        let run = files.run(&format!(
            "filter @rows.jsonl --exclude @bad.hashes --exclude-words {exclude_words} -o @out.jsonl"
        ));
        assert!(run.status == 1 && run.stderr.contains(said), "{said}: {}", run.stderr);
        assert!(run.stderr.contains("bad.hashes:"), "{}", run.stderr);
    }
    for (command, said) in [
        ("exclude-hashes @all.hashes -o @more.hashes", "has hashes already"),
        ("exclude-hashes @missing.en.txt -o @more.hashes", "missing.en.txt"),
        ("exclude-hashes @set -o @more.txt", ".hashes"),
    ] {
        let run = files.run(command);
        assert!(run.status != 0 && run.stderr.contains(said), "{command}: {}", run.stderr);
        assert!(!std::path::Path::new(&files.path("more.hashes")).exists());
    }
}
