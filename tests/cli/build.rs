//! `bitext pair` and `bitext build`: from articles to groups and training sets.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::common::cli::bitext;
use crate::common::json::{Json, parse};
use crate::common::workshop::{SETTINGS, Workshop, articles, assert_same, is_set, text};
use serde_json::json;
use tempfile::TempDir;

/// The texts of rows without white space.
fn translations(rows: &[Json]) -> Vec<Vec<String>> {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let sides = |row: &Json| {
        let texts = row.get("translation");
        texts.keys().iter().map(|language| bare(texts.get(language).text())).collect()
    };
    rows.iter().map(sides).collect()
}

#[test]
fn versions_are_paired_and_aligned() {
    let shop = Workshop::new();
    let run = bitext(["pair", &shop.path("in"), "-o", &shop.path("groups.jsonl")], b"");
    assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    let groups = shop.lines("groups.jsonl");
    // Two groups are given. Six groups of three versions are found.
    let threes: Vec<&Json> =
        groups.iter().filter(|group| group.find("coverage").is_some()).collect();
    assert_eq!((groups.len(), threes.len()), (8, 6));
    for group in threes {
        let of = |language: &str| {
            let found = group.get(language).text();
            articles().iter().position(|article| text(article, language) == found).unwrap()
        };
        assert_eq!((of("en"), of("en")), (of("uk"), of("de")));
        assert!(group.get("coverage").number() > 0.7, "{group:?}");
    }
    // `align` accepts the output.
    let aligned = bitext(["align", "--jsonl"], &fs::read(shop.path("groups.jsonl")).unwrap());
    assert_eq!((aligned.status, aligned.lines().len()), (0, 8), "{}", aligned.stderr);
    assert!(aligned.lines().iter().all(|line| *parse(line).get("unrelated") == Json::Bool(false)));
}

#[test]
fn articles_with_distant_dates_are_not_paired() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("dated.jsonl");
    let first = &articles()[0];
    let lines = [
        json!({"id": "a", "lang": "en", "text": text(first, "en"), "date": "2024-02-28"}),
        json!({"id": "b", "lang": "de", "text": text(first, "de"), "date": "2024-03-01T09:00:00Z"}),
    ];
    fs::write(&file, lines.map(|line| line.to_string()).join("\n")).unwrap();
    for (days, groups) in [("2", 1), ("1", 0)] {
        let run = bitext(["pair", file.to_str().unwrap(), "--max-days", days], b"");
        assert_eq!((run.status, run.lines().len()), (0, groups), "{}", run.stderr);
    }
}

