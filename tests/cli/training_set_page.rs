//! The page of a training set: `bitext report` with the folder of a build.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::common::cli::{Run, bitext};
use serde_json::{Value, json};
use tempfile::TempDir;

fn run(folder: &Path, line: &str) -> Run {
    let words = line.split(' ').map(|word| match word.strip_prefix('@') {
        Some(name) => folder.join(name).display().to_string(),
        None => word.to_string(),
    });
    bitext(words, b"")
}

/// A folder with a training set of the made-up site, and further words of its command line.
fn built(options: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let site = format!("{}/examples/site", env!("CARGO_MANIFEST_DIR"));
    let run = run(folder.path(), &format!("build {site} -o @set{options}"));
    assert_eq!(run.status, 0, "{}", run.stderr);
    folder
}

/// The data of a page.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"corpus\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

fn rows(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_page_has_every_row_with_its_reasons_and_scores() {
    let folder = built(" --keep-rejected");
    let run = run(folder.path(), "report @set -o @page.html");
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let page = data(&fs::read_to_string(folder.path().join("page.html")).unwrap());
    let counts: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("set/counts.json")).unwrap())
            .unwrap();
    assert_eq!(page["rows"], counts["rows"]["pairs"]);
    assert_eq!(page["kept"], counts["rows"]["kept"]);

    let reasons = page["reasons"].as_array().unwrap();
    let mut left = page["rows"].as_u64().unwrap();
    for reason in reasons {
        let counted = &counts["rows"]["reasons"][reason["code"].as_str().unwrap()];
        assert_eq!(
            (&reason["rejected"], &reason["alone"]),
            (&counted["rejected"], &counted["alone"])
        );
        left -= reason["first"].as_u64().unwrap();
        // The thresholds of the page are those of the build.
        if let Some(setting) = reason["setting"].as_str() {
            let threshold = &counts["filters"][setting];
            let expected = if threshold == false { &Value::Null } else { threshold };
            assert_eq!(&reason["threshold"], expected, "{setting}");
        }
    }
    assert_eq!(left, page["kept"].as_u64().unwrap());

    // The site is smaller than the sample, so all rows are on the page. A row's scores explain its
    // reasons, but for the filters that compare rows.
    let mut expected: BTreeMap<(String, Vec<String>), Value> = BTreeMap::new();
    for file in fs::read_dir(folder.path().join("set")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !name.ends_with(".jsonl") || name == "problems.jsonl" {
            continue;
        }
        for row in rows(&path) {
            let texts = row["translation"].as_object().unwrap().values();
            let texts = texts.map(|text| text.as_str().unwrap().to_string());
            let mut texts: Vec<String> = texts.collect();
            texts.sort();
            let codes = row.get("reasons").cloned().unwrap_or(json!([]));
            expected.insert((row["id"].as_str().unwrap().to_string(), texts), codes);
        }
    }
    let all = page["data"].as_array().unwrap();
    assert_eq!(all.len(), expected.len());
    for row in all {
        let texts = row[2].as_array().unwrap().iter();
        let mut texts: Vec<String> =
            texts.map(|text| text[1].as_str().unwrap().to_string()).collect();
        texts.sort();
        let codes = &expected[&(row[0].as_str().unwrap().to_string(), texts)];
        let found: Vec<&str> = row[5]
            .as_array()
            .unwrap()
            .iter()
            .map(|at| reasons[at.as_u64().unwrap() as usize]["code"].as_str().unwrap())
            .collect();
        let held_out = codes.as_array().unwrap().iter().map(|code| match code.as_str().unwrap() {
            "held_out" => "near_duplicate",
            code => code,
        });
        assert!(held_out.eq(found.iter().copied()), "{row}");
        for (reason, score) in reasons.iter().zip(row[6].as_array().unwrap()) {
            let (Some(limit), Some(score)) = (reason["threshold"].as_f64(), score.as_f64()) else {
                continue;
            };
            let is_over = if reason["minimum"] == true { score < limit } else { score > limit };
            let code = reason["code"].as_str().unwrap();
            assert_eq!(is_over, found.contains(&code), "{code}: {score} in {row}");
        }
    }
}

#[test]
fn the_page_does_not_change_when_it_is_made_again() {
    let folder = built(" --keep-rejected");
    let page = || run(folder.path(), "report @set --title set -o -").quiet();
    let first = page();
    assert!(first.contains("<title>set</title>"));
    assert_eq!(first, page());
}

#[test]
fn what_is_no_training_set_with_rejected_rows_is_an_error() {
    let folder = built("");
    let files = folder.path();
    fs::create_dir(files.join("empty")).unwrap();
    fs::create_dir(files.join("other")).unwrap();
    fs::write(files.join("other/counts.json"), "[]").unwrap();
    fs::write(files.join("left.jsonl"), "").unwrap();
    for (line, status, said) in [
        ("report @set -o @p.html", 1, "build with --keep-rejected"),
        ("report @empty -o @p.html", 1, "name the folder that `bitext build` wrote"),
        ("report @other -o @p.html", 1, "not the counts of a build"),
        ("report @set @set -o @p.html", 2, "must be the only input"),
        ("report @set --rejected @left.jsonl -o @p.html", 2, "must be the only input"),
        ("report @set -o @p.htm", 2, "must end in .html"),
    ] {
        let run = run(files, line);
        assert_eq!(run.status, status, "{line}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{line}: {}", run.stderr);
        assert!(!files.join("p.html").exists());
    }

    // Rows in another format only.
    let folder = built(" --keep-rejected");
    for file in fs::read_dir(folder.path().join("set")).unwrap() {
        let path = file.unwrap().path();
        if path.to_str().unwrap().contains("train.") || path.to_str().unwrap().contains("test.") {
            fs::remove_file(path).unwrap();
        }
    }
    let run = run(folder.path(), "report @set -o @p.html");
    assert!(run.status == 1 && run.stderr.contains("`hf-jsonl`"), "{}", run.stderr);

    // A damaged line is named, and the page has the others.
    let folder = built(" --keep-rejected");
    let path = folder.path().join("set/rejected.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("translation", "translatoin", 1)).unwrap();
    let run = self::run(folder.path(), "report @set -o @p.html");
    assert!(run.status == 1 && run.stderr.contains("rejected.jsonl"), "{}", run.stderr);
    assert!(folder.path().join("p.html").exists());
}
