//! `bitext split`, of texts and of lines of JSON, and `bitext embed`.

use std::process::Stdio;

use crate::common::cli::{bitext, command};
use crate::common::json::parse;
use crate::common::schema::check_spans;
use crate::common::{ENGLISH, GERMAN, RUSSIAN, UKRAINIAN};
use serde_json::json;
use tempfile::TempDir;

/// Splits with offsets and checks them against the text.
#[track_caller]
fn offsets(lang: &str, text: &str) -> Vec<String> {
    let out = bitext(["split", "--lang", lang, "--format", "jsonl"], text.as_bytes()).quiet();
    let lines: Vec<_> = out.lines().map(parse).collect();
    lines.iter().for_each(|line| assert_eq!(line.keys(), ["text", "start", "end"]));
    let sentences: Vec<&str> = lines.iter().map(|line| line.get("text").text()).collect();
    let spans = lines.iter().map(|line| (line.get("start").index(), line.get("end").index()));
    check_spans(text, spans, &sentences);
    sentences.into_iter().map(str::to_string).collect()
}

#[test]
fn one_sentence_per_line() {
    for (lang, all) in [("en", ENGLISH), ("uk", UKRAINIAN), ("de", GERMAN)] {
        for text in [all.join(" "), all.join("\r\n"), format!("\u{feff}{}\n", all.join("\n\n"))] {
            let out = bitext(["split", "--lang", lang], text.as_bytes()).quiet();
            assert_eq!(out.lines().collect::<Vec<_>>(), all);
            assert_eq!(bitext(["split"], text.as_bytes()).quiet(), out, "detected");
            assert_eq!(offsets(lang, &text), all);
        }
    }
}

#[test]
fn kinds_precede_the_sentences() {
    let text = "Ferry stops\n\nIt is old. It\u{a0}leaks.\n\nShare this post:";
    let lines =
        "heading\tFerry stops\ntext\tIt is old.\ntext\tIt leaks.\nboilerplate\tShare this post:\n";
    let split = |more: &[&str]| {
        let arguments = [&["split", "--lang", "en", "--kinds"], more].concat();
        bitext(arguments, text.as_bytes()).quiet()
    };
    assert_eq!(split(&[]), lines);
    let json = split(&["--format", "jsonl"]);
    let kinds: Vec<_> =
        json.lines().map(|line| parse(line).get("kind").text().to_string()).collect();
    assert_eq!(kinds, ["heading", "text", "text", "boilerplate"]);
}

#[test]
fn newlines_follow_the_option() {
    let split = |newlines| {
        let out = bitext(["split", "--lang", "en", "--newlines", newlines], b"One\ntwo. Three");
        out.quiet().lines().map(str::to_string).collect::<Vec<_>>()
    };
    assert_eq!(split("auto"), ["One", "two.", "Three"]);
    assert_eq!(split("always"), ["One", "two.", "Three"]);
    assert_eq!(split("never"), ["One two.", "Three"]);
}

#[test]
fn files_and_standard_input_give_the_same() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("text");
    std::fs::write(&path, ENGLISH.join(" ")).expect("written");
    let path = path.to_str().expect("a plain name");
    let out = bitext(["split", path], b"").quiet();
    assert_eq!(out.lines().collect::<Vec<_>>(), ENGLISH);
    assert_eq!(bitext(["split", "-"], ENGLISH.join(" ").as_bytes()).quiet(), out);
    assert_eq!(bitext(["split", "--lang", "EN", "--format", "text", path], b"").quiet(), out);
}

#[test]
fn awkward_texts_have_exact_offsets() {
    for lang in ["en", "uk", "de", "ja", "en-GB"] {
        for text in [
            "",
            "\n",
            "\u{feff}",
            "\u{feff}\u{feff}A. B.",
            "A\u{0}b. C.",
            "One.\rTwo.\r\nThree.\u{2029}Four.\u{85}Five.\u{b}Six.",
            " \u{a0}e\u{301}. \u{200b}É!\u{202f}«Ну?» „So.“ – Ja…  ",
            "👩‍👩‍👧. 🏳️‍🌈! Ї.",
            "\u{200b}",
            "a.\u{200b}\n\u{ad}\nb.",
            "雨が降る。「はい。」",
        ] {
            offsets(lang, text);
        }
    }
}