#[test]
fn a_build_reports_its_counts() {
    let shop = Workshop::new();
    let run = shop.build("out", &[]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    let files = shop.files("out");
    let problems = shop.lines("out/problems.jsonl");
    let said: Vec<&str> = problems.iter().map(|problem| problem.get("error").text()).collect();
    assert_eq!(problems.len(), 4, "{said:?}");
    assert!(said.iter().any(|error| error.contains("not UTF-8")), "{said:?}");
    assert!(said.iter().any(|error| error.contains("not a JSON object")), "{said:?}");

    let counts = parse(&fs::read_to_string(shop.path("out/counts.json")).unwrap());
    assert_eq!(counts.get("groups").index(), 8);
    assert_eq!(counts.get("problems").index(), 4);
    let rows = counts.get("rows");
    // Six groups of three languages and two of two, five sentences each.
    assert!(rows.get("pairs").index() >= 95, "{rows:?}");
    assert!(rows.get("kept").index() >= 85, "{rows:?}");

    let mut kept = 0;
    let mut set_of = BTreeMap::new();
    for (name, bytes) in files.iter().filter(|(name, _)| is_set(name, ".jsonl")) {
        let stem = name.strip_suffix(".jsonl").unwrap();
        let (set, languages) = stem.split_once('.').unwrap();
        let rows = shop.lines(&format!("out/{name}"));
        for row in &rows {
            assert_eq!(row.get("translation").keys().join("-"), languages);
            let document = row.get("document").text().to_string();
            // An article is in one set, whatever the languages.
            assert_eq!(*set_of.entry(document).or_insert(set), set);
        }
        assert!(!bytes.is_empty());
        kept += rows.len();
        for language in languages.split('-') {
            let moses = &files[&format!("{stem}.{language}")];
            assert_eq!(moses.iter().filter(|byte| **byte == b'\n').count(), rows.len());
        }
        for format in ["vecalign", "ladder"] {
            assert_eq!(shop.indexed(&format!("{stem}.{format}")), translations(&rows), "{stem}");
        }
        let table = String::from_utf8(files[&format!("{stem}.tsv")].clone()).unwrap();
        assert_eq!(table.lines().count(), rows.len() + 1);
        let memory = String::from_utf8(files[&format!("{stem}.tmx")].clone()).unwrap();
        assert_eq!(memory.matches("<tu>").count(), rows.len());
    }
    assert_eq!(kept, rows.get("kept").index());
    assert!(set_of.len() >= 7, "{set_of:?}");
    let rejected = shop.lines("out/rejected.jsonl");
    assert_eq!(rejected.len(), rows.get("rejected").index());
    assert!(rejected.iter().all(|row| !row.get("reasons").texts().is_empty()));

    assert_eq!(files.keys().filter(|name| name.contains("escape")).count(), 0);
    let card = String::from_utf8(files["README.md"].clone()).unwrap();
    for part in [
        "---\nlanguage:\n- en\n- uk\n- de\nlicense: cc0-1.0\npretty_name: \"Made up\"\n",
        "task_categories:\n- translation\n",
        "# Made up",
        "- config_name: en-uk\n  data_files:\n",
        "    path: train.en-uk.jsonl\n",
        "load_dataset(\"path/to/this/folder\", \"en-de\")",
        "| `confidence` | number |",
        "| `train.en-de.tmx` | Rows as a translation memory (TMX 1.4b) |",
        "| `train.en-de.vecalign` | Alignment as line numbers (Vecalign's format) |",
        "- written for a test",
        "keep_rejected = true",
    ] {
        assert!(card.contains(part), "{part}: {card}");
    }
    // The card lists the splits in the order of their use.
    let place = |part: &str| card.find(part).unwrap_or_else(|| panic!("{part}: {card}"));
    for name in ["  - split: ", "\n| "] {
        let of = |split: &str| place(&format!("{name}{split}"));
        assert!(of("train") < of("validation") && of("validation") < of("test"), "{card}");
    }
    // The example on the card is a row of the training set.
    let (_, example) = card.split_once("```json\n").unwrap();
    let example = parse(example.split("\n```").next().unwrap());
    let rows = files.keys().filter(|name| name.starts_with("train.") && name.ends_with(".jsonl"));
    let mut rows = rows.flat_map(|name| shop.lines(&format!("out/{name}")));
    assert!(rows.any(|row| row == example), "{example:?}");
    assert!(!card.contains(&shop.path("")), "paths of the machine are nobody's business");
}

#[test]
fn a_licence_unknown_to_the_hub_is_reported() {
    let shop = Workshop::new();
    let settings = |licence: &str| {
        let settings = SETTINGS.replace("CC0-1.0", licence);
        fs::write(shop.path("settings.toml"), settings).unwrap();
        shop.build("out", &[]);
        fs::read_to_string(shop.path("out/README.md")).unwrap()
    };
    let card = settings("Free to: read");
    assert!(card.contains("license: other\nlicense_name: \"Free to: read\"\n"), "{card}");
    let card = settings("MIT OR Apache-2.0");
    assert!(card.contains("license:\n- mit\n- apache-2.0\n"), "{card}");
    let card = settings("");
    assert!(!card.contains("license") && card.contains("named no licence"), "{card}");
}

#[test]
fn a_build_without_rows_names_the_filters() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let copy = "The bridge is closed. The storm damaged it badly.";
    let group = json!({"id": "a", "en": copy, "de": copy}).to_string();
    fs::write(path("in.jsonl"), group).unwrap();
    let run = bitext(["build", &path("in.jsonl"), "--output", &path("out")], b"");
    assert_eq!(run.status, 0, "{}", run.stderr);
    let said = run.stderr.lines().last().unwrap();
    assert!(said.contains("0 rows of 1 group in "), "{said}");
    assert!(said.contains("all 2 aligned rows were rejected, by filter: "), "{said}");
    assert!(said.contains("untranslated 2") && said.contains("no problems"), "{said}");
}

