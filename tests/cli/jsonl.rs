//! `align --jsonl` and `split --jsonl`: one line in, one line out.

use crate::common::cli::bitext;
use crate::common::json::{Json, parse};
use crate::common::schema::{check_bitext, check_error};
use crate::common::{ENGLISH, FRENCH, GERMAN, RUSSIAN, UKRAINIAN};
use serde_json::json;

/// Aligns lines that are all good, and checks every answer.
#[track_caller]
fn align_all(lines: &[String]) -> Vec<String> {
    let run = bitext(["align", "--jsonl"], (lines.join("\n") + "\n").as_bytes());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let answers: Vec<String> = run.lines().into_iter().map(str::to_string).collect();
    assert_eq!(answers.len(), lines.len());
    for (line, answer) in lines.iter().zip(&answers) {
        check_bitext(line, answer);
    }
    answers
}

#[track_caller]
fn align_one(line: &str) -> Json {
    parse(&align_all(&[line.to_string()])[0])
}

/// Serves one bad line; gives the error of its answer.
#[track_caller]
fn refused(command: &str, line: &[u8], id: &Json) -> String {
    let run = bitext([command, "--jsonl"], line);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert_eq!(run.lines().len(), 1);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(run.stderr.starts_with("bitext: line 1: "), "{}", run.stderr);
    let message = check_error(run.lines()[0], id, 1);
    assert!(run.stderr.contains(&message), "{} / {message}", run.stderr);
    message
}

fn text(value: &str) -> Json {
    Json::Text(value.to_string())
}

/// A few hundred lines of all kinds, every seventh of them bad.
fn mixed_lines() -> Vec<String> {
    let bank = |all: &[&str; 8], from: usize, len: usize| -> Vec<String> {
        (0..len).map(|at| all[(from + at) % 8].to_string()).collect()
    };
    let line = |n: usize| {
        let en = bank(&ENGLISH, n, 1 + n % 6);
        let uk = bank(&UKRAINIAN, n + n % 2, 1 + n % 5);
        let de = bank(&GERMAN, n, (n * 7) % 6);
        match n % 7 {
            0 => json!({"id": n, "en": en.join(" "), "uk": uk.join(" ")}),
            1 => json!({"id": format!("a{n}"), "en": en, "de": de, "uk": uk}),
            2 => json!({"en": en, "uk": uk.join("\n\n"), "de": de.join(" ")}),
            3 => json!({"id": n, "uk": uk, "de": de}),
            4 => json!({"id": n, "en": en.join(" "), "uk": null, "de": de, "note": [n]}),
            5 => json!({"id": format!("bad{n}"), "en": en}),
            _ => json!({"id": n, "en": en.join(" "), "uk": uk.join(" "), "de": de.join(" ")}),
        }
        .to_string()
    };
    (0..280).map(line).collect()
}

#[test]
fn three_raw_articles_give_one_bitext() {
    let line =
        json!({"id": "lib", "en": ENGLISH.join(" "), "uk": UKRAINIAN.join(" "), "de": GERMAN.join(" ")})
            .to_string();
    let answer = align_one(&line);
    assert_eq!(answer.get("pairs").keys(), ["en-uk", "en-de", "uk-de"]);
    let units = answer.get("units").list();
    let threes = units.iter().filter(|unit| unit.keys().starts_with(&["en", "uk", "de"])).count();
    assert!(threes >= 6, "{units:?}");
    assert_eq!(answer.get("spans").keys(), ["en", "uk", "de"]);
}

