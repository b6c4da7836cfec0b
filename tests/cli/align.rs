//! `bitext align` on files.

use std::path::{Path, PathBuf};

use crate::common::cli::{bitext, command};
use crate::common::json::{Json, parse};
use crate::common::schema::check_bitext;
use crate::common::{ENGLISH, FRENCH, GERMAN, RUSSIAN, UKRAINIAN};
use serde_json::json;
use tempfile::TempDir;

/// A folder with the parallel texts as `en`, `uk` and `de`, and some bad ones.
fn folder() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    for (name, content) in [
        ("en", ENGLISH.join(" ")),
        ("uk", UKRAINIAN.join("\r\n\r\n")),
        ("de", format!("\u{feff}{}\n", GERMAN.join("\n"))),
        ("de2", GERMAN[..5].join(" ")),
        ("ru", RUSSIAN.to_string()),
        ("fr", FRENCH.to_string()),
        ("empty", String::new()),
        ("blank", " \r\n\u{a0}\t\n".to_string()),
        ("number", "12:30".to_string()),
    ] {
        std::fs::write(folder.path().join(name), content).expect("it can be written");
    }
    std::fs::write(folder.path().join("bytes"), b"Good so far. \xff\xff").expect("written");
    folder
}

/// Arguments in which `@name` stands for a file of the folder.
fn args(folder: &Path, line: &str) -> Vec<String> {
    line.split(' ')
        .map(|word| match word.split_once('@') {
            Some((before, name)) => format!("{before}{}", folder.join(name).display()),
            None => word.to_string(),
        })
        .collect()
}

#[track_caller]
fn json_of(folder: &TempDir, line: &str, stdin: &str) -> Json {
    let run =
        bitext(args(folder.path(), &format!("align --format jsonl {line}")), stdin.as_bytes());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(run.lines().len(), 1);
    parse(run.lines()[0])
}

#[track_caller]
fn refused(folder: &TempDir, line: &str, status: i32) -> String {
    let run = bitext(args(folder.path(), &format!("align {line}")), b"");
    match status {
        // Usage is explained by the argument parser, in its own words.
        2 => {
            assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{line}: {}", run.stderr);
            run.stderr
        }
        _ => run.refused(status),
    }
}

/// What differs between two ways to give the same articles.
fn content(json: &Json) -> Vec<(String, Json)> {
    json.map().iter().filter(|(key, _)| key != "sources").cloned().collect()
}

#[test]
fn named_and_detected_languages_give_the_same_bitext() {
    let folder = folder();
    let named = json_of(&folder, "--en @en --uk @uk --de @de", "");
    assert_eq!(named.get("sentences").keys(), ["en", "uk", "de"]);
    for line in ["@en @uk @de", "@de @en @uk", "--de @de @uk @en", "@uk --en @en --de @de"] {
        assert_eq!(content(&json_of(&folder, line, "")), content(&named), "{line}");
    }
}

#[test]
fn the_json_matches_the_schema() {
    let folder = folder();
    for (line, codes) in [
        ("--en @en --uk @uk --de @de", vec!["en", "uk", "de"]),
        ("--uk @uk --de @de", vec!["uk", "de"]),
        ("--en @empty --de @de", vec![]),
        ("--en @blank --uk @empty --de @blank", vec![]),
    ] {
        let run = bitext(args(folder.path(), &format!("align --format jsonl {line}")), b"");
        assert_eq!(run.status, 0);
        let said = run.stderr.lines().filter(|line| line.ends_with(": has no text")).count();
        assert_eq!(said, run.stderr.lines().count(), "{}", run.stderr);
        assert_eq!(said, line.matches("@empty").count() + line.matches("@blank").count());
        if codes.is_empty() {
            let bitext = parse(run.lines()[0]);
            assert_eq!(bitext.get("warnings").texts().len(), said);
            assert!(bitext.get("pairs").map().iter().all(|(_, all)| all.list().is_empty()));
            continue;
        }
        let read = |code: &&str| {
            let text = std::fs::read_to_string(folder.path().join(code)).expect("it is there");
            (code.to_string(), json!(text))
        };
        let given: serde_json::Map<_, _> = codes.iter().map(read).collect();
        check_bitext(&serde_json::Value::from(given).to_string(), run.lines()[0]);
    }
}

#[test]
fn standard_input_is_one_article() {
    let folder = folder();
    let files = json_of(&folder, "--en @en --uk @uk", "");
    let english = ENGLISH.join(" ");
    for line in ["--en - --uk @uk", "- @uk", "@uk -"] {
        assert_eq!(content(&json_of(&folder, line, &english)), content(&files), "{line}");
    }
}