#[test]
fn ids_of_rows_are_unique() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let articles = articles();
    let one = |id: &str, at: usize, language: &str| {
        json!({"id": id, "lang": language, "text": text(&articles[at], language)}).to_string()
    };
    let group = |at: usize| {
        let (en, de) = (text(&articles[at], "en"), text(&articles[at], "de"));
        json!({"id": "a", "en": en, "de": de}).to_string()
    };
    let lines = [
        // Versions of one article may share an id, articles of one language not.
        one("a", 0, "en"),
        one("a", 0, "de"),
        one("a", 1, "en"),
        group(2),
        group(3),
        // Nor need those be versions that do.
        one("b", 4, "en"),
        one("c", 4, "de"),
        one("b", 5, "uk"),
        one("d", 5, "de"),
    ];
    fs::write(path("lines.jsonl"), lines.join("\n")).unwrap();
    for (part, at) in [("x", 6), ("y", 7)] {
        fs::create_dir(path(part)).unwrap();
        for language in ["en", "de"] {
            let name = path(&format!("{part}/one.{language}.txt"));
            fs::write(name, text(&articles[at], language)).unwrap();
        }
    }
    // A file that is named twice is read once.
    let (lines, again) = (path("lines.jsonl"), path("./x/../lines.jsonl"));
    let inputs = [lines.clone(), path("x"), path("y"), again, path("y/one.de.txt"), path("x/")];
    let words = ["build".to_string()].into_iter().chain(inputs);
    let run = bitext(words.chain(["--output".to_string(), path("out")]), b"");
    assert_eq!(run.status, 1, "{}", run.stderr);
    let read = |name: &str| -> Vec<Json> {
        fs::read_to_string(path(name)).unwrap().lines().map(parse).collect()
    };
    let problems = read("out/problems.jsonl");
    let said: Vec<(&str, &str)> = problems
        .iter()
        .map(|problem| (problem.get("place").text(), problem.get("error").text()))
        .collect();
    let already = |place| format!("its id, `a`, is that of {place} already: give it another");
    let (first, group) = (already("lines.jsonl:1"), already("lines.jsonl:4"));
    assert_eq!(said, [("lines.jsonl:3", &*first), ("lines.jsonl:5", &*group)]);
    let mut ids = Vec::new();
    let mut documents = Vec::new();
    for entry in fs::read_dir(path("out")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        for row in is_set(&name, ".jsonl").then(|| read(&format!("out/{name}"))).iter().flatten() {
            ids.push(row.get("id").text().to_string());
            documents.push(row.get("document").text().to_string());
        }
    }
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
    documents.sort();
    documents.dedup();
    assert_eq!(documents, ["a", "a@en", "b", "b@uk", "one.en.txt", "one.en.txt (2)"]);
}

#[test]
fn the_number_of_threads_does_not_change_a_build() {
    let shop = Workshop::new();
    shop.build("1", &["--threads", "1"]);
    for threads in ["2", "4"] {
        shop.build(threads, &["--threads", threads]);
        assert_same(&shop.files("1"), &shop.files(threads));
    }
}

