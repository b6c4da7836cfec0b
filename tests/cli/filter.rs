//! `bitext filter`

use std::path::{Path, PathBuf};

use crate::common::cli::{Run, bitext};
use crate::common::json::parse;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Pairs that are good, and why the others are not.
const PAIRS: [(&str, &str, &[&str]); 9] = [
    (
        "The ferry at Belvarn will run again from Saturday.",
        "Пором у Бельварні знову ходитиме з суботи.",
        &[],
    ),
    ("It was built in 1962.", "Його збудували 1962 року.", &[]),
    ("It cost 1.5 million.", "Він коштував 2,5 млн.", &["number_mismatch"]),
    (
        "The bridge is closed until Monday.",
        "The bridge is closed until Monday.",
        &["wrong_script", "untranslated", "partly_untranslated"],
    ),
    (
        "Nobody was told about the works.",
        "Никто не знал, что будут работы.",
        &["russian_in_ukrainian", "russian_words"],
    ),
    ("Yes.", "Так.", &[]),
    ("Share this post:", "Поширте цей допис у мережі", &["boilerplate"]),
    (
        "The ferry at Belvarn will run again from Saturday.",
        "Пором у Бельварні знову ходитиме з суботи.",
        &["duplicate"],
    ),
    (
        "the ferry at Belvarn will run again from Saturday",
        "Пором у Бельварні знову ходитиме з суботи",
        &["near_duplicate"],
    ),
];

fn line(at: usize) -> String {
    let (english, ukrainian, _) = PAIRS[at];
    json!({"id": format!("p{at}"), "translation": {"en": english, "uk": ukrainian}}).to_string()
}

fn input() -> String {
    (0..PAIRS.len()).map(|at| line(at) + "\n").collect()
}

/// Settings that drop near duplicates.
const NEAR: &str = "[duplicates]\nnear = \"both\"\n";

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs `filter`; words with `@` are files of the folder.
    fn filter(&self, args: &str, stdin: impl AsRef<[u8]>) -> Run {
        let args = args.split(' ').map(|word| match word.strip_prefix('@') {
            Some(name) => self.path(name).into_os_string(),
            None => word.into(),
        });
        bitext(["filter".into()].into_iter().chain(args).collect::<Vec<_>>(), stdin.as_ref())
    }

    fn names(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn ids(lines: &str) -> Vec<String> {
    let id = |line: &str| {
        serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_string()
    };
    lines.lines().map(id).collect()
}

#[test]
fn good_pairs_are_kept_and_the_others_have_reasons() {
    let folder = Folder::new();
    folder.write("near.toml", NEAR);
    let run =
        folder.filter("- --config @near.toml --rejected @bad.jsonl --counts @counts.json", input());
    assert_eq!(run.status, 0, "{}", run.stderr);
    let kept = |at: &usize| PAIRS[*at].2.is_empty();
    let expected: Vec<String> = (0..PAIRS.len()).filter(kept).map(|at| format!("p{at}")).collect();
    assert_eq!(ids(&run.stdout), expected);
    let bad = folder.read("bad.jsonl");
    for row in bad.lines().map(|row| serde_json::from_str::<Value>(row).unwrap()) {
        let at: usize = row["id"].as_str().unwrap()[1..].parse().unwrap();
        assert_eq!(row["reasons"], json!(PAIRS[at].2), "{row}");
        let reported = PAIRS[at].2.iter().filter(|reason| !reason.contains("duplicate"));
        assert!(reported.clone().all(|reason| row["scores"][reason].is_number()), "{row}");
        assert_eq!(row["scores"].as_object().unwrap().len(), reported.count());
    }
    assert_eq!(bad.lines().count() + expected.len(), PAIRS.len());
    let counts: Value = serde_json::from_str(&folder.read("counts.json")).unwrap();
    assert_eq!((&counts["pairs"], &counts["kept"]), (&json!(PAIRS.len()), &json!(expected.len())));
    assert_eq!(counts["reasons"]["number_mismatch"], json!({"rejected": 1, "alone": 1}));
    assert!(run.stderr.contains("\nnumber_mismatch "), "{}", run.stderr);
    for threads in ["1", "3"] {
        let again = folder.filter(&format!("- --config @near.toml --threads {threads}"), input());
        assert_eq!(again.stdout, run.stdout);
    }
}

#[test]
fn near_duplicates_are_dropped_on_request() {
    let folder = Folder::new();
    folder.write("near.toml", NEAR);
    folder.write("exact.toml", "[duplicates]\nexact = \"both\"\n");
    let near = format!("p{}", PAIRS.len() - 1);
    for (args, kept) in
        [("-", true), ("- --config @exact.toml", true), ("- --config @near.toml", false)]
    {
        let run = folder.filter(args, input());
        assert_eq!(ids(&run.stdout).contains(&near), kept, "{args}: {}", run.stderr);
    }
    // Rows with another meaning are not near duplicates.
    let rows = [
        ("The board has approved the plan for the new bridge.", "Рада схвалила план нового моста."),
        (
            "The board has not approved the plan for the new bridge.",
            "Рада не схвалила план нового моста.",
        ),
        ("The board has approved the plan for the new school.", "Рада схвалила план нової школи."),
        (
            "Turn on pump 1 before you open the gate.",
            "Увімкніть насос 1, перш ніж відчиняти браму.",
        ),
        (
            "Turn on pump 2 before you open the gate.",
            "Увімкніть насос 2, перш ніж відчиняти браму.",
        ),
    ];
    let rows: String = rows
        .iter()
        .map(|(en, uk)| json!({"translation": {"en": en, "uk": uk}}).to_string() + "\n")
        .collect();
    for args in ["-", "- --config @near.toml"] {
        let run = folder.filter(args, &rows);
        assert_eq!(run.stdout.lines().count(), 5, "{args}: {}", run.stderr);
    }
}

#[test]
fn pairs_with_low_scores_are_dropped_on_request() {
    let folder = Folder::new();
    let row = |score: Value| {
        let mut row: Value = serde_json::from_str(&line(0)).unwrap();
        row["score"] = score;
        row.to_string() + "\n"
    };
    folder
        .write("on.toml", "[filter]\nmin_score = 0.1\n[duplicates]\nexact = false\nnear = false\n");
    folder.write("off.toml", "[duplicates]\nexact = false\nnear = false\n");
    let rows: String = [json!(-0.02), json!(0.09), json!(0.1), Value::Null].map(row).concat();
    let run = folder.filter("- --config @on.toml --rejected @bad.jsonl", &rows);
    assert_eq!((run.status, run.stdout.lines().count()), (0, 2), "{}", run.stderr);
    for row in folder.read("bad.jsonl").lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        assert_eq!(row["reasons"], json!(["low_score"]));
    }
    assert_eq!(folder.filter("- --config @off.toml", &rows).stdout.lines().count(), 4);
}