#[test]
fn standard_input_twice_is_refused() {
    let folder = folder();
    for line in ["--en - --uk -", "- -", "--en - - --de @de"] {
        let run = bitext(args(folder.path(), &format!("align {line}")), b"Text.");
        assert_ne!(run.status, 0);
        assert!(run.stdout.is_empty() && run.stderr.contains("standard input"), "{}", run.stderr);
    }
}

#[test]
fn wrong_usage_ends_with_status_2() {
    let folder = folder();
    for line in [
        "",
        "--format xml @en @uk",
        "--en @en --en @en --uk @uk",
        "--min-confidence 2 @en @uk",
        "--min-confidence x @en @uk",
        "--pairs en @en @uk",
        "--pairs en-en @en @uk",
        "--pairs en- @en @uk",
        "--nonsense @en @uk",
        "--vectors en @en @uk",
        "--vectors en=@en --model x @en @uk",
        "--pairs en-uk --nulls @en @uk",
    ] {
        refused(&folder, line.trim_end(), 2);
    }
    let run = bitext::<&str>([], b"");
    assert_eq!(run.status, 2);
}

#[test]
fn the_extension_of_the_output_determines_its_format() {
    let folder = folder();
    let written = |options: &str, name: &str| {
        bitext(args(folder.path(), &format!("align {options}@en @uk -o @{name}")), b"").quiet();
        std::fs::read_to_string(folder.path().join(name)).expect("it was written")
    };
    for (name, format) in [("m.tmx", "tmx"), ("m.tsv", "tsv"), ("m.jsonl", "jsonl")] {
        let plain = written("", name);
        assert_eq!(plain, written(&format!("--format {format} "), "plain"), "{name}");
        assert_ne!(plain, written("", "m.txt"));
    }
    assert_eq!(written("--format table ", "m.tmx"), written("", "m.txt"));
}

#[test]
fn a_wrong_number_of_articles_is_wrong_usage() {
    let folder = folder();
    for line in ["@en", "--en @en", "@en @uk @de @de2", "--en - --uk -"] {
        let run = bitext(args(folder.path(), &format!("align {line}")), b"");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{line}: {}", run.stderr);
    }
}

#[test]
fn unusable_inputs_are_reported_in_one_line() {
    let folder = folder();
    for (line, words) in [
        ("--en @missing --uk @uk", vec!["missing", "No such file"]),
        ("--en @. --uk @uk", vec!["cannot read", "directory"]),
        ("--en @bytes --uk @uk", vec!["bytes", "byte 13", "UTF-8"]),
        ("@en @ru", vec!["/ru", "Russian"]),
        ("--uk @ru --en @en", vec!["/ru", "Russian", "Ukrainian"]),
        ("@en @number", vec!["/number", "--text"]),
        ("@en @empty", vec!["/empty", "no text", "language", "--text"]),
        ("--text en=@en --en @de", vec!["`en`", "one article per language"]),
        ("@de @de2", vec!["`de`"]),
        ("--de @de @de2", vec!["`de`"]),
        ("--model nothing @en @uk", vec!["nothing", "static-v1"]),
        ("--model @uk @en @uk", vec!["model"]),
        ("--model @. @en @uk", vec!["model"]),
        ("--pairs en-de @en @uk", vec!["en-de"]),
        ("-o @. @en @uk", vec!["directory"]),
        ("-o @no/such/folder @en @uk", vec!["cannot write", "no/such/folder"]),
    ] {
        let message = refused(&folder, line, 1);
        for word in words {
            assert!(message.contains(word), "{line}: {message}");
        }
    }
}

#[test]
fn detection_does_not_overrule_a_named_language() {
    let folder = folder();
    let run = bitext(args(folder.path(), "align --format jsonl --en @fr --de @de"), b"");
    assert_eq!(run.status, 0);
    assert_eq!(run.stderr.lines().filter(|line| line.contains("French")).count(), 1);
    assert!(run.stderr.lines().all(|line| line.starts_with("bitext: warning: ")));
    let warnings = parse(run.lines()[0]);
    assert!(warnings.get("warnings").texts().iter().any(|text| text.contains("French")));
}

