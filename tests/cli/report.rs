//! `bitext report` and `bitext merge-corrections`.

use std::path::Path;

use crate::common::cli::bitext;
use bitext::format::from_json;
use bitext::report::text_key;
use tempfile::TempDir;

const LINE: &str = r#"{"id":"a","sentences":{"en":["One.","Two."],"de":["Eins.","Zwei."]},"units":[{"en":[0],"de":[0],"score":0.5,"confidence":0.9},{"en":[1],"de":[1],"score":0.5,"confidence":0.9}],"pairs":{"en-de":[{"en":[0],"de":[0],"score":0.5,"confidence":0.9},{"en":[1],"de":[1],"score":0.5,"confidence":0.9}]},"mine":[1,2],"fingerprint":"x"}"#;

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let correction = format!(
        r#"{{"format":"bitext-corrections","format_version":1,"id":"a","text":"{}","units":[{{"en":[0,1],"de":[0,1]}}]}}"#,
        text_key(&from_json(LINE).unwrap())
    );
    for (name, content) in [
        ("a.jsonl", format!("{LINE}\n")),
        ("mixed.jsonl", format!("{{\"id\":1,\"line\":1,\"error\":\"no\"}}\n\n{{}}\n{LINE}\n")),
        ("empty.jsonl", String::new()),
        ("left.jsonl", "{\"reason\":\"short\"}\n{\"id\":1}\n[]\n".to_string()),
        ("c.jsonl", format!("{correction}\n")),
        ("bad.jsonl", format!("{correction}\n{{}}\n{}\n", correction.replace("[0,1]", "[0,7]"))),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// Runs a command line in which `@name` is a file of the folder.
fn run(folder: &Path, line: &str) -> crate::common::cli::Run {
    let words = line.split(' ').map(|word| match word.strip_prefix('@') {
        Some(name) => folder.join(name).display().to_string(),
        None => word.to_string(),
    });
    bitext(words, b"")
}

fn read(folder: &TempDir, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).unwrap()
}

#[test]
fn a_page_is_written_to_a_file_or_standard_output() {
    let folder = folder();
    let messages = run(folder.path(), "report @a.jsonl --features never -o @p.html").quiet();
    assert_eq!(messages, "");
    let page = read(&folder, "p.html");
    assert!(page.starts_with("<!doctype html>") && page.contains("<title>p</title>"));
    let named = run(folder.path(), "report @a.jsonl --features never --title <b> -o -").quiet();
    assert!(named.contains("<title>&lt;b&gt;</title>"));
}

#[test]
fn bad_lines_are_reported_and_the_others_used() {
    let folder = folder();
    let line = "report @mixed.jsonl --rejected @left.jsonl --features never -o @p.html";
    let ran = run(folder.path(), line);
    assert_eq!(ran.status, 1);
    let messages: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(messages.len(), 3, "{messages:?}");
    assert!(messages[0].contains("mixed.jsonl:3: missing field"));
    assert!(messages[1].contains("left.jsonl:2: neither `reason` nor `reasons`"));
    assert!(messages[2].contains("left.jsonl:3: not a JSON object"));
    let page = read(&folder, "p.html");
    assert!(page.contains("not aligned: 1") && page.contains("short: 1"));
}

#[test]
fn wrong_usage_is_reported_before_the_work() {
    let folder = folder();
    let refused = |line: &str, status| run(folder.path(), line).refused(status);
    assert!(refused("report @a.jsonl -o @p.txt", 2).contains("p.txt: the name must end in .html"));
    assert!(refused("report @none.jsonl -o @p.html", 1).contains("none.jsonl"));
    assert_eq!(refused("report @empty.jsonl -o @p.html", 1), "there is no bitext to show");
    assert!(!folder.path().join("p.html").exists());
    let over = refused("merge-corrections @a.jsonl @c.jsonl -o @a.jsonl", 2);
    assert!(over.contains("inputs are never overwritten"), "{over}");
    assert_eq!(read(&folder, "a.jsonl"), format!("{LINE}\n"));
}