#[test]
fn units_are_written_with_all_languages_and_tmx_also_by_pairs() {
    let shop = Workshop::new();
    let settings = SETTINGS.replace("[output]", "[output]\nrows = \"units\"");
    fs::write(shop.path("settings.toml"), settings).unwrap();
    assert_eq!(shop.build("out", &[]).status, 1);
    let files = shop.files("out");
    let units = |name: &str| -> usize {
        let memory = files.get(name).map(|bytes| String::from_utf8_lossy(bytes));
        memory.map_or(0, |memory| memory.matches("<tu>").count())
    };
    let rows = shop.lines("out/train.en-uk-de.jsonl");
    assert_eq!(units("train.en-uk-de.tmx"), rows.len());
    assert!(rows.len() > 10);
    for (pair, (one, other)) in
        [("en-uk", ("en", "uk")), ("en-de", ("en", "de")), ("uk-de", ("uk", "de"))]
    {
        let has =
            |row: &Json, language| !matches!(row.get("translation").get(language), Json::Null);
        let both: Vec<Json> =
            rows.iter().filter(|row| has(row, one) && has(row, other)).cloned().collect();
        assert!(!both.is_empty());
        assert_eq!(units(&format!("train.{pair}.tmx")), both.len());
        let bare = |row: &Json, language| {
            let text = row.get("translation").get(language).text();
            text.split_whitespace().collect::<String>()
        };
        let texts: Vec<Vec<String>> =
            both.iter().map(|row| vec![bare(row, one), bare(row, other)]).collect();
        assert_eq!(shop.indexed(&format!("train.{pair}.vecalign")), texts);
    }
}

#[test]
fn the_output_may_be_inside_an_input_folder() {
    let shop = Workshop::new();
    shop.build("out", &[]);
    shop.build("in/corpus", &[]);
    assert_same(&shop.files("out"), &shop.files("in/corpus"));
    assert!(shop.build("in/corpus", &[]).stderr.contains("is complete"));
    shop.build("in/corpus", &["--fresh"]);
    assert_same(&shop.files("out"), &shop.files("in/corpus"));

    let (corpus, file) = (shop.path("in/corpus"), shop.path("in/corpus/problems.jsonl"));
    for input in [&corpus, &file] {
        let run = bitext(["build", input, "--output", &corpus], b"");
        assert!(run.refused(2).contains("is in the output folder"));
    }
    // Nor does `pair` read the groups of an earlier run as articles.
    let groups = shop.path("in/groups.jsonl");
    let pair = || {
        bitext(["pair", &shop.path("in/lines.jsonl"), &shop.path("in"), "-o", &groups], b"");
        fs::read(&groups).unwrap()
    };
    fs::remove_dir_all(&corpus).unwrap();
    assert_eq!(pair(), pair());
}

#[test]
fn nothing_is_written_outside_the_output_folder() {
    let shop = Workshop::new();
    let names = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let before = names(shop.folder.path());
    let run = shop.build("out", &[]);
    let mut expected = before;
    expected.push("out".to_string());
    expected.sort();
    assert_eq!(names(shop.folder.path()), expected, "{}", run.stderr);
    let all = shop.files("out").into_values().flatten().collect::<Vec<u8>>();
    assert!(String::from_utf8_lossy(&all).contains("../../../escape#"));

    // A folder with other files is refused.
    fs::create_dir(shop.path("other")).unwrap();
    fs::write(shop.path("other/README.md"), "mine").unwrap();
    assert!(shop.build("other", &[]).refused(1).contains("not empty"));
    assert!(shop.build("other", &["--fresh"]).refused(1).contains("not empty"));
    assert_eq!(fs::read(shop.path("other/README.md")).unwrap(), b"mine");
}

#[test]
fn near_duplicates_are_in_the_same_set() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("groups.jsonl");
    // The same article under many ids, so that it goes to every set.
    let article = &articles()[1];
    let lines: Vec<String> = (0..40)
        .map(|n| {
            let english = text(article, "en").replace("nine euros", &format!("{n} euros"));
            json!({"id": n, "en": english, "de": text(article, "de")}).to_string()
        })
        .collect();
    fs::write(&file, lines.join("\n")).unwrap();
    let settings = folder.path().join("settings.toml");
    let text = "[sets]\ndev = 0.3\ntest = 0.3\n[duplicates]\nexact = false\nnear = false\n";
    fs::write(&settings, text).unwrap();
    let out = folder.path().join("out");
    let args = ["build", file.to_str().unwrap(), "--output", out.to_str().unwrap(), "--config"];
    let run = bitext(args.into_iter().chain([settings.to_str().unwrap()]), b"");
    assert_eq!(run.status, 0, "{}", run.stderr);
    let counts = parse(&fs::read_to_string(out.join("counts.json")).unwrap());
    let rows: BTreeMap<&str, usize> = counts
        .get("sets")
        .list()
        .iter()
        .map(|set| (set.get("name").text(), set.get("rows").index()))
        .collect();
    assert!(rows["test"] > 0 && rows["dev"] == 0 && rows["train"] == 0, "{rows:?}");
    assert!(counts.get("held_out").index() > 50);
}