#[test]
fn unrelated_articles_are_aligned_with_a_warning() {
    let folder = folder();
    let other = "A recipe for plum cake needs flour and butter. Stir the dough for a while. \
        Bake it until it is brown. Eat it while it is warm.";
    let run = bitext(args(folder.path(), "align --format jsonl --en - --uk @uk"), other.as_bytes());
    assert_eq!(run.status, 0);
    assert!(run.stderr.contains("unrelated"));
    assert_eq!(parse(run.lines()[0]).get("unrelated"), &Json::Bool(true));
}

#[test]
fn pairs_and_min_confidence_select_beads() {
    let folder = folder();
    let all = json_of(&folder, "@en @uk @de", "");
    let chosen = json_of(&folder, "@en @uk @de --pairs uk-en,en-de", "");
    assert_eq!(chosen.get("pairs").keys(), ["en-uk", "en-de"]);
    assert_eq!(chosen.get("pairs").get("en-uk"), all.get("pairs").get("en-uk"));
    let none = json_of(&folder, "@en @uk @de --min-confidence 1", "");
    let sure = |unit: &&Json| unit.get("confidence").number() >= 1.0;
    let expected: Vec<&Json> = all.get("units").list().iter().filter(sure).collect();
    assert_eq!(none.get("units").list().iter().collect::<Vec<_>>(), expected);
}

#[test]
fn the_table_has_one_column_per_language_and_one_row_per_unit() {
    let folder = folder();
    let table = bitext(args(folder.path(), "align @en @uk @de"), b"").quiet();
    assert!(!table.contains('\u{1b}'), "no colour but on a terminal");
    let lines: Vec<&str> = table.lines().collect();
    for word in ["English", "Ukrainian", "German"] {
        assert!(lines[0].contains(word), "{}", lines[0]);
    }
    let units = json_of(&folder, "@en @uk @de", "").get("units").list().len();
    let rows = lines.iter().position(|line| line.is_empty()).expect("a blank line") - 1;
    assert_eq!(rows, units);
    // All characters here are one column wide.
    let widths: Vec<usize> = lines[..=rows].iter().map(|line| line.chars().count()).collect();
    assert!(widths.iter().all(|width| *width <= 120 && *width == widths[0]), "{widths:?}");
    assert!(lines[1].contains("1-1-1") && lines[1].contains(&ENGLISH[0][..20]), "{}", lines[1]);

    let pairs = bitext(args(folder.path(), "align @en @uk @de --pairs uk-de"), b"").quiet();
    assert!(!pairs.contains(ENGLISH[0]));
    let nothing = bitext(args(folder.path(), "align --en @empty --de @blank"), b"");
    assert_eq!(nothing.status, 0);
    assert!(nothing.stderr.contains("/blank: has no text\n"), "{}", nothing.stderr);
    let nothing = nothing.stdout;
    assert!(nothing.starts_with(' ') && nothing.contains("0 units"), "{nothing}");
    let one = bitext(args(folder.path(), "align --en @number --de @number"), b"").quiet();
    assert!(one.contains("\n1 unit in both languages, 0 sentences without a counterpart"), "{one}");
    let lone = bitext(args(folder.path(), "align --en @number --de @empty"), b"").stdout;
    assert!(
        lone.contains("\n0 units in both languages, 1 sentence without a counterpart"),
        "{lone}"
    );
}

#[test]
fn the_table_has_no_control_characters() {
    let folder = folder();
    let english = "Red \u{1b}[31m alert\u{7}\u{8}\ttab. \u{200b}Zero\r\nNext 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字.";
    let run = bitext(args(folder.path(), "align --en - --uk @uk"), english.as_bytes());
    assert_eq!(run.status, 0);
    assert!(run.stdout.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", run.stdout);
}

#[test]
fn an_output_file_is_written_atomically() {
    let folder = folder();
    let expected = bitext(args(folder.path(), "align @en @uk --format jsonl"), b"").quiet();
    let out = folder.path().join("out.jsonl");
    for _ in 0..2 {
        let run = bitext(args(folder.path(), "align @en @uk --format jsonl -o @out.jsonl"), b"");
        assert_eq!(run.quiet(), "");
        assert_eq!(std::fs::read_to_string(&out).expect("written"), expected);
    }
    // A name without a folder is a file here.
    let here = command(args(folder.path(), "align @en @uk --format jsonl -o here.jsonl"))
        .current_dir(folder.path())
        .output()
        .expect("it runs");
    assert!(here.status.success());
    assert_eq!(
        std::fs::read_to_string(folder.path().join("here.jsonl")).expect("written"),
        expected
    );
    let dash = bitext(args(folder.path(), "align @en @uk --format jsonl -o -"), b"").quiet();
    assert_eq!(dash, expected);
    no_leftovers(folder.path());
}

/// No half-made file is left.
#[track_caller]
fn no_leftovers(folder: &Path) {
    let names =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("it").file_name());
    let names: Vec<_> = names.filter(|name| name.to_string_lossy().contains(".bitext-")).collect();
    assert!(names.is_empty(), "{names:?}");
}

