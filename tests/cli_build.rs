//! `bitext pair` and `bitext build`, from a pile of articles to a training set.

#![cfg(feature = "cli")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use common::RUSSIAN;
use common::cli::{Run, bitext, command};
use common::json::{Json, parse};
use serde_json::json;
use tempfile::TempDir;

const LANGUAGES: [&str; 3] = ["en", "uk", "de"];

/// The articles of the made-up corpus.
fn articles() -> Vec<Json> {
    include_str!("data/corpus/articles.jsonl").lines().map(parse).collect()
}

fn text(article: &Json, language: &str) -> String {
    article.get(language).texts().join("\n")
}

/// A folder of articles in three languages whose names tell nothing: two of them
/// without a counterpart, one of them twice, and lines of groups and of broken things.
fn corpus(folder: &Path) {
    for (at, article) in articles().iter().enumerate() {
        for (shift, language) in LANGUAGES.iter().enumerate() {
            // Two articles have one version only.
            if at >= 6 && shift != at - 6 {
                continue;
            }
            let name = format!("{language}/{}.txt", (at * 5 + shift * 3) % 8);
            fs::create_dir_all(folder.join(language)).unwrap();
            fs::write(folder.join(name), text(article, language)).unwrap();
        }
    }
    let again = text(&articles()[0], "en");
    let group = &articles()[6];
    let lines = [
        json!({"id": "again", "lang": "en", "text": again}).to_string(),
        json!({"id": "given", "en": text(group, "en"), "de": text(group, "de")}).to_string(),
        json!({"id": "russian", "lang": "uk", "text": RUSSIAN, "de": 5}).to_string(),
        "not JSON".to_string(),
        json!({"id": "../../../escape", "en": text(&articles()[7], "en"),
            "uk": text(&articles()[7], "uk")})
        .to_string(),
    ];
    fs::write(folder.join("lines.jsonl"), lines.join("\n")).unwrap();
    fs::write(folder.join("broken.de.txt"), b"Die Br\xfccke").unwrap();
}

const SETTINGS: &str = "[sets]\ndev = 0.2\ntest = 0.2\n[output]\nkeep_rejected = true\n\
    formats = [\"hf-jsonl\", \"moses\", \"tsv\", \"tmx\"]\n[card]\nname = \"Made up\"\n\
    licence = \"CC0-1.0\"\nsources = [\"written for a test\"]\n";

struct Workshop {
    folder: TempDir,
}

impl Workshop {
    fn new() -> Workshop {
        let folder = TempDir::new().unwrap();
        corpus(&folder.path().join("in"));
        fs::write(folder.path().join("settings.toml"), SETTINGS).unwrap();
        Workshop { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn args(&self, out: &str, more: &[&str]) -> Vec<String> {
        let (input, out, settings) = (self.path("in"), self.path(out), self.path("settings.toml"));
        let args = ["build", &input, "--out", &out, "--config", &settings];
        args.iter().chain(more).map(ToString::to_string).collect()
    }

    fn build(&self, out: &str, more: &[&str]) -> Run {
        bitext(self.args(out, more), b"")
    }

    /// All files of a build by name, without what is kept for the next run.
    fn files(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.path(out)).unwrap().map(Result::unwrap);
        let files = entries.filter(|entry| entry.file_name() != ".build");
        files
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read(entry.path()).unwrap())
            })
            .collect()
    }

    fn lines(&self, file: &str) -> Vec<Json> {
        fs::read_to_string(self.path(file)).unwrap().lines().map(parse).collect()
    }
}

/// Asserts that two builds are the same, naming the first file that is not.
#[track_caller]
fn assert_same(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(one), names(other));
    for (name, bytes) in one {
        assert!(*bytes == other[name], "{name} differs");
    }
}

#[test]
fn versions_are_found_and_aligned() {
    let shop = Workshop::new();
    let run = bitext(["pair", &shop.path("in"), "-o", &shop.path("groups.jsonl")], b"");
    assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    let groups = shop.lines("groups.jsonl");
    // The two that were given, and six of three versions.
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
    // What it gives is what `align` takes.
    let aligned = bitext(["align", "--jsonl"], &fs::read(shop.path("groups.jsonl")).unwrap());
    assert_eq!((aligned.status, aligned.lines().len()), (0, 8), "{}", aligned.stderr);
    assert!(aligned.lines().iter().all(|line| *parse(line).get("unrelated") == Json::Bool(false)));
}