#[test]
fn sentences_have_no_newline() {
    let text = "The first line of a long sentence that was wrapped\nby a program at about fifty \
        characters of width\nand goes on until the very end of the last line\nwhich is here. Next\t one.";
    let out = bitext(["split", "--lang", "en"], text.as_bytes()).quiet();
    let sentences = offsets("en", text);
    assert_eq!(out.lines().count(), sentences.len());
    for (line, sentence) in out.lines().zip(&sentences) {
        assert_eq!(line, sentence.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

#[test]
fn blank_texts_have_no_sentences() {
    for text in ["", " ", "\r\n\r\n", "\u{feff}", "\u{a0}\u{2003}\t"] {
        assert_eq!(bitext(["split"], text.as_bytes()).quiet(), "");
        assert_eq!(
            bitext(["split", "--lang", "de", "--format", "jsonl"], text.as_bytes()).quiet(),
            ""
        );
    }
}

#[test]
fn invisible_text_needs_no_language() {
    let named = bitext(["split", "--lang", "en"], "\u{200b}".as_bytes()).quiet();
    let detected = bitext(["split"], "\u{200b}".as_bytes());
    assert!(detected.status != 0 || detected.stdout == named, "{named:?}");
}

#[test]
fn texts_that_cannot_be_split_are_refused_in_one_line() {
    for (text, words) in [
        (RUSSIAN.as_bytes(), vec!["Russian", "--lang"]),
        (b"12 34", vec!["language", "--lang"]),
        (b"Fine \xff", vec!["standard input", "UTF-8", "byte 5"]),
        (b"\xcf\xf0\xe8\xe2\xb3\xf2", vec!["windows-1251", "byte 0"]),
        (b"\xff\xfeH\0i\0", vec!["UTF-16"]),
    ] {
        let message = bitext(["split"], text).refused(1);
        for word in words {
            assert!(message.contains(word), "{message}");
        }
    }
    let folder = TempDir::new().expect("a temporary folder");
    let missing = folder.path().join("missing").display().to_string();
    assert!(bitext(["split", &missing], b"").refused(1).contains(&missing));
    let directory = folder.path().display().to_string();
    assert!(bitext(["split", &directory], b"").refused(1).contains("directory"));
    for args in
        [vec!["split", "--lang", "ua"], vec!["split", "--format", "xml"], vec!["split", "a", "b"]]
    {
        assert_eq!(bitext(&args, b"").status, 2, "{args:?}");
    }
}

/// Embeds lines; gives the numbers as they were written.
#[track_caller]
fn embed(lang: &str, text: &str) -> Vec<Vec<f32>> {
    let out = bitext(["embed", "--lang", lang], text.as_bytes()).quiet();
    out.lines()
        .map(|line| {
            let inner = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
            let numbers = inner.expect("an array").split(',').map(str::trim);
            numbers.map(check_shortest).collect()
        })
        .collect()
}

/// Reads a number and checks that no shorter form reads back to it.
fn check_shortest(written: &str) -> f32 {
    let value: f32 = written.parse().expect("a number");
    assert!(value.is_finite());
    let digits = |text: &str| -> String {
        let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
        let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
        digits.trim_matches('0').to_string()
    };
    // Display writes the fewest digits, though never an exponent; where two
    // forms of that length are as near, it may choose the other.
    assert_eq!(digits(written).len(), digits(&value.to_string()).len(), "{written}");
    assert_eq!(written.starts_with('-'), value.is_sign_negative());
    assert_eq!(serde_json::from_str::<f32>(written).expect("JSON").to_bits(), value.to_bits());
    value
}

#[test]
fn one_vector_per_line() {
    for (lang, all) in [("en", ENGLISH), ("uk", UKRAINIAN), ("de", GERMAN)] {
        let rows = embed(lang, &all.join("\n"));
        assert_eq!(rows.len(), all.len());
        for row in &rows {
            assert_eq!(row.len(), 256);
            let length = row.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
            assert!((length - 1.0).abs() < 1e-5, "{length}");
        }
        assert_eq!(embed(lang, &(all.join("\r\n") + "\r\n")), rows);
        assert_eq!(embed(lang, &format!("\u{feff}{}\n", all.join("\n"))), rows);
    }
}

#[test]
fn blank_lines_have_zero_vectors() {
    let rows = embed("en", "\n \nword\n\u{a0}\u{200b}\n\r\n\u{301}");
    assert_eq!(rows.len(), 6);
    for at in [0, 1, 3, 4] {
        assert!(rows[at].iter().all(|value| *value == 0.0), "line {}", at + 1);
    }
    assert!(rows[2].iter().any(|value| *value != 0.0));
    assert!(embed("uk", "").is_empty());
    assert_eq!(embed("uk", "\n").len(), 1);
}

#[test]
fn vectors_do_not_depend_on_other_lines() {
    // More lines than are embedded at once.
    let lines: Vec<String> = (0..600).map(|n| format!("{} {n}", ENGLISH[n % 8])).collect();
    let all = embed("en", &lines.join("\n"));
    assert_eq!(all.len(), 600);
    for at in [0, 255, 256, 511, 599] {
        assert_eq!(embed("en", &lines[at])[0], all[at]);
    }
}

#[test]
fn a_language_unknown_to_the_model_is_refused() {
    let message = bitext(["embed", "--lang", "fr"], b"Bonjour 2024.").refused(2);
    assert!(message.contains("`fr`") && message.contains("--model"), "{message}");
    assert_eq!(embed("en-GB", ENGLISH[0]), embed("en", ENGLISH[0]));
}

#[test]
fn invalid_utf8_ends_the_run_after_the_lines_before() {
    for (input, before, line) in [
        (b"\xff\n".as_slice(), 0, "line 1"),
        (b"one\ntwo\n\xc3\x28\nfour\n", 2, "line 3"),
        (b"one\n\xd0", 1, "line 2"),
    ] {
        let run = bitext(["embed", "--lang", "en"], input);
        assert_eq!(run.status, 1);
        assert_eq!(run.lines().len(), before, "what came before is good");
        assert_eq!(run.stderr.lines().count(), 1);
        assert!(run.stderr.contains(line) && run.stderr.contains("UTF-8"), "{}", run.stderr);
    }
    let late = [b"word\n".repeat(1000).as_slice(), b"\xff\n"].concat();
    let run = bitext(["embed", "--lang", "en"], &late);
    assert_eq!((run.status, run.lines().len()), (1, 1000));
    assert!(run.stderr.contains("line 1001 (byte 0):"), "{}", run.stderr);
}

#[test]
fn a_zero_character_is_valid_utf8() {
    let run = bitext(["embed", "--lang", "en"], b"a\n\0\nb\n");
    assert_eq!((run.status, run.lines().len()), (0, 3), "{}", run.stderr);
}

#[test]
fn models_are_found_by_name_file_or_folder() {
    let expected = bitext(["embed", "--lang", "en"], b"word").quiet();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/models/static-v1.bitext");
    for model in ["static-v1", file] {
        assert_eq!(bitext(["embed", "--lang", "en", "--model", model], b"word").quiet(), expected);
    }
    let folder = TempDir::new().expect("a temporary folder");
    let empty = folder.path().display().to_string();
    let bad = folder.path().join("bad").display().to_string();
    std::fs::write(&bad, "not a model").expect("written");
    for (model, words) in [
        ("static-v9", vec!["static-v9", "static-v1"]),
        ("", vec!["static-v1"]),
        (&empty, vec!["model"]),
        (&bad, vec!["model"]),
    ] {
        let message = bitext(["embed", "--lang", "en", "--model", model], b"word").refused(1);
        for word in words {
            assert!(message.contains(word), "{model}: {message}");
        }
    }
    for args in [vec!["embed"], vec!["embed", "--lang", "x"], vec!["embed", "--lang", "en", "file"]]
    {
        assert_eq!(bitext(&args, b"").status, 2, "{args:?}");
    }
}

#[test]
fn an_unusable_model_is_reported() {
    let folder = TempDir::new().expect("a temporary folder");
    let bad = folder.path().join("broken.model").display().to_string();
    std::fs::write(&bad, "not a model").expect("written");
    let message = bitext(["embed", "--lang", "en", "--model", &bad], b"word").refused(1);
    assert!(message.contains("broken.model"), "{message}");
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let text = format!("{}\n", ENGLISH.join(" ")).repeat(2000);
    for args in [vec!["split", "--lang", "en"], vec!["embed", "--lang", "en"]] {
        let mut child = command(&args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        drop(child.stdout.take());
        let mut input = child.stdin.take().expect("a pipe");
        let text = text.clone();
        let writer = std::thread::spawn(move || {
            drop(std::io::Write::write_all(&mut input, text.as_bytes()));
        });
        let output = child.wait_with_output().expect("it ends");
        writer.join().expect("the writer ends");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn threads_do_not_change_sentences() {
    let lines: Vec<String> = (0..300)
        .map(|n| match n % 5 {
            4 => "{".to_string(),
            0 => json!({"id": n, "text": GERMAN[..1 + n % 8].join(" ")}).to_string(),
            _ => json!({"id": n, "lang": "uk", "text": UKRAINIAN[..n % 8].join(" ")}).to_string(),
        })
        .collect();
    let run = |threads: &str| {
        let run = bitext(["split", "--jsonl", "--threads", threads], lines.join("\n").as_bytes());
        assert_eq!((run.status, run.lines().len()), (1, lines.len()));
        run.stdout
    };
    let one = run("1");
    assert!(["2", "4"].iter().all(|threads| run(threads) == one));
}

#[test]
fn sentences_are_slices_cut_at_white_space() {
    let hard = "\u{feff}Mr. Hale came at 5 p.m. on 3.5.\r\n\r\n\"Why?\" he asked... Nobody knew.\u{a0}\
        \u{200b}Then\u{2028}e\u{301}t\u{e9}. (See [3].) 👩‍👧. End";
    for code in ["en", "uk", "de", "fr", "en-GB", "uk-UA"] {
        let line = json!({"id": code, "lang": code, "text": hard}).to_string();
        let answer = parse(&bitext(["split", "--jsonl"], line.as_bytes()).quiet());
        assert_eq!(answer.keys()[..2], ["id", "sentences"]);
        check_slices(hard, &answer.get("sentences").texts());
    }
    let line = json!({"text": UKRAINIAN.join(" ")}).to_string();
    let answer = parse(&bitext(["split", "--jsonl"], line.as_bytes()).quiet());
    assert_eq!(answer.get("sentences").texts(), UKRAINIAN);
}

#[test]
fn split_keeps_invisible_characters() {
    for hidden in ["\u{200b}", "\u{ad}", "\u{200b} \u{2060}"] {
        let line = json!({"lang": "en", "text": hidden}).to_string();
        let answer = parse(&bitext(["split", "--jsonl"], line.as_bytes()).quiet());
        check_slices(hidden, &answer.get("sentences").texts());
    }
}

/// Finds the sentences in their text, one after the other.
#[track_caller]
fn check_slices(text: &str, sentences: &[&str]) {
    let mut end = 0;
    let spans: Vec<(usize, usize)> = sentences
        .iter()
        .map(|sentence| {
            let start = end + text[end..].find(sentence).expect("a slice of the text");
            end = start + sentence.len();
            (start, end)
        })
        .collect();
    check_spans(text, spans, sentences);
}