#[test]
fn an_error_leaves_the_output_file_as_it_was() {
    let folder = folder();
    let out = folder.path().join("out");
    for line in ["--en @bytes --uk @uk", "@en @ru", "@de @de2", "--pairs en-de @en @uk"] {
        bitext(args(folder.path(), &format!("align -o @out {line}")), b"").refused(1);
        assert!(!out.exists(), "{line}");
    }
    std::fs::write(&out, "old").expect("written");
    for line in ["--en @bytes --uk @uk", "@en @ru", "--en @missing --uk @uk"] {
        bitext(args(folder.path(), &format!("align -o @out {line}")), b"").refused(1);
        assert_eq!(std::fs::read_to_string(&out).expect("it is there"), "old", "{line}");
    }
    no_leftovers(folder.path());
}

#[test]
fn json_lines_and_errors_are_written_to_the_output_file() {
    let folder = folder();
    let input = b"{\"id\": 1, \"en\": [\"A.\"], \"de\": [\"B.\"]}\n{\n";
    let expected = bitext(["align", "--jsonl"], input);
    let run = bitext(args(folder.path(), "align --jsonl -o @out"), input);
    assert_eq!((run.status, run.stdout.as_str(), &run.stderr), (1, "", &expected.stderr));
    let written = std::fs::read_to_string(folder.path().join("out")).expect("written");
    assert_eq!(written, expected.stdout);
}

#[test]
fn an_output_must_not_be_an_input() {
    let folder = folder();
    let before = std::fs::read_to_string(folder.path().join("en")).expect("there");
    let run = bitext(args(folder.path(), "align @en @uk --format jsonl -o @en"), b"");
    assert!(run.refused(2).contains("never overwritten"));
    assert_eq!(std::fs::read_to_string(folder.path().join("en")).expect("there"), before);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn a_new_file_has_default_permissions() {
        let folder = folder();
        bitext(args(folder.path(), "align @en @uk -o @out"), b"").quiet();
        assert_eq!(mode(&folder.path().join("out")), mode(&folder.path().join("en")));
    }

    #[test]
    fn a_replaced_file_keeps_its_permissions() {
        let folder = folder();
        let out = folder.path().join("out");
        std::fs::write(&out, "old").expect("written");
        for secret in [0o600, 0o640] {
            std::fs::set_permissions(&out, std::fs::Permissions::from_mode(secret)).expect("set");
            bitext(args(folder.path(), "align @en @uk -o @out"), b"").quiet();
            assert_eq!(mode(&out), secret);
        }
    }

    #[test]
    fn a_symbolic_link_is_kept_and_its_target_replaced() {
        let folder = folder();
        let (out, link) = (folder.path().join("out"), folder.path().join("link"));
        std::os::unix::fs::symlink(&out, &link).expect("linked");
        // The first time, the target of the link does not exist yet.
        for _ in 0..2 {
            bitext(args(folder.path(), "align @en @uk -o @link"), b"").quiet();
            assert!(link.symlink_metadata().expect("it is there").is_symlink());
            assert!(out.is_file());
        }
    }

    #[test]
    fn devices_are_written_to() {
        let folder = folder();
        bitext(args(folder.path(), "align @en @uk -o /dev/null"), b"").quiet();
        assert!(!Path::new("/dev/null").is_file());
        let run = bitext(args(folder.path(), "align @en @uk -o /dev/stdout"), b"").quiet();
        assert!(run.contains("English"));
    }
}

/// Writes the vectors that `split` and `embed` make of a text.
fn vectors(folder: &TempDir, code: &str) -> PathBuf {
    let split = bitext(args(folder.path(), &format!("split --lang {code} @{code}")), b"").quiet();
    let vectors = bitext(["embed", "--lang", code], split.as_bytes()).quiet();
    assert_eq!(vectors.lines().count(), split.lines().count());
    let path = folder.path().join(format!("{code}.vec"));
    std::fs::write(&path, vectors).expect("written");
    path
}