#[test]
fn marks_have_the_verdicts_and_the_keys_of_duplicates() {
    let folder = Folder::new();
    folder.write("near.toml", NEAR);
    let run = folder.filter("- --config @near.toml --mark --counts @counts.json", input());
    assert_eq!(run.status, 0, "{}", run.stderr);
    let rows: Vec<Value> =
        run.stdout.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    assert_eq!(rows.len(), PAIRS.len());
    let keys = |row: &Value, kind: &str| -> Vec<String> {
        serde_json::from_value(row[kind].clone()).unwrap()
    };
    let mut before: Vec<&Value> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let reasons: Vec<&str> = PAIRS[at].2.to_vec();
        let rejected = !reasons.is_empty() && !reasons[0].ends_with("duplicate");
        assert_eq!(row["reasons"], if rejected { json!(reasons) } else { json!([]) });
        assert_eq!(row["scores"].as_object().unwrap().is_empty(), !rejected, "{row}");
        assert_eq!(row["translation"]["uk"], PAIRS[at].1);
        let (exact, near) = (keys(row, "exact_keys"), keys(row, "near_keys"));
        assert_eq!((exact.len(), near.len()), if rejected { (0, 0) } else { (1, 12) });
        assert!(exact.iter().all(|key| key.len() == 32) && near.iter().all(|key| key.len() == 16));
        let shares = |kind: &str, of: &[String]| {
            before.iter().any(|row| keys(row, kind).iter().any(|key| of.contains(key)))
        };
        assert_eq!(shares("exact_keys", &exact), reasons.contains(&"duplicate"), "{row}");
        assert_eq!(shares("near_keys", &near), !rejected && !reasons.is_empty(), "{row}");
        before.push(row);
    }
    // Duplicates are not counted, since nothing is compared.
    let counts: Value = serde_json::from_str(&folder.read("counts.json")).unwrap();
    assert_eq!((&counts["pairs"], &counts["kept"]), (&json!(PAIRS.len()), &json!(5)));
    // What came from several runs, put together, is filtered as if it were one.
    let again = folder.filter("- --config @near.toml", &run.stdout);
    assert_eq!(ids(&again.stdout), ids(&folder.filter("- --config @near.toml", input()).stdout));

    for args in ["- --mark --to tsv", "- --mark -o @out.tmx"] {
        let run = folder.filter(args, input());
        assert_eq!(run.status, 2, "{args}: {}", run.stderr);
        assert!(run.stderr.contains("--mark needs"), "{}", run.stderr);
    }
    assert_eq!(folder.filter("- --mark --rejected @r", input()).status, 2);
}

