//! `bitext build --rows documents` and `--rows paragraphs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use bitext::corpus::{Set, SetsConfig};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::cli::bitext;
use crate::common::workshop::{SETTINGS, Workshop, articles, is_set, text};

/// The texts of a row by language.
type Texts = BTreeMap<String, String>;

struct Built {
    folder: TempDir,
    /// What was printed to standard error.
    said: String,
}

impl Built {
    /// Builds from an input with settings.
    fn new(input: &str, settings: &str, more: &[&str]) -> Built {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        fs::write(path("settings.toml"), settings).unwrap();
        let (out, settings) = (path("out"), path("settings.toml"));
        let args = ["build", input, "-o", &out, "--config", &settings];
        let run = bitext(args.iter().chain(more).map(ToString::to_string), b"");
        assert_eq!(run.status, 0, "{}", run.stderr);
        let said = run.stderr;
        Built { folder, said }
    }

    /// Builds from groups of English and German texts by id.
    fn of_groups(groups: &[(&str, [String; 2])], settings: &str, more: &[&str]) -> Built {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("groups.jsonl");
        let line = |(id, [en, de]): &(&str, [String; 2])| json!({"id": id, "en": en, "de": de});
        let lines: Vec<String> = groups.iter().map(|group| line(group).to_string()).collect();
        fs::write(&file, lines.join("\n")).unwrap();
        Built::new(file.to_str().unwrap(), settings, more)
    }

    fn read(&self, name: &str) -> String {
        let path = self.folder.path().join("out").join(name);
        fs::read_to_string(path).unwrap_or_default()
    }