#[test]
fn dates_keep_articles_apart() {
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
fn a_build_is_counted_and_told() {
    let shop = Workshop::new();
    let run = shop.build("out", &[]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    let files = shop.files("out");
    let problems = shop.lines("out/problems.jsonl");
    let said: Vec<&str> = problems.iter().map(|problem| problem.get("error").text()).collect();
    assert_eq!(problems.len(), 3, "{said:?}");
    assert!(said.iter().any(|error| error.contains("not UTF-8")), "{said:?}");
    assert!(said.iter().any(|error| error.contains("not a JSON object")), "{said:?}");

    let counts = parse(&fs::read_to_string(shop.path("out/counts.json")).unwrap());
    assert_eq!(counts.get("groups").index(), 8);
    assert_eq!(counts.get("problems").index(), 3);
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

    let card = String::from_utf8(files["README.md"].clone()).unwrap();
    for part in
        ["# Made up", "license: \"CC0-1.0\"", "- written for a test", "keep_rejected = true"]
    {
        assert!(card.contains(part), "{part}: {card}");
    }
    assert!(!card.contains(&shop.path("")), "paths of the machine are nobody's business");
}

fn is_set(name: &str, end: &str) -> bool {
    ["train.", "dev.", "test."].iter().any(|set| name.starts_with(set)) && name.ends_with(end)
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let shop = Workshop::new();
    shop.build("1", &["--threads", "1"]);
    for threads in ["2", "4"] {
        shop.build(threads, &["--threads", threads]);
        assert_same(&shop.files("1"), &shop.files(threads));
    }
}

#[test]
fn a_build_that_was_killed_goes_on() {
    let shop = Workshop::new();
    shop.build("whole", &[]);
    let whole = shop.files("whole");
    // In milliseconds; a build takes some hundreds.
    let mut interrupted = 0;
    for delay in [3, 20, 45, 80, 120, 170, 230, 310, 420, 600] {
        let out = format!("killed-{delay}");
        let mut child = command(shop.args(&out, &[]))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        interrupted += usize::from(child.wait().unwrap().code().is_none());
        let run = shop.build(&out, &[]);
        assert_eq!(run.status, 1, "{delay}: {}", run.stderr);
        assert_same(&whole, &shop.files(&out));
    }
    assert!(interrupted >= 3, "only {interrupted} were killed before they ended");
}

#[test]
fn what_changed_is_noticed() {
    let shop = Workshop::new();
    shop.build("out", &[]);
    let before = shop.files("out");
    let again = shop.build("out", &[]);
    assert_eq!(again.status, 1);
    assert!(again.stderr.contains("is complete"), "{}", again.stderr);

    fs::write(shop.path("settings.toml"), SETTINGS.replace("test = 0.2", "test = 0.3")).unwrap();
    assert!(shop.build("out", &[]).refused(1).contains("other settings"));
    fs::write(shop.path("settings.toml"), SETTINGS).unwrap();
    let added = text(&articles()[7], "de");
    fs::write(shop.path("in/added.de.txt"), added).unwrap();
    assert!(shop.build("out", &[]).refused(1).contains("added.de.txt has changed"));
    assert_same(&before, &shop.files("out"));

    // What was in a set stays there.
    assert_eq!(shop.build("out", &["--fresh"]).status, 1);
    let after = shop.files("out");
    for name in before.keys().filter(|name| is_set(name, ".jsonl")) {
        let text = |files: &BTreeMap<String, Vec<u8>>| {
            String::from_utf8(files.get(name).cloned().unwrap_or_default()).unwrap()
        };
        assert!(text(&before).lines().all(|line| text(&after).contains(line)), "{name}");
    }
}

#[test]
fn what_is_not_whole_is_not_taken_for_it() {
    let shop = Workshop::new();
    shop.build("out", &[]);
    let before = shop.files("out");
    fs::remove_file(shop.path("out/README.md")).unwrap();
    assert!(shop.build("out", &[]).refused(1).contains("README.md is missing"));
    shop.build("out", &["--fresh"]);
    assert_same(&before, &shop.files("out"));

    // Stages of nobody knows what.
    for name in before.keys() {
        fs::remove_file(shop.path(&format!("out/{name}"))).unwrap();
    }
    fs::remove_file(shop.path("out/.build/state.json")).unwrap();
    fs::write(shop.path("out/.build/left-over"), "x").unwrap();
    shop.build("out", &[]);
    assert_same(&before, &shop.files("out"));
    assert!(!Path::new(&shop.path("out/.build/left-over")).exists());
}

#[cfg(unix)]
#[test]
fn a_pipe_among_the_files_is_told_and_not_waited_for() {
    let shop = Workshop::new();
    let made = std::process::Command::new("mkfifo").arg(shop.path("in/pipe.txt")).status();
    assert!(made.unwrap().success());
    shop.build("out", &[]);
    let problems = fs::read_to_string(shop.path("out/problems.jsonl")).unwrap();
    assert!(problems.contains("pipe.txt: is no file"), "{problems}");
}

#[test]
fn nothing_is_written_outside_the_folder() {
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

    // A folder with something else in it is left alone.
    fs::create_dir(shop.path("other")).unwrap();
    fs::write(shop.path("other/README.md"), "mine").unwrap();
    assert!(shop.build("other", &[]).refused(1).contains("not empty"));
    assert!(shop.build("other", &["--fresh"]).refused(1).contains("not empty"));
    assert_eq!(fs::read(shop.path("other/README.md")).unwrap(), b"mine");
}

#[test]
fn a_line_of_100_megabytes_is_refused_and_the_rest_done() {
    let shop = Workshop::new();
    let mut long = b"{\"id\": \"long\", \"en\": \"".to_vec();
    long.resize(100 << 20, b'x');
    long.extend_from_slice(b"\"}\n");
    let group = &articles()[0];
    let fine = json!({"id": "fine", "en": text(group, "en"), "de": text(group, "de")});
    long.extend_from_slice(fine.to_string().as_bytes());
    let file = shop.path("long.jsonl");
    fs::write(&file, long).unwrap();
    let run = bitext(["build", &file, "--out", &shop.path("out")], b"");
    assert_eq!(run.status, 1, "{}", run.stderr);
    let problems = shop.lines("out/problems.jsonl");
    assert_eq!(problems.len(), 1);
    assert!(problems[0].get("error").text().contains("max_article_bytes"), "{problems:?}");
    assert_eq!(problems[0].get("place").text(), "long.jsonl:1");
    let counts = parse(&fs::read_to_string(shop.path("out/counts.json")).unwrap());
    assert!(counts.get("rows").get("kept").index() >= 4);
}

#[test]
fn near_duplicates_do_not_cross_over() {
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
    let args = ["build", file.to_str().unwrap(), "--out", out.to_str().unwrap(), "--config"];
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

#[cfg(unix)]
#[test]
fn a_full_disk_ends_a_build_that_goes_on_later() {
    let shop = Workshop::new();
    let (whole, out) = (shop.path("whole"), shop.path("out"));
    shop.build("whole", &[]);
    // A limit on the size of files stands for the disk; the signal is ignored, so that
    // the write fails.
    let words: Vec<String> = shop.args("out", &[]).iter().map(|word| format!("'{word}'")).collect();
    let line = format!(
        "trap '' XFSZ; ulimit -f 8; exec '{}' {}",
        env!("CARGO_BIN_EXE_bitext"),
        words.join(" ")
    );
    let ended = std::process::Command::new("sh").args(["-c", &line]).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write"), "{said}");
    assert!(!Path::new(&out).join("README.md").exists());
    shop.build("out", &[]);
    assert_same(&shop.files("whole"), &shop.files("out"));
    assert!(Path::new(&whole).join("README.md").exists());
}

#[test]
fn settings_that_are_wrong_are_refused() {
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
        assert!(run.status != 0 && run.stderr.contains(part), "{settings}: {}", run.stderr);
    }
    fs::write(shop.path("settings.toml"), "[filter]\nmax_words = 300\nmin_words = false\n")
        .unwrap();
    assert_eq!(shop.build("out", &[]).status, 1);
}
