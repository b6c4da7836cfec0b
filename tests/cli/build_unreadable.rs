//! Inputs of `bitext build` that cannot be read: pipes, broken files, lines that are too long.

use std::fs;

use crate::common::cli::bitext;
#[cfg(unix)]
use crate::common::json::Json;
use crate::common::json::parse;
use crate::common::workshop::{Workshop, articles, text};
#[cfg(target_os = "linux")]
use crate::common::workshop::{assert_same, is_set};
use serde_json::json;
#[cfg(unix)]
use tempfile::TempDir;

#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_is_reported_without_waiting() {
    let shop = Workshop::new();
    let made = std::process::Command::new("mkfifo").arg(shop.path("in/pipe.txt")).status();
    assert!(made.unwrap().success());
    shop.build("out", &[]);
    let problems = shop.lines("out/problems.jsonl");
    let is_it = |problem: &Json| {
        let said = (problem.get("place").text(), problem.get("error").text());
        said == ("pipe.txt", "is no file")
    };
    assert!(problems.iter().any(is_it), "{problems:?}");
}

#[cfg(unix)]
#[test]
fn a_pipe_that_is_named_is_refused() {
    let folder = TempDir::new().unwrap();
    let pipe = folder.path().join("pipe.jsonl").display().to_string();
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let out = folder.path().join("out").display().to_string();
    assert!(bitext(["build", &pipe, "--output", &out], b"").refused(1).contains("is no file"));
}

#[cfg(target_os = "linux")]
#[test]
fn unreadable_articles_are_reported_and_the_others_built() {
    let shop = Workshop::new();
    shop.build("before", &[]);
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, shop.path(name)).unwrap();
    link("nowhere", "in/gone.txt");
    // A file that opens, and then gives errors.
    link("/proc/self/mem", "in/broken.jsonl");
    assert_eq!(shop.build("after", &[]).status, 1);
    let problems = shop.lines("after/problems.jsonl");
    assert_eq!(problems.len(), 6, "{problems:?}");
    for (name, why) in
        [("gone.txt", "cannot read"), ("broken.jsonl", "cannot read: Input/output error")]
    {
        let of = |problem: &&Json| {
            let place = problem.get("place").text();
            place.starts_with(name) || problem.get("error").text().contains(name)
        };
        let found = problems.iter().find(of).unwrap_or_else(|| panic!("{name}: {problems:?}"));
        assert!(found.get("error").text().contains(why), "{found:?}");
    }
    let rows = |out: &str| {
        let mut files = shop.files(out);
        files.retain(|name, _| is_set(name, ""));
        files
    };
    assert_same(&rows("before"), &rows("after"));
}

#[test]
fn a_line_of_100_megabytes_is_refused_and_the_others_built() {
    let shop = Workshop::new();
    let mut long = b"{\"id\": \"long\", \"en\": \"".to_vec();
    long.resize(100 << 20, b'x');
    long.extend_from_slice(b"\"}\n");
    let group = &articles()[0];
    let fine = json!({"id": "fine", "en": text(group, "en"), "de": text(group, "de")});
    long.extend_from_slice(fine.to_string().as_bytes());
    let file = shop.path("long.jsonl");
    fs::write(&file, long).unwrap();
    let run = bitext(["build", &file, "--output", &shop.path("out")], b"");
    assert_eq!(run.status, 1, "{}", run.stderr);
    let problems = shop.lines("out/problems.jsonl");
    assert_eq!(problems.len(), 1);
    assert!(problems[0].get("error").text().contains("max_article_bytes"), "{problems:?}");
    assert_eq!(problems[0].get("place").text(), "long.jsonl:1");
    let counts = parse(&fs::read_to_string(shop.path("out/counts.json")).unwrap());
    assert!(counts.get("rows").get("kept").index() >= 4);
}