    fn lines(&self, name: &str) -> Vec<Value> {
        self.read(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn counts(&self) -> Value {
        serde_json::from_str(&self.read("counts.json")).unwrap()
    }

    /// The rows of all sets and language pairs.
    fn rows(&self) -> Vec<Value> {
        let entries = fs::read_dir(self.folder.path().join("out")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let names: BTreeSet<String> = names.filter(|name| is_set(name, ".jsonl")).collect();
        names.iter().flat_map(|name| self.lines(name)).collect()
    }
}

fn texts(row: &Value) -> Texts {
    let texts = row["translation"].as_object().unwrap();
    texts
        .iter()
        .map(|(language, text)| (language.clone(), text.as_str().unwrap().to_string()))
        .collect()
}

fn site() -> String {
    format!("{}/examples/site", env!("CARGO_MANIFEST_DIR"))
}

/// The documents of the site that its authors wrote, without their names.
fn gold() -> Vec<Texts> {
    let file = fs::read_to_string(format!("{}/documents.units", site())).unwrap();
    let mut gold: Vec<Texts> = Vec::new();
    let mut language = String::new();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with("@ ") {
            gold.push(Texts::new());
        } else if let Some(code) = line.strip_prefix("= ") {
            language = code.to_string();
        } else if let Some(document) = gold.last_mut() {
            document.entry(language.clone()).or_default().extend([line, "\n"]);
        }
    }
    for text in gold.iter_mut().flat_map(BTreeMap::values_mut) {
        *text = text.trim().to_string();
    }
    gold
}

/// Counts the rows that are gold, takes them from `gold`, and prints the others.
fn take_right(rows: &[Value], gold: &mut Vec<Texts>) -> usize {
    let mut right = 0;
    for row in rows {
        match gold.iter().position(|gold| *gold == texts(row)) {
            Some(at) => {
                gold.swap_remove(at);
                right += 1;
            }
            None => println!("not in gold: {} {:?}", row["id"], texts(row)),
        }
    }
    right
}

#[test]
fn the_site_has_the_documents_and_paragraphs_of_gold() {
    // Near duplicates are kept, because headlines are on the start page, too.
    let settings = "[duplicates]\nexact = false\nnear = false\n[sets]\ndev = 0\ntest = 0\n";
    let mut documents = gold();
    assert_eq!(documents.len(), 44);
    let mut paragraphs: Vec<Texts> = Vec::new();
    for document in &documents {
        let sides: Vec<(&String, Vec<&str>)> =
            document.iter().map(|(one, text)| (one, text.split("\n\n").collect())).collect();
        assert_eq!(sides[0].1.len(), sides[1].1.len(), "{document:?}");
        for at in 0..sides[0].1.len() {
            let row =
                sides.iter().map(|(one, paragraphs)| (one.to_string(), paragraphs[at].into()));
            paragraphs.push(row.collect());
        }
    }
    let built = Built::new(&site(), settings, &["--rows", "documents"]);
    let rows = built.rows();
    let right = take_right(&rows, &mut documents);
    println!(
        "documents: {right} of {} rows are right; gold: 44; missed: {documents:?}",
        rows.len()
    );
    assert!(right >= 42 && rows.len() <= right + 2, "{right} of {}", rows.len());
    let (rows, all) =
        (Built::new(&site(), settings, &["--rows", "paragraphs"]).rows(), paragraphs.len());
    let right = take_right(&rows, &mut paragraphs);
    println!(
        "paragraphs: {right} of {} rows are right; gold: {all}; missed: {paragraphs:?}",
        rows.len()
    );
    assert!(right * 100 >= all * 97 && rows.len() * 97 <= right * 100, "{right} of {}", rows.len());
}

/// The settings of the invented corpus, for rows of a kind.
fn settings(rows: &str, more: &str) -> String {
    let without_table =
        if rows == "documents" { SETTINGS.replace("\"tsv\", ", "") } else { SETTINGS.to_string() };
    without_table.replace("[output]", &format!("[output]\nrows = \"{rows}\"\n{more}"))
}

/// What the counts must be: by reason, the number of rejected rows, and of those with this reason only.
fn reasons(rejected: &[&Value]) -> BTreeMap<String, [u64; 2]> {
    let mut counts: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    for row in rejected {
        let reasons = row["reasons"].as_array().unwrap();
        assert!(!reasons.is_empty(), "{row}");
        for reason in reasons {
            // Rows that another set has are counted as near duplicates.
            let reason = match reason.as_str().unwrap() {
                "held_out" => "near_duplicate",
                reason => reason,
            };
            let count = counts.entry(reason.to_string()).or_default();
            count[0] += 1;
            count[1] += u64::from(reasons.len() == 1);
        }
    }
    counts
}

#[test]
fn counts_agree_with_the_rejected_file_and_formats_with_each_other() {
    for (rows, more) in [
        ("documents", ""),
        ("documents", "max_row_characters = 150\n"),
        ("documents", "gaps = \"keep\"\nmin_unit_confidence = 0.9995\n"),
        ("paragraphs", "gaps = \"split\"\n"),
    ] {
        let shop = Workshop::new();
        fs::write(shop.path("settings.toml"), settings(rows, more)).unwrap();
        // A group that the corpus has already.
        let [en, de] = article(6);
        let twice = json!({"id": "twice", "en": en, "de": de}).to_string();
        fs::write(shop.path("in/twice.jsonl"), twice).unwrap();
        let run = shop.build("out", &[]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        let read = |name: &str| fs::read_to_string(shop.path(&format!("out/{name}"))).unwrap();
        let values = |name: &str| -> Vec<Value> {
            read(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        };
        let (counts, rejected) = (values_of(&read("counts.json")), values("rejected.jsonl"));
        let mut written = 0;
        let mut units = 0;
        for name in shop.files("out").keys().filter(|name| is_set(name, ".jsonl")) {
            let rows_of = values(name);
            written += rows_of.len() as u64;
            let stem = name.strip_suffix(".jsonl").unwrap();
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            let mut lines = 0;
            for row in &rows_of {
                let unit_count = row["confidences"].as_array().unwrap().len() as u64;
                units += unit_count;
                lines += if rows == "documents" { unit_count } else { 1 };
            }
            // The index files have a line for each row.
            for format in ["vecalign", "ladder"] {
                let of_rows: Vec<Vec<String>> = rows_of
                    .iter()
                    .map(|row| {
                        let codes = stem.split_once('.').unwrap().1.split('-');
                        codes.map(|code| bare(&texts(row)[code])).collect()
                    })
                    .collect();
                assert_eq!(shop.indexed(&format!("{stem}.{format}")), of_rows, "{stem} {format}");
            }
            // In line-aligned text, an empty line is the border of documents.
            for (language, text) in texts(&rows_of[0]) {
                let moses = read(&format!("{stem}.{language}"));
                let filled = moses.lines().filter(|line| !line.is_empty()).count() as u64;
                assert_eq!(filled, lines, "{stem}.{language}");
                let documents: BTreeSet<&str> =
                    rows_of.iter().map(|row| row["document"].as_str().unwrap()).collect();
                let blocks = if rows == "documents" { rows_of.len() } else { documents.len() };
                assert_eq!(moses.split("\n\n").count(), blocks, "{stem}.{language}");
                let first = moses.split("\n\n").next().unwrap();
                assert!(bare(first).starts_with(&bare(&text)), "{first} {text}");
            }
            let memory = read(&format!("{stem}.tmx"));
            assert!(memory.contains("segtype=\"paragraph\""));
            assert_eq!(memory.matches("<tu>").count(), rows_of.len());
            let breaks: usize = rows_of
                .iter()
                .flat_map(|row| texts(row).into_values())
                .map(|text| text.matches("\n\n").count())
                .sum();
            assert_eq!(memory.matches("\n\n").count(), breaks, "{stem}.tmx");
            assert!(more.starts_with("max") || rows == "paragraphs" || breaks > 0, "{stem}");
        }
        let of_kind = |kind: &str| -> Vec<&Value> {
            rejected.iter().filter(|row| row["rejected"] == kind).collect()
        };
        assert_eq!(of_kind("row").len() + of_kind("unit").len(), rejected.len());
        for (kind, counted) in [("row", &counts["rows"]), ("unit", &counts["units"]["units"])] {
            let of = of_kind(kind);
            let number = |name: &str| counted[name].as_u64().unwrap();
            assert_eq!(number("rejected"), of.len() as u64, "{rows} {more} {kind}");
            assert_eq!(number("kept") + number("rejected"), number("pairs"));
            let listed = counted["reasons"].as_object().unwrap().iter().map(|(reason, count)| {
                let count = ["rejected", "alone"].map(|name| count[name].as_u64().unwrap());
                (reason.clone(), count)
            });
            let listed: BTreeMap<String, [u64; 2]> =
                listed.filter(|(_, count)| count[0] > 0).collect();
            assert_eq!(listed, reasons(&of), "{rows} {more} {kind}");
        }
        assert_eq!(counts["rows"]["kept"].as_u64().unwrap(), written);
        assert_eq!(counts["units"]["in_rows"].as_u64().unwrap(), units);
        // Every accepted unit is in a written row, in a dropped row, or crosses others.
        let dropped: usize =
            of_kind("row").iter().map(|row| row["confidences"].as_array().unwrap().len()).sum();
        let kept = counts["units"]["units"]["kept"].as_u64().unwrap();
        assert_eq!(kept, units + dropped as u64 + counts["units"]["crossing"].as_u64().unwrap());
        assert!(!more.contains("0.9995") || !of_kind("unit").is_empty());
        assert!(!of_kind("row").is_empty(), "{rows} {more}");
    }
}

fn values_of(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

/// The text of one of the invented articles.
fn article(at: usize) -> [String; 2] {
    ["en", "de"].map(|language| text(&articles()[at], language))
}

const NO_SETS: &str = "[sets]\ndev = 0\ntest = 0\n";

#[test]
fn a_document_with_a_sentence_of_a_test_set_is_dropped() {
    let groups = [("a", article(0)), ("b", article(1)), ("c", article(2))];
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("test.en.txt").display().to_string();
    let sentence = groups[1].1[0].lines().nth(2).unwrap().to_string();
    fs::write(&file, sentence.clone() + "\n").unwrap();
    let more = ["--rows", "documents", "--exclude", &file, "--keep-rejected"];
    let built = Built::of_groups(&groups, NO_SETS, &more);
    let documents: Vec<Value> = built.rows().iter().map(|row| row["document"].clone()).collect();
    assert_eq!(documents, ["a", "c"]);
    let rejected = built.lines("rejected.jsonl");
    assert_eq!(rejected.len(), 1, "{rejected:?}");
    assert_eq!(
        (&rejected[0]["document"], &rejected[0]["reasons"]),
        (&"b".into(), &json!(["excluded"]))
    );
    assert!(texts(&rejected[0])["en"].contains(&sentence));
    assert_eq!(rejected[0]["excluded_by"], file.as_str());
    assert_eq!(built.counts()["excluded"], json!([[file, 1]]));
    // Only the paragraph with the sentence is dropped.
    let more = ["--rows", "paragraphs", "--exclude", &file];
    let built = Built::of_groups(&groups, NO_SETS, &more);
    let has_sentence = built.rows().iter().any(|row| texts(row)["en"] == sentence);
    assert!(!has_sentence && built.rows().iter().any(|row| row["document"] == "b"));
}

#[test]
fn documents_that_another_set_has_for_the_most_part_are_dropped() {
    // The ids choose the sets.
    let sets = SetsConfig::default().with_dev(0.0).with_test(0.5);
    let id_in = |set: Set| {
        let mut ids = (0..).map(|number| format!("d{number}"));
        ids.find(|id| sets.set_of(id) == set).unwrap()
    };
    let (test, train) = (id_in(Set::Test), id_in(Set::Train));
    let settings = "[sets]\ndev = 0\ntest = 0.5\n";
    let lines = |text: &str, from: usize, to: usize| {
        text.lines().skip(from).take(to - from).collect::<Vec<_>>().join("\n")
    };
    let mixed = |shared: usize| {
        let (one, other) = (article(0), article(1));
        [0, 1].map(|side| {
            let (one, other) = (&one[side], &other[side]);
            lines(one, 0, shared) + "\n" + &lines(other, shared, 5)
        })
    };
    // Four of five sentences are in the test set, then one of five.
    for (shared, rows) in [(4, 1), (1, 2)] {
        let groups = [(test.as_str(), article(0)), (train.as_str(), mixed(shared))];
        let more = ["--rows", "documents", "--keep-rejected"];
        let built = Built::of_groups(&groups, settings, &more);
        assert_eq!(built.rows().len(), rows, "{shared}: {}", built.said);
        let held_out = built
            .lines("rejected.jsonl")
            .iter()
            .filter(|row| row["reasons"] == json!(["held_out"]))
            .count();
        assert_eq!((held_out, &built.counts()["held_out"]), (2 - rows, &json!(2 - rows)));
    }
}

#[test]
fn a_document_that_occurs_twice_is_written_once() {
    let groups = [("a", article(3)), ("b", article(3)), ("c", article(4))];
    let more = ["--rows", "documents", "--keep-rejected"];
    let built = Built::of_groups(&groups, NO_SETS, &more);
    assert_eq!(built.rows().len(), 2);
    let rejected = built.lines("rejected.jsonl");
    let reasons = rejected[0]["reasons"].as_array().unwrap();
    assert!(reasons.contains(&"duplicate".into()), "{reasons:?}");
}

#[test]
fn the_card_describes_documents_and_their_columns() {
    let groups = [("a", article(3)), ("b", article(4))];
    let settings = NO_SETS.to_string()
        + "[output]\nrows = \"documents\"\ngaps = \"keep\"\nmax_row_characters = 900\nmax_gap_sentences = false\n\
           formats = [\"hf-jsonl\", \"moses\"]\n";
    let built = Built::of_groups(&groups, &settings, &[]);
    let card = built.read("README.md");
    for part in [
        "# Parallel documents\n",
        "A row is a document and its translation, or a part of them.",
        "at most 900 characters",
        "(`gaps = \"keep\"`)",
        "No row crosses a unit with a confidence below 0.5.",
        "| `confidences` | list |",
        "| `aligned` | object |",
        "| `sentences` | object |",
        "The filters judged 10 units first and kept 10 of them.",
        "max_gap_sentences = false\n",
        "an empty line between rows",
    ] {
        assert!(card.contains(part), "{part}: {card}");
    }
    assert!(!card.contains("A row ends where more than"), "{card}");
    let (_, example) = card.split_once("```json\n").unwrap();
    let example: Value = serde_json::from_str(example.split("\n```").next().unwrap()).unwrap();
    assert!(built.rows().contains(&example));
}

#[test]
fn settings_that_do_not_fit_documents_are_refused() {
    let shop = Workshop::new();
    for (lines, said) in [
        ("rows = \"documents\"\nformats = [\"tsv\"]", "a cell of `tsv` cannot have the paragraphs"),
        ("rows = \"documents\"\nmax_row_characters = 0", "`output.max_row_characters`"),
        ("min_unit_confidence = 1.5", "`output.min_unit_confidence`"),
        ("max_gap_sentences = true", "expected a number that is not negative, or `false`"),
        ("max_gap_sentences = -1", "expected a number that is not negative, or `false`"),
        ("gaps = \"mark\"", "unknown variant `mark`"),
    ] {
        fs::write(shop.path("settings.toml"), format!("[output]\n{lines}\n")).unwrap();
        let run = shop.build("out", &[]);
        assert!(run.status != 0 && run.stderr.contains(said), "{said}: {}", run.stderr);
        assert!(!shop.folder.path().join("out").exists());
    }
    // The option decides in place of the settings.
    fs::write(shop.path("settings.toml"), "[output]\nformats = [\"tsv\"]\n").unwrap();
    let run = shop.build("out", &["--rows", "documents"]);
    assert!(run.status != 0 && run.stderr.contains("a cell of `tsv`"), "{}", run.stderr);
}