#[test]
fn segments_are_kept_byte_for_byte() {
    let weird = [
        "",
        " ",
        "\n",
        "Two sentences. In one element.",
        "a\nb\r\nc",
        "\u{feff}mark",
        "\u{200b}",
        "  padded\t",
        "e\u{301} and \u{e9}",
        "\u{202e}turned\u{202c}",
        "\0zero\u{1b}[31m",
        "\u{2028}",
        "👩‍👩‍👧🏳️‍🌈",
        "\"quotes\\ and / slashes\"",
        "\u{10ffff}\u{fffd}",
        "\u{ad}",
        "\u{a0}",
    ];
    let line = json!({"id": 1, "en": weird, "uk": UKRAINIAN, "de": weird}).to_string();
    let answer = align_one(&line);
    assert_eq!(answer.get("sentences").get("en").texts(), weird);
    assert!(answer.find("spans").is_none());
    // Escapes in the input are the characters that they stand for.
    let answer = align_one(r#"{"en": ["\u0041\ud83d\ude42\/"], "de": ["\u00fc"]}"#);
    assert_eq!(answer.get("sentences").get("en").texts(), ["A🙂/"]);
}

#[test]
fn languages_of_segments_are_not_checked() {
    let line = json!({"uk": [RUSSIAN], "de": [FRENCH]}).to_string();
    assert!(align_one(&line).find("warnings").is_none_or(|all| {
        !all.texts().iter().any(|warning| warning.contains("Russian") || warning.contains("French"))
    }));
}

#[test]
fn texts_and_segments_may_be_mixed() {
    let line = json!({"en": ENGLISH[..3], "de": GERMAN[..3].join(" "), "uk": ""}).to_string();
    let answer = align_one(&line);
    assert_eq!(answer.get("spans").keys(), ["uk", "de"]);
}

#[test]
fn empty_articles_are_kept() {
    for (en, de) in [
        (json!(""), json!([])),
        (json!([]), json!("")),
        (json!(" \r\n\t\u{a0}"), json!([])),
        (json!("\u{feff}"), json!("")),
        (json!(""), json!(GERMAN)),
        (json!(["", " "]), json!(GERMAN.join(" "))),
    ] {
        let line = json!({"id": 0, "en": en, "de": de}).to_string();
        let answer = align_one(&line);
        assert_eq!(answer.get("sentences").keys(), ["en", "de"]);
        assert!(answer.get("pairs").get("en-de").list().is_empty());
        assert!(answer.get("warnings").texts().contains(&"en: has no text"));
    }
    let answer = align_one(r#"{"en":"","uk":[],"de":""}"#);
    assert!(answer.get("units").list().is_empty());
    assert_eq!(answer.get("pairs").keys(), ["en-uk", "en-de", "uk-de"]);
}

#[test]
fn raw_articles_keep_all_kinds_of_white_space() {
    let text = format!(
        "\u{feff}{}\r\n\r\n {}\u{2029}{}\u{85}\u{a0}\t",
        ENGLISH[0], ENGLISH[1], ENGLISH[2]
    );
    align_one(&json!({"en": text, "uk": UKRAINIAN[..3].join("\r\n")}).to_string());
    for odd in [
        "...",
        "?! ?! \"",
        "\u{200b}",
        "\u{ad} \u{ad}",
        "a\u{0}b. C.",
        "👍👍. 👎!",
        "\u{301}",
        "1. 2. 3.",
        "A.\n\u{200b}\nB.",
        "\u{200d}. \u{200d}.",
    ] {
        align_one(&json!({"en": odd, "de": odd}).to_string());
    }
}

#[test]
fn ids_are_kept() {
    for id in [
        "\"\"",
        "\"a \\\"b\\\" ї\"",
        "0",
        "-1",
        "18446744073709551615",
        "-9223372036854775808",
        "9007199254740993",
        "170141183460469231731687303715884105727",
        "null",
        "\" 1\"",
    ] {
        let line = format!(r#"{{"id": {id}, "en": ["A b."], "de": ["C d."]}}"#);
        let answer = bitext(["align", "--jsonl"], line.as_bytes()).quiet();
        assert!(answer.starts_with(&format!(r#"{{"id":{id},"#)), "{answer}");
        let line = format!(r#"{{"text": "", "id": {id}}}"#);
        let answer = bitext(["split", "--jsonl"], line.as_bytes()).quiet();
        assert_eq!(answer, format!("{{\"id\":{id},\"sentences\":[]}}\n"));
    }
    let answer = align_one(r#"{"en": ["A b."], "de": ["C d."]}"#);
    assert_eq!(answer.get("id"), &Json::Null);
}

#[test]
fn an_id_of_another_type_is_an_error() {
    for id in [
        "1.5",
        "1.0",
        "1e3",
        "true",
        "[1]",
        "{}",
        "[]",
        r#"{"a":"b"}"#,
        r#""\ud800""#,
        "1234567890123456789012345678901234567890",
    ] {
        let line =
            format!(r#"{{"id": {id}, "en": ["A."], "de": ["B."], "text": "A", "lang": "en"}}"#);
        for command in ["align", "split"] {
            let message = refused(command, line.as_bytes(), &Json::Null);
            assert!(message.contains("`id`"), "{message}");
        }
    }
}

#[test]
fn unknown_keys_are_ignored() {
    let line = r#"{"fr": 5, "en": ["A."], "EN": {}, "x": [[{"en": 1}]], "de": ["B."], "units": "?", "": null}"#;
    assert_eq!(align_one(line).get("sentences").keys(), ["en", "de"]);
    let line = r#"{"sentences": 4, "text": "A b.", "lang": "en", "x": {"lang": "de"}}"#;
    let answer = bitext(["split", "--jsonl"], line.as_bytes()).quiet();
    assert_eq!(answer, "{\"id\":null,\"sentences\":[\"A b.\"]}\n");
}

#[test]
fn languages_may_be_in_any_order() {
    let answer = align_one(r#"{"de": ["B."], "uk": ["Б."], "id": "z", "en": ["A."]}"#);
    assert_eq!(answer.get("sentences").keys(), ["en", "uk", "de"]);
}

#[test]
fn fewer_than_two_languages_is_an_error() {
    for (line, id) in [
        (r#"{"id": "x"}"#, text("x")),
        (r#"{"id": 7, "en": "A."}"#, Json::Number(7.0)),
        (r#"{"id": 7, "en": "A.", "uk": null, "de": null}"#, Json::Number(7.0)),
        (r#"{"en": null, "uk": null, "de": []}"#, Json::Null),
        (r#"{"en": "A.", "fr": 5}"#, Json::Null),
        (r#"{"en": "A.", "no": "B."}"#, Json::Null),
        ("{}", Json::Null),
    ] {
        refused("align", line.as_bytes(), &id);
    }
}

#[test]
fn values_of_a_wrong_type_are_errors_with_the_id() {
    let wrong = ["5", "true", "{}", r#"["A", null]"#, r#"["A", 1]"#, r#"[["A"]]"#, r#""\ud800""#];
    for value in wrong {
        let line = format!(r#"{{"id": "q", "en": {value}, "de": ["B."]}}"#);
        let message = refused("align", line.as_bytes(), &text("q"));
        assert!(message.contains("en"), "{message}");
    }
    for value in &wrong {
        let line = format!(r#"{{"id": "q", "text": {value}, "lang": "en"}}"#);
        refused("split", line.as_bytes(), &text("q"));
        let line = format!(r#"{{"id": "q", "text": "A b.", "lang": {value}}}"#);
        refused("split", line.as_bytes(), &text("q"));
    }
    refused("split", br#"{"id": "q", "lang": "en"}"#, &text("q"));
    refused("split", br#"{"id": "q", "lang": "en", "text": null}"#, &text("q"));
    refused("split", br#"{"id": "q", "lang": "not a code", "text": "A b."}"#, &text("q"));
}

#[test]
fn an_unknown_language_is_an_error_even_of_a_blank_text() {
    refused("split", br#"{"id": "q", "lang": "not a code", "text": ""}"#, &text("q"));
}

#[test]
fn lines_without_an_object_are_errors() {
    for line in [
        "{",
        "}",
        "null",
        "5",
        "\"en\"",
        "[]",
        "{]",
        r#"{"en": "A." "de": "B."}"#,
        r#"{"en": ["A."], "de": ["B."]} {}"#,
        r#"{"en": ["A."], "de": ["B."],}"#,
        "{'en': 'A.'}",
        r#"{"en": "A.", "de": "B"#,
        "\u{feff}\u{feff}{}",
        r#"{"en": "tab	", "de": "B."}"#,
        "NaN",
        r#"{"en": ["A."], "en": ["A."], "de": ["B."]}"#,
        "\0",
    ] {
        for command in ["align", "split"] {
            refused(command, format!("{line}\n").as_bytes(), &Json::Null);
        }
    }
}

#[test]
fn an_array_is_no_object() {
    refused("align", br#"["a1", "The town is small.", "Misto male.", null]"#, &Json::Null);
    refused("split", br#"["a1", "en", "The town is small."]"#, &Json::Null);
}

#[test]
fn deep_nesting_is_an_error() {
    let deep = format!(r#"{{"en": {}{}, "de": []}}"#, "[".repeat(100_000), "]".repeat(100_000));
    refused("align", deep.as_bytes(), &Json::Null);
}

#[test]
fn invalid_utf8_is_an_error_with_its_place() {
    let line = [br#"{"id": 1, "en": ""#.as_slice(), b"\xff\xff", br#"", "de": ""}"#].concat();
    for command in ["align", "split"] {
        let message = refused(command, &line, &Json::Null);
        assert!(message.contains("UTF-8") && message.contains("17"), "{message}");
    }
}

#[test]
fn russian_and_unknown_languages_are_errors_of_their_line() {
    let line = json!({"id": 3, "en": ENGLISH.join(" "), "uk": RUSSIAN}).to_string();
    let message = refused("align", line.as_bytes(), &Json::Number(3.0));
    assert!(message.contains("Russian") && message.contains("uk"), "{message}");
    for (value, word) in [(RUSSIAN, "Russian"), ("12 34", "lang")] {
        let line = json!({"id": 3, "text": value}).to_string();
        let message = refused("split", line.as_bytes(), &Json::Number(3.0));
        assert!(message.contains(word), "{message}");
    }
}

#[test]
fn more_than_three_languages_are_an_error_that_names_them() {
    let line = r#"{"id": 4, "en": "A.", "de": "B.", "fr": "C.", "pl": "D."}"#;
    let message = refused("align", line.as_bytes(), &Json::Number(4.0));
    assert!(message.contains("en, de, fr, pl") && message.contains("several lines"), "{message}");
}

#[test]
fn a_contradicted_language_is_a_warning() {
    let line = json!({"en": GERMAN.join(" "), "de": GERMAN.join(" ")}).to_string();
    let answer = align_one(&line);
    let warnings = answer.get("warnings").texts();
    assert!(warnings.iter().any(|text| text.contains("German")), "{warnings:?}");
}

#[test]
fn bad_lines_keep_order_and_count() {
    let good = r#"{"id": 1, "en": ["A."], "de": ["B."], "text": "A b.", "lang": "en"}"#.as_bytes();
    let lines: [&[u8]; 8] = [good, b"5", b"{", good, b"\xff", br#"{"id": 5.5}"#, b"[]", good];
    for command in ["align", "split"] {
        for end in [b"\n".as_slice(), b"\r\n"] {
            let run = bitext([command, "--jsonl"], &lines.join(end));
            assert_eq!(run.status, 1);
            assert_eq!(run.lines().len(), lines.len());
            for (at, answer) in run.lines().into_iter().enumerate() {
                match lines[at] == good {
                    true => assert_eq!(parse(answer).get("id"), &Json::Number(1.0)),
                    false => drop(check_error(answer, &Json::Null, at + 1)),
                }
            }
            let numbers: Vec<&str> = run
                .stderr
                .lines()
                .map(|line| line.split(':').nth(1).expect("a line number").trim())
                .collect();
            assert_eq!(numbers, ["line 2", "line 3", "line 5", "line 6", "line 7"]);
        }
    }
}

#[test]
fn byte_order_marks_and_line_ends_are_removed() {
    let line = r#"{"en": ["A."], "de": ["B."]}"#;
    let expected = bitext(["align", "--jsonl"], format!("{line}\n{line}\n").as_bytes()).quiet();
    for input in [
        format!("{line}\n{line}"),
        format!("{line}\r\n{line}\r\n"),
        format!("\u{feff}{line}\n{line}"),
        format!("\u{feff}{line}\r\n{line}\r"),
        format!("\r{line}\n \t{line} \r\r\n"),
    ] {
        assert_eq!(bitext(["align", "--jsonl"], input.as_bytes()).quiet(), expected, "{input:?}");
    }
    for command in ["align", "split"] {
        assert_eq!(bitext([command, "--jsonl"], b"").quiet(), "");
    }
}

#[test]
fn blank_lines_are_skipped_but_numbered() {
    let line = r#"{"en": ["A."], "de": ["B."], "text": "A.", "lang": "en"}"#;
    for command in ["align", "split"] {
        let one = bitext([command, "--jsonl"], line.as_bytes()).quiet();
        let many = format!("\u{feff}\n \t\r\n{line}\n\n\u{a0}\u{2003}\n{line}\n\n");
        assert_eq!(bitext([command, "--jsonl"], many.as_bytes()).quiet(), one.repeat(2));
        let run = bitext([command, "--jsonl"], format!("\n{line}\n\n5\n").as_bytes());
        assert_eq!(run.lines()[0], one.trim_end());
        check_error(run.lines()[1], &Json::Null, 4);
        assert!(run.stderr.starts_with("bitext: line 4: "), "{}", run.stderr);
    }
}

#[test]
fn many_bad_lines_are_counted() {
    let lines = "{\n".repeat(1000);
    for command in ["align", "split"] {
        let run = bitext([command, "--jsonl"], lines.as_bytes());
        assert_eq!((run.status, run.lines().len()), (1, 1000));
        let messages: Vec<&str> = run.stderr.lines().collect();
        assert_eq!(messages.len(), 11, "{messages:?}");
        assert!(messages[9].starts_with("bitext: line 10: "), "{messages:?}");
        assert_eq!(messages[10], "bitext: … and 990 more, 1000 in total");
    }
}

#[test]
fn a_byte_order_mark_alone_is_not_a_line() {
    for command in ["align", "split"] {
        assert_eq!(bitext([command, "--jsonl"], "\u{feff}".as_bytes()).quiet(), "");
    }
}

#[test]
fn threads_do_not_change_the_output() {
    let lines = mixed_lines();
    let input = lines.join("\n");
    let run = |threads: &str| bitext(["align", "--jsonl", "--threads", threads], input.as_bytes());
    let one = run("1");
    assert_eq!(one.status, 1);
    assert_eq!(one.lines().len(), lines.len());
    for (at, (line, answer)) in lines.iter().zip(one.lines()).enumerate() {
        match at % 7 {
            5 => drop(check_error(answer, parse(line).get("id"), at + 1)),
            _ => check_bitext(line, answer),
        }
    }
    for threads in ["2", "4", "61"] {
        let other = run(threads);
        assert_eq!(other.status, 1);
        assert_eq!(other.stdout, one.stdout, "{threads} threads");
        assert_eq!(other.stderr, one.stderr, "{threads} threads");
    }
    assert_eq!(bitext(["align", "--jsonl"], input.as_bytes()).stdout, one.stdout);
}

#[test]
fn a_selection_omits_low_confidences() {
    let line = json!({"en": ENGLISH, "uk": UKRAINIAN, "de": GERMAN}).to_string();
    let all = align_one(&line);
    let sure = bitext(["align", "--jsonl", "--min-confidence", "0.9"], line.as_bytes()).quiet();
    let sure = parse(&sure);
    let enough = |units: &[Json]| -> Vec<Json> {
        units.iter().filter(|unit| unit.get("confidence").number() >= 0.9).cloned().collect()
    };
    assert_eq!(sure.get("units").list(), enough(all.get("units").list()));
    for (key, beads) in all.get("pairs").map() {
        assert_eq!(sure.get("pairs").get(key).list(), enough(beads.list()));
    }
    let pair = bitext(["align", "--jsonl", "--pairs", "de-uk"], line.as_bytes()).quiet();
    assert_eq!(parse(&pair).get("pairs").keys(), ["uk-de"]);
}

#[test]
fn contradictory_flags_are_refused() {
    for args in [
        vec!["align", "--jsonl", "--en", "a"],
        vec!["align", "--jsonl", "a", "b"],
        vec!["align", "--jsonl", "--format", "table"],
        vec!["align", "--jsonl", "--threads", "0"],
        vec!["align", "--jsonl", "--threads", "-1"],
        vec!["align", "--jsonl", "--min-confidence", "1.1"],
        vec!["align", "--jsonl", "--min-confidence", "NaN"],
        vec!["align", "--threads", "2", "a", "b"],
        vec!["split", "--jsonl", "a", "b"],
        vec!["split", "--jsonl", "--lang", "en"],
    ] {
        let run = bitext(&args, b"");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{args:?}");
    }
}

#[test]
fn output_can_be_read_again() {
    for line in mixed_lines().iter().take(40).filter(|line| !line.contains("\"bad")) {
        let answer = bitext(["align", "--jsonl"], line.as_bytes()).quiet();
        let read = bitext::format::from_json(answer.trim_end()).expect("the schema's reader");
        let again = bitext::format::to_json(&read, &bitext::format::Selection::default());
        assert_eq!(again, answer.trim_end());
    }
}

#[test]
fn a_selection_can_be_read_again() {
    let line = json!({"en": ENGLISH, "uk": UKRAINIAN, "de": GERMAN[..5]}).to_string();
    for args in [["--pairs", "en-uk"], ["--min-confidence", "1"]] {
        let args = ["align", "--jsonl"].into_iter().chain(args);
        let answer = bitext(args, line.as_bytes()).quiet();
        let read = bitext::format::from_json(answer.trim_end());
        assert!(read.is_ok(), "{read:?}");
    }
}