#[test]
fn corrections_are_applied_to_a_copy() {
    let folder = folder();
    let merged = run(folder.path(), "merge-corrections @a.jsonl @c.jsonl").quiet();
    let bitext = from_json(merged.trim_end()).unwrap();
    assert_eq!(bitext.units().len(), 1);
    assert!(bitext.units()[0].reviewed());
    assert!(merged.contains(r#""mine":[1,2],"fingerprint":"x"}"#));

    let ran = run(folder.path(), "merge-corrections @a.jsonl @bad.jsonl -o @out.jsonl");
    assert_eq!(ran.status, 1);
    let messages: Vec<&str> = ran.stderr.lines().collect();
    assert!(messages[0].contains("bad.jsonl:2: not a line of corrections: missing field"));
    assert!(messages[1].contains("bad.jsonl:3: unit 0 has sentence 7 of `de`"), "{messages:?}");
    // The first line is put in all the same.
    assert_eq!(read(&folder, "out.jsonl"), merged);
}

#[test]
fn several_files_are_merged_and_the_later_wins() {
    let folder = folder();
    let apart = read(&folder, "c.jsonl")
        .replace(r#"[{"en":[0,1],"de":[0,1]}]"#, r#"[{"en":[1]},{"de":[1]}]"#);
    std::fs::write(folder.path().join("d.jsonl"), apart).unwrap();
    let shapes = |json: &str| -> Vec<String> {
        from_json(json.trim_end()).unwrap().units().iter().map(|unit| unit.shape()).collect()
    };
    let ran = run(folder.path(), "merge-corrections @a.jsonl @c.jsonl @d.jsonl");
    assert_eq!((ran.status, shapes(&ran.stdout)), (0, vec!["1-1".into(), "1".into(), "1".into()]));
    let messages: Vec<&str> = ran.stderr.lines().collect();
    assert!(messages.len() == 1 && messages[0].contains(": note: "), "{messages:?}");
    assert!(messages[0].contains("c.jsonl:1: 1 of its units left out"), "{messages:?}");
    assert!(messages[0].ends_with("d.jsonl:1 says otherwise"), "{messages:?}");
    let ran = run(folder.path(), "merge-corrections @a.jsonl @d.jsonl @c.jsonl");
    assert_eq!((ran.status, shapes(&ran.stdout)), (0, vec!["2-2".into()]));
}

#[test]
fn standard_input_is_read_only_once() {
    let folder = folder();
    for line in [
        "merge-corrections - -",
        "merge-corrections @a.jsonl - -",
        "report - - -o -",
        "report - --rejected - -o @p.html",
    ] {
        let messages = run(folder.path(), line).refused(2);
        assert!(
            messages.starts_with("standard input (`-`) can be read only once"),
            "{line}: {messages}"
        );
    }
}

#[test]
fn commands_that_read_twice_refuse_standard_input() {
    for args in [&["pair", "-"][..], &["build", "-", "-o", "corpus"]] {
        let message = bitext(args, b"{}\n").refused(2);
        assert!(message.starts_with("cannot read standard input"), "{args:?}: {message}");
    }
}

#[test]
fn a_page_has_an_uncompressed_html_file() {
    let folder = folder();
    for (output, why) in [
        ("@p.html.gz", "p.html.gz: browsers do not open compressed pages"),
        ("@p.html.zst", "browsers do not open compressed pages"),
        ("@p.htm", "p.htm: the name must end in .html"),
        ("@.html", "must end in .html"),
    ] {
        let message = run(folder.path(), &format!("report @a.jsonl -o {output}")).refused(2);
        assert!(message.contains(why), "{output}: {message}");
    }
}

#[test]
fn a_line_that_is_not_utf_8_is_reported_and_copied() {
    let folder = folder();
    let path = folder.path().join("bytes.jsonl");
    let bytes = [LINE.as_bytes(), b"\n{\"id\":\"\xff\"}\n", LINE.as_bytes(), b"\n"].concat();
    std::fs::write(&path, bytes).unwrap();
    let ran = run(folder.path(), "merge-corrections @bytes.jsonl @c.jsonl -o @out.jsonl");
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("bytes.jsonl:2"), "{}", ran.stderr);
    let out = std::fs::read(folder.path().join("out.jsonl")).unwrap();
    let lines: Vec<&[u8]> = out.split(|byte| *byte == b'\n').collect();
    assert_eq!((lines.len(), lines[1]), (4, &b"{\"id\":\"\xff\"}"[..]));
    assert!(lines[0] == lines[2] && lines[0] != LINE.as_bytes());

    let ran = run(folder.path(), "report @bytes.jsonl --features never -o @p.html");
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("bytes.jsonl:2"), "{}", ran.stderr);
    assert!(folder.path().join("p.html").exists());
}