#[test]
fn vectors_of_embed_align_as_the_model_does() {
    let folder = folder();
    let paths = ["en", "uk", "de"].map(|code| vectors(&folder, code));
    let line = "@en @uk @de --vectors uk=@uk.vec --vectors en=@en.vec --vectors de=@de.vec";
    let with = json_of(&folder, line, "");
    let without = json_of(&folder, "@en @uk @de", "");
    assert_eq!(with.get("sentences"), without.get("sentences"));
    let shapes = |json: &Json| -> Vec<Vec<(String, Json)>> {
        let keep = |unit: &Json| -> Vec<(String, Json)> {
            let languages = |key: &str| ["en", "uk", "de"].contains(&key);
            unit.map().iter().filter(|(key, _)| languages(key)).cloned().collect()
        };
        json.get("units").list().iter().map(keep).collect()
    };
    // Eight clear 1-1-1 units, whichever way longer spans get their vectors.
    assert_eq!(shapes(&with), shapes(&without));
    assert_ne!(with.get("fingerprint"), without.get("fingerprint"));

    // A byte-order mark and carriage returns are not part of the numbers.
    let english = std::fs::read_to_string(&paths[0]).expect("written");
    std::fs::write(&paths[0], format!("\u{feff}{}", english.replace('\n', "\r\n")))
        .expect("written");
    assert_eq!(json_of(&folder, line, ""), with);
}

#[test]
fn vectors_that_do_not_match_the_sentences_are_refused() {
    let folder = folder();
    let write = |name: &str, content: &str| {
        std::fs::write(folder.path().join(name), content).expect("written");
    };
    write("good", &"[1.0, 0.5]\n".repeat(8));
    write("few", &"[1.0, 0.5]\n".repeat(7));
    write("wide", &"[1.0, 0.5, 0.1]\n".repeat(8));
    write("ragged", &("[1.0, 0.5]\n".repeat(7) + "[1.0]\n"));
    write("words", &("[1.0, 0.5]\n".repeat(7) + "[\"a\", 1.0]\n"));
    write("hole", &("[1.0, 0.5]\n".repeat(7) + "\n"));
    write("huge", &("[1.0, 0.5]\n".repeat(7) + "[1e39, 0.0]\n"));
    write("null", &("[1.0, 0.5]\n".repeat(7) + "[null, 0.0]\n"));
    write("trailing", &("[1.0, 0.5]\n".repeat(7) + "[1.0, 0.0] 5\n"));
    write("none", "");
    for (line, words) in [
        ("--vectors en=@good --vectors uk=@few", vec!["uk", "8", "7"]),
        ("--vectors en=@good --vectors uk=@wide", vec!["uk", "2", "3"]),
        ("--vectors en=@ragged --vectors uk=@good", vec!["ragged:8"]),
        ("--vectors en=@words --vectors uk=@good", vec!["words:8"]),
        ("--vectors en=@hole --vectors uk=@good", vec!["hole:8"]),
        ("--vectors en=@huge --vectors uk=@good", vec!["huge", "finite"]),
        ("--vectors en=@null --vectors uk=@good", vec!["null:8"]),
        ("--vectors en=@trailing --vectors uk=@good", vec!["trailing:8"]),
        ("--vectors en=@none --vectors uk=@good", vec!["8", "0"]),
        ("--vectors en=@missing --vectors uk=@good", vec!["missing"]),
        ("--vectors en=@. --vectors uk=@good", vec!["directory"]),
        ("--vectors en=@good", vec!["`uk`"]),
        ("--vectors en=@good --vectors en=@good", vec!["--vectors"]),
        ("--vectors en=@good --vectors uk=@good --vectors de=@good", vec!["--vectors"]),
    ] {
        let message = refused(&folder, &format!("@en @uk {line}"), 1);
        for word in words {
            assert!(message.contains(word), "{line}: {message}");
        }
    }
    let zeros = "[0, -0.0]\n".repeat(8);
    write("zeros", &zeros);
    let run =
        bitext(args(folder.path(), "align @en @uk --vectors en=@zeros --vectors uk=@zeros"), b"");
    assert_eq!(run.status, 0);
}

#[test]
fn every_command_has_help() {
    for line in
        ["--help", "align --help", "split --help", "embed --help", "help align", "--version"]
    {
        let help = bitext(line.split(' '), b"").quiet();
        assert!(help.len() > 5, "{line}");
        if line != "--version" {
            assert!(help.to_lowercase().contains("exit status"), "{line}: {help}");
        }
    }
}