#[test]
fn formats_convert_into_each_other() {
    let folder = Folder::new();
    folder.write("a.jsonl", input());
    folder.write("none.toml", none());
    let all = "--config @none.toml";
    for (from, to) in [("a.jsonl", "b.tmx"), ("b.tmx", "c.tsv"), ("c.tsv", "d.jsonl")] {
        let run = folder.filter(&format!("@{from} -o @{to} {all}"), "");
        assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    }
    assert_eq!(folder.read("d.jsonl"), folder.filter(&format!("@a.jsonl {all}"), "").stdout);
    let run = folder.filter(&format!("@d.jsonl --to moses -o @m {all}"), "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(folder.read("m.en").lines().count(), PAIRS.len());
    assert_eq!(folder.read("m.uk").lines().nth(5), Some("Так."));
    let run = folder.filter(&format!("--from moses @m.en @m.uk --langs en,uk --to tsv {all}"), "");
    assert_eq!(run.stdout.lines().count(), PAIRS.len() + 1);
    assert!(run.stdout.starts_with("id\ten\tuk\tscore\tconfidence\n\tThe ferry"), "{}", run.stdout);
    folder.write("m.align", "[0, 1]:[0, 1]\n[5]:[5]\n[2]:[]\n");
    folder.write("m.ladder", "0\t0\t0\n2\t2\t0\n9\t9\t0\n");
    let index = format!(
        "--sentences {},{} --langs en,uk {all}",
        folder.path("m.en").display(),
        folder.path("m.uk").display()
    );
    let run = folder.filter(&format!("--from vecalign @m.align {index} --to tsv"), "");
    assert_eq!(run.stdout.lines().count(), 3, "{}", run.stderr);
    assert!(
        run.stdout.contains("\nidentical")
            || run.stdout.lines().nth(2) == Some("1\tYes.\tТак.\t\t"),
        "{}",
        run.stdout
    );
    let run = folder.filter(&format!("--from ladder @m.ladder {index}"), "");
    assert_eq!(run.lines().len(), 2, "{}", run.stderr);
}

/// Settings without any filter.
fn none() -> String {
    let run = bitext(["filter", "--print-defaults"], b"");
    let text = run.quiet();
    let off = |line: &str| match line.split_once(" = ") {
        Some((name, _)) => format!("{name} = false\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(off).collect()
}

#[test]
fn the_printed_defaults_are_valid_settings() {
    let folder = Folder::new();
    let text = bitext(["filter", "--print-defaults"], b"").quiet();
    assert!(text.contains("[filter]\n") && text.contains("\nmax_similarity = 0.9\n"), "{text}");
    assert!(text.contains("[duplicates]\nexact = \"both\"\nnear = false\n"), "{text}");
    folder.write("same.toml", &text);
    assert_eq!(
        folder.filter("- --config @same.toml", input()).stdout,
        folder.filter("-", input()).stdout
    );
    folder.write("few.toml", "[filter]\nmax_words = 5\nmax_number_mismatch = false\n[duplicates]\nnear = false\nexact = \"either\"\n");
    let run = folder.filter("- --config @few.toml", input());
    assert_eq!(ids(&run.stdout), ["p1", "p2", "p5"]);
    for (bad, message) in [
        ("[filter]\nmax_wrods = 5\n", "line 2"),
        ("[filter]\nmax_words = -5\n", "line 2"),
        ("[filtre]\n", "line 1"),
        ("[duplicates]\nexact = \"all\"\n", "line 2"),
    ] {
        folder.write("bad.toml", bad);
        let reported = folder.filter("- --config @bad.toml", input()).refused(1);
        assert!(reported.contains("bad.toml: ") && reported.contains(message), "{reported}");
    }
}

#[test]
fn output_of_align_is_read() {
    let folder = Folder::new();
    let article = json!({"id": "a", "en": ["The bridge is closed.", "Nobody was hurt in the storm."],
        "uk": ["Міст закрито.", "Під час бурі ніхто не постраждав."], "de": ["Die Brücke ist gesperrt.", "Im Sturm wurde niemand verletzt."]});
    let bitexts = bitext(["align", "--jsonl"], (article.to_string() + "\n").as_bytes()).quiet();
    let run = folder.filter("-", &bitexts);
    assert_eq!(ids(&run.stdout), ["a#0", "a#1"], "{}", run.stderr);
    let row = parse(run.lines()[0]);
    assert_eq!(row.get("translation").keys(), ["en", "uk", "de"]);
    assert_eq!(row.get("document").text(), "a");
    let run = folder.filter("- --pairs en-uk", &bitexts);
    assert_eq!(ids(&run.stdout), ["a#en-uk#0", "a#en-uk#1"]);
    let run = folder.filter("- --langs de,en", &bitexts);
    assert_eq!(parse(run.lines()[0]).get("translation").keys(), ["en", "de"]);
    let run = folder.filter("- --langs fr,en", &bitexts);
    assert!(run.stdout.is_empty() && run.stderr.contains("2 rows lack one"), "{}", run.stderr);
}

#[test]
fn unusable_rows_are_reported_and_the_others_filtered() {
    let folder = Folder::new();
    let broken = format!("{}\nnot json\n{}\n", line(0), line(1));
    let run = folder.filter("- --counts @c", broken);
    assert_eq!((run.status, ids(&run.stdout)), (1, vec!["p0".to_string(), "p1".to_string()]));
    assert!(run.stderr.starts_with("bitext: standard input:2 (byte "), "{}", run.stderr);
    assert_eq!(serde_json::from_str::<Value>(&folder.read("c")).unwrap()["unusable"], 1);

    folder.write("keep.jsonl", "before\n");
    for (args, status, message) in [
        ("@nowhere.jsonl", 1, "cannot read"),
        ("- --from moses", 2, "--langs"),
        ("- --from vecalign", 2, "--sentences"),
        ("- - ", 2, "only once"),
        ("- --to moses", 2, "-o"),
        ("- --to ladder -o @keep.jsonl", 2, "index files"),
        ("- --sentences a,b", 2, "--sentences needs"),
    ] {
        let run = folder.filter(args.trim_end(), input());
        assert_eq!(run.status, status, "{args}: {}", run.stderr);
        assert!(run.stderr.contains(message) && run.stdout.is_empty(), "{args}: {}", run.stderr);
    }
    let before = folder.names();
    let run = folder.filter("@nowhere.jsonl -o @keep.jsonl --rejected @r", "");
    assert_eq!(run.status, 1);
    assert_eq!((folder.read("keep.jsonl").as_str(), folder.names()), ("before\n", before));
}

#[test]
fn an_empty_input_gives_an_empty_output() {
    let folder = Folder::new();
    let run = folder.filter("- -o @empty.tmx --langs en,uk", "");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(Path::new(&folder.path("empty.tmx")).exists());
    assert!(folder.filter("@empty.tmx", "").quiet_stdout().is_empty());
}

trait Quiet {
    fn quiet_stdout(self) -> String;
}

impl Quiet for Run {
    fn quiet_stdout(self) -> String {
        assert_eq!(self.status, 0, "{}", self.stderr);
        self.stdout
    }
}

/// A file that makes the Parquet crate panic, found by damaging a good one byte by byte.
#[cfg(feature = "parquet")]
fn panicking(folder: &Folder) -> PathBuf {
    use bitext::Language;
    use bitext::format::{ParquetReader, ParquetWriter, Record};

    let good = folder.path("good.parquet");
    let languages = [Language::ENGLISH, Language::GERMAN];
    let file = std::fs::File::create(&good).unwrap();
    let mut out = ParquetWriter::new(file, &languages).unwrap();
    for at in 0..20 {
        let texts = languages.map(|language| (language, format!("{language} {at}")));
        out.write(&Record::new(texts).unwrap()).unwrap();
    }
    out.finish().unwrap();
    let bytes = std::fs::read(&good).unwrap();
    let bad = folder.path("bad.parquet");
    for at in 4..bytes.len() - 8 {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        std::fs::write(&bad, damaged).unwrap();
        let rows = ParquetReader::new("bad", std::fs::File::open(&bad).unwrap());
        let error = match rows {
            Ok(mut rows) => rows.find_map(Result::err),
            Err(error) => Some(error),
        };
        if error.is_some_and(|error| error.to_string().contains("the Parquet file is broken")) {
            return bad;
        }
    }
    panic!("no damage makes it panic");
}

#[cfg(feature = "parquet")]
#[test]
fn a_panic_of_the_parquet_crate_is_one_error() {
    let folder = Folder::new();
    let bad = panicking(&folder);
    let ended = crate::common::cli::command(["filter"])
        .arg(&bad)
        .env_remove("RUST_BACKTRACE")
        .output()
        .unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    let about: Vec<&str> = said.lines().filter(|line| line.contains("broken")).collect();
    assert_eq!(about.len(), 1, "{said}");
    assert!(!said.contains("panicked") && !said.contains("internal error"), "{said}");
}