#[test]
fn held_out_applies_to_one_text_or_both() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let thanks = ["Danke.", "Vielen Dank!", "Danke schön.", "Ich danke Ihnen herzlich dafür."];
    let lines: Vec<String> = (0..8)
        .map(|at| {
            let article = &articles()[at];
            let with = |language, last: &str| -> Vec<String> {
                let sentences = article.get(language).texts().into_iter();
                sentences.map(str::to_string).chain([last.to_string()]).collect()
            };
            let (en, de) = (with("en", "Thank you."), with("de", thanks[at % 4]));
            json!({"id": at, "en": en, "de": de}).to_string()
        })
        .collect();
    fs::write(path("groups.jsonl"), lines.join("\n")).unwrap();
    // The German texts of the rows with "Thank you.", by set.
    let build = |out: &str, sides: &str| -> BTreeMap<String, Vec<String>> {
        let sets =
            format!("[sets]\ndev = 0.0\ntest = 0.25\n{sides}[filter]\nmin_confidence = false\n");
        fs::write(path("settings.toml"), sets + "max_length_ratio = false\n").unwrap();
        let (input, settings) = (path("groups.jsonl"), path("settings.toml"));
        let out_path = path(out);
        let run = bitext(["build", &input, "--output", &out_path, "--config", &settings], b"");
        assert_eq!(run.status, 0, "{}", run.stderr);
        let rows = |set: &str| -> Vec<String> {
            let rows = fs::read_to_string(path(&format!("{out}/{set}.en-de.jsonl"))).unwrap();
            let rows: Vec<Json> = rows.lines().map(parse).collect();
            let texts = rows.iter().map(|row| row.get("translation"));
            let common = texts.filter(|texts| texts.get("en").text() == "Thank you.");
            common.map(|texts| texts.get("de").text().to_string()).collect()
        };
        ["test", "train"].map(|set| (set.to_string(), rows(set))).into()
    };
    let strict = build("strict", "");
    assert!(!strict["test"].is_empty() && strict["train"].is_empty(), "{strict:?}");
    assert_eq!(build("either", "held_out = \"either\"\n"), strict);
    let loose = build("loose", "held_out = \"both\"\n");
    assert_eq!(loose["test"], strict["test"]);
    assert!(!loose["train"].is_empty(), "{loose:?}");
    // Rows with both texts in the test set are still dropped.
    assert!(loose["train"].iter().all(|german| !loose["test"].contains(german)), "{loose:?}");
    let card = fs::read_to_string(path("loose/README.md")).unwrap();
    assert!(card.contains("No row of one split has both of its texts in another"), "{card}");
}

#[test]
fn wrong_settings_are_refused() {
    let shop = Workshop::new();
    for (settings, part) in [
        ("[pairing]\nmin_coverage = 7\n", "min_coverage"),
        ("[paring]\n", "paring"),
        ("[output]\nformats = []\n", "formats"),
        ("[sets]\ndev = 0.9\ntest = 0.9\n", "test"),
        ("[filter]\nmax_wrods = 3\n", "max_wrods"),
    ] {
        fs::write(shop.path("settings.toml"), settings).unwrap();
        let run = shop.build("out", &[]);
        let messages = run.refused(1);
        assert!(
            messages.contains("settings.toml: ") && messages.contains(part),
            "{settings}: {messages}"
        );
    }
    if cfg!(not(feature = "parquet")) {
        fs::write(shop.path("settings.toml"), "[output]\nformats = [\"parquet\"]\n").unwrap();
        let messages = shop.build("out", &[]).refused(1);
        assert!(messages.ends_with("parquet needs the feature `parquet`"), "{messages}");
    }
    fs::write(shop.path("settings.toml"), "[filter]\nmax_words = 300\nmin_words = false\n")
        .unwrap();
    assert_eq!(shop.build("out", &[]).status, 1);
}
