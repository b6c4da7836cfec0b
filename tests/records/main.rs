//! Training sets in every format. A set that is written and read again is unchanged. A malformed row is reported with
//! its line and byte, and the rows after it are read.

mod index;
#[cfg(feature = "parquet")]
mod parquet;
mod tmx;
mod tsv;

use std::io::{BufRead, BufReader, Read};

use bitext::evaluate::AlignmentFile;
use bitext::format::{
    HfJsonlReader, HfJsonlWriter, MosesReader, MosesWriter, Record, Selection, TmxNote, TmxReader,
    TmxWriter, TsvReader, TsvWriter, aligned_texts, records, write_ladder, write_vecalign,
};
use bitext::{Article, Bitext, Error, ErrorKind, Language, LanguagePair, Part, Unit};
use proptest::prelude::*;

const EN: Language = Language::ENGLISH;
const UK: Language = Language::UKRAINIAN;
const DE: Language = Language::GERMAN;

fn record(english: &str, german: &str) -> Record {
    Record::new([(EN, english), (DE, german)]).unwrap()
}

/// A text as writers fold it.
fn folded(text: &str) -> String {
    let blank = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
    text.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// What TMX leaves of a text.
fn in_xml(text: &str) -> String {
    let legal = |c: &char| is_xml(*c) || c.is_whitespace();
    folded(&text.chars().filter(legal).collect::<String>())
}

fn jsonl(rows: &[Record]) -> Vec<u8> {
    let mut out = HfJsonlWriter::new(Vec::new(), &[EN, UK, DE]);
    rows.iter().for_each(|row| out.write(row).unwrap());
    out.finish().unwrap()
}

fn tmx(rows: &[Record]) -> Vec<u8> {
    let mut out = TmxWriter::new(Vec::new(), EN, Selection::units()).unwrap();
    rows.iter().for_each(|row| out.write_record(row).unwrap());
    out.finish().unwrap()
}

fn unit_of(en: &str, de: &str) -> String {
    format!(
        "<tu><tuv xml:lang=\"en\"><seg>{en}</seg></tuv><tuv xml:lang='de'><seg>{de}</seg></tuv></tu>"
    )
}

fn memory(body: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<tmx version=\"1.4\"><header/><body>{body}</body></tmx>")
}

fn read_all<E: std::fmt::Debug>(rows: impl Iterator<Item = Result<Record, E>>) -> Vec<Record> {
    rows.map(Result::unwrap).collect()
}

/// The messages of the errors, and the English texts of the other rows.
fn split_errors(rows: impl Iterator<Item = Result<Record, Error>>) -> (Vec<String>, Vec<String>) {
    let (mut errors, mut texts) = (Vec::new(), Vec::new());
    for row in rows {
        match row {
            Ok(row) => texts.push(row.text(EN).unwrap_or_default().to_string()),
            Err(error) => errors.push(error.to_string()),
        }
    }
    (errors, texts)
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ \\t\"'<>&a-zа-я\\u{85}\\u{2028}\\u{2029}\\u{b}\\u{c}\\u{1c}\\u{1e}\\u{feff}\\r\\n]{0,20}",
    ]
}

fn any_record() -> impl Strategy<Value = Record> {
    let name = proptest::option::of("[a-z#0-9]{1,8}");
    let number = || proptest::option::of(0.0f32..=1.0);
    let third = proptest::option::of(any_text());
    (any_text(), any_text(), third, name.clone(), name, number(), number(), "[a-z]{1,3}").prop_map(
        |(english, german, ukrainian, id, document, score, confidence, note)| {
            let texts = [(EN, Some(english)), (DE, Some(german)), (UK, ukrainian)];
            let texts = texts.into_iter().filter_map(|(language, text)| Some((language, text?)));
            let mut record = Record::new(texts).unwrap();
            (record.id, record.document) = (id, document);
            (record.score, record.confidence) = (score, confidence);
            record.extra.insert("note".to_string(), note.into());
            record
        },
    )
}

/// A record with changed texts, without the fields that a format does not have.
fn changed(record: &Record, change: impl Fn(&str) -> String) -> Record {
    let texts = record.texts().iter().map(|(language, text)| (*language, change(text)));
    let mut other = Record::new(texts).unwrap();
    (other.id, other.document) = (record.id.clone(), record.document.clone());
    (other.score, other.confidence) = (record.score, record.confidence);
    other.extra = record.extra.clone();
    other
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn jsonl_round_trips(rows in proptest::collection::vec(any_record(), 0..6)) {
        let file = jsonl(&rows);
        prop_assert_eq!(file.iter().filter(|&&byte| byte == b'\n').count(), rows.len());
        prop_assert_eq!(read_all(HfJsonlReader::new("f", &file[..])), rows);
    }

    #[test]
    fn tmx_round_trips_with_white_space_folded(rows in proptest::collection::vec(any_record(), 0..6)) {
        let found = read_all(TmxReader::new("f", &tmx(&rows)[..]));
        let expected: Vec<Record> = rows.iter().map(|row| changed(row, in_xml)).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn tsv_round_trips_with_white_space_folded(rows in proptest::collection::vec(any_record(), 0..6)) {
        let mut out = TsvWriter::new(Vec::new(), &[EN, DE], Selection::units()).unwrap();
        let rows: Vec<Record> =
            rows.into_iter().filter_map(|row| row.only(&[EN, DE])).collect();
        rows.iter().for_each(|row| out.write_record(row).unwrap());
        let table = out.finish().unwrap();
        let found = read_all(TsvReader::new("f", &table[..], None));
        let expected = rows.iter().map(|row| {
            let mut row = changed(row, folded);
            row.document = None;
            row.extra.clear();
            row
        });
        prop_assert_eq!(found, expected.collect::<Vec<_>>());
    }

    #[test]
    fn moses_files_have_one_line_per_record(rows in proptest::collection::vec(any_record(), 0..6)) {
        let rows: Vec<Record> = rows.into_iter().filter_map(|row| row.only(&[EN, DE])).collect();
        let mut out = MosesWriter::new([(EN, Vec::new()), (DE, Vec::new())]);
        rows.iter().for_each(|row| out.write(row).unwrap());
        let files = out.finish().unwrap();
        for file in &files {
            let text = std::str::from_utf8(file).unwrap();
            // Whatever any reader takes for the end of a line.
            let ends = |c: char| matches!(c, '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}');
            prop_assert_eq!(text.matches(ends).count(), rows.len());
        }
        let inputs = [("a.en", EN, &files[0][..]), ("a.de", DE, &files[1][..])];
        let found = read_all(MosesReader::new(inputs).unwrap());
        let first = |c: char| c == '\u{feff}' || c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
        let mark = |text: &str| folded(text.trim_start_matches(first));
        let texts = |row: &Record| [EN, DE].map(|language| mark(row.text(language).unwrap()));
        prop_assert_eq!(
            found.iter().map(texts).collect::<Vec<_>>(),
            rows.iter().map(texts).collect::<Vec<_>>()
        );
    }

    #[test]
    fn readers_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[<>/&;a-z\"=\\[\\]!{}:,\\t\\n ]{0,200}") {
        for input in [&bytes[..], text.as_bytes()] {
            HfJsonlReader::new("f", input).for_each(drop);
            TsvReader::new("f", input, None).for_each(drop);
            TsvReader::new("f", input, Some(&[EN, DE])).for_each(drop);
            TmxReader::new("f", input).for_each(drop);
            MosesReader::new([("f", EN, input), ("g", DE, &bytes[..])]).unwrap().for_each(drop);
        }
    }
}

#[test]
fn bad_json_lines_are_reported_and_the_others_read() {
    let file = concat!(
        "{\"translation\": {\"en\": \"one\", \"de\": \"eins\"}}\n",
        "not json\n",
        "[1]\n",
        "{\"translation\": {\"en\": \"one\"}}\n",
        "{\"translation\": {\"en\": \"one\", \"de\": 1}}\n",
        "{\"translation\": {\"en\": \"one\", \"??\": \"x\"}}\n",
        "{\"translation\": {\"en\": \"one\", \"de\": \"x\"}, \"confidence\": 7}\n",
        "\n",
        "{\"id\": 7, \"translation\": {\"en\": \"two\", \"de\": \"zwei\", \"uk\": null}, \"more\": [1]}\n",
    );
    let (errors, texts) = split_errors(HfJsonlReader::new("f.jsonl", file.as_bytes()));
    assert_eq!(texts, ["one", "two"]);
    assert_eq!(errors.len(), 6);
    assert!(errors[0].starts_with("f.jsonl:2 (byte 45): "), "{}", errors[0]);
    assert!(
        errors[5].contains("f.jsonl:7 (byte ") && errors[5].contains("confidence"),
        "{}",
        errors[5]
    );
    let last = HfJsonlReader::new("f", file.as_bytes()).last().unwrap().unwrap();
    assert_eq!((last.id.as_deref(), last.extra.len()), (Some("7"), 1));
}

#[test]
fn a_line_of_a_hundred_megabytes_is_an_error_in_its_place() {
    let head =
        &b"{\"translation\": {\"en\": \"one\", \"de\": \"eins\"}}\n{\"translation\": {\"en\": \""[..];
    let tail = &b"\"}}\n{\"translation\": {\"en\": \"two\", \"de\": \"zwei\"}}\n"[..];
    let long = std::io::repeat(b'x').take(100 << 20);
    let input = BufReader::new(head.chain(long).chain(tail));
    let (errors, texts) = split_errors(HfJsonlReader::new("f", input));
    assert_eq!(texts, ["one", "two"]);
    assert_eq!(errors, ["f:2 (byte 45): the line is longer than 67108864 bytes"]);
}

#[test]
fn a_record_must_fit_its_output() {
    let refused = |result: Result<(), Error>| result.unwrap_err().to_string();
    let mut table = TsvWriter::new(Vec::new(), &[EN, UK], Selection::units()).unwrap();
    assert!(refused(table.write_record(&record("a", "b"))).contains("no place for `de`"));
    let mut lines = HfJsonlWriter::new(Vec::new(), &[EN, UK]);
    lines.write(&record("a", "b")).unwrap();
    let lines = lines.finish().unwrap();
    assert!(
        lines.starts_with(b"{\"id\":null,\"translation\":{\"en\":\"a\",\"uk\":null,\"de\":\"b\"}")
    );
    let mut files = MosesWriter::new([(EN, Vec::new()), (UK, Vec::new()), (DE, Vec::new())]);
    assert!(refused(files.write(&record("a", "b"))).contains("no text in `uk`"));
    assert_eq!(files.finish().unwrap(), [b"", b"", b""]);
    assert_eq!(
        Record::new([(EN, "a"), (EN, "b")]).unwrap_err().kind(),
        ErrorKind::DuplicateLanguage
    );
    assert_eq!(Record::new([(EN, "a")]).unwrap_err().kind(), ErrorKind::ArticleCount);
}

#[test]
fn the_id_column_is_optional() {
    let ids = |table: &str, languages: Option<&[Language]>| -> Vec<(String, String)> {
        let rows = read_all(TsvReader::new("some/set.tsv", table.as_bytes(), languages));
        rows.iter()
            .map(|row| {
                (row.id.clone().unwrap_or_default(), row.text(EN).unwrap_or("-").to_string())
            })
            .collect()
    };
    let row = |id: &str, text: &str| (id.to_string(), text.to_string());
    let table = "de\ten\tscore\n\nRegen\train\t0.5\n\"\"\"Wind\"\"\"\twind\t\n";
    assert_eq!(ids(table, None), [row("set.tsv:3", "rain"), row("set.tsv:4", "wind")]);
    assert_eq!(ids("en\tde\na\tb\n", Some(&[DE, EN])), [row("set.tsv:2", "a")]);
    // Without a header, the first line is a row.
    assert_eq!(ids("en\tde\na\tb\n", Some(&[EN, UK])), [row("", "en"), row("", "a")]);
    assert_eq!(ids("en\tuk\tde\na\tb\tc\n", Some(&[DE, EN])), [row("set.tsv:2", "a")]);
    let french = ["fr".parse().unwrap(), EN];
    assert_eq!(ids("fr\ten\na\tb\n", Some(&french)), [row("set.tsv:2", "b")]);
    // Words that are codes of some languages are none here.
    for (first, found) in [
        ("yes\tja", "found `yes`, `ja`."),
        ("Source\ttarget\tscore", "found `Source`, `target`, `score`."),
        ("id\ten\tscore", "found `id`, `en`, `score`."),
        ("score\ten\tde", "found `score`, `en`, `de`."),
        ("It rained all day and all night\tb", "found `It rained all day an…`, `b`."),
        ("a\tb\tc\td\te\tf\tg\th\ti", "`g`, `h`, …."),
    ] {
        let table = format!("{first}\nc\td\n");
        let (errors, texts) = split_errors(TsvReader::new("t", table.as_bytes(), None));
        assert!(texts.is_empty() && errors.len() == 1, "{errors:?}");
        assert!(errors[0].contains(found), "{first}: {}", errors[0]);
    }
}

#[test]
fn tables_with_and_without_a_header() {
    let named = "id\tde\ten\tconfidence\tnote\n1\t\"\"\"Eins\"\"\"\tone\t0.5\tx\n2\tZwei\n3\t\"Drei\tthree\t\t\n4\tVier\tfour\t2\t\n5\t\tfive\t\t\n";
    let (errors, texts) = split_errors(TsvReader::new("t", named.as_bytes(), None));
    assert_eq!(texts, ["one", "three", "five"]);
    assert_eq!(errors.len(), 2);
    assert!(errors[0].starts_with("t:3 (byte 48): 2 cells"), "{}", errors[0]);
    assert!(errors[1].contains("t:5 (byte ") && errors[1].contains("confidence"), "{}", errors[1]);
    let first = TsvReader::new("t", named.as_bytes(), None).next().unwrap().unwrap();
    assert_eq!((first.text(DE), first.extra["note"].as_str()), (Some("\"Eins\""), Some("x")));

    let plain = "one\teins\trest\n\"two\tzwei\nalone\n";
    let (errors, texts) = split_errors(TsvReader::new("t", plain.as_bytes(), Some(&[EN, DE])));
    assert_eq!(texts, ["one", "\"two"]);
    assert!(errors[0].contains(":3 (byte 24): 1 column,"), "{}", errors[0]);
    let (errors, texts) = split_errors(TsvReader::new("t", plain.as_bytes(), None));
    assert!(texts.is_empty() && errors.len() == 1 && errors[0].contains("no header"));
    assert!(errors[0].contains("are missing"), "{}", errors[0]);
}

#[test]
fn moses_files_of_unequal_length_end_with_an_error() {
    let reader = MosesReader::new([
        ("a.en", EN, &b"one\ntwo\n\xff\nfour\n"[..]),
        ("a.de", DE, b"eins\nzwei\ndrei\n"),
    ]);
    let (errors, texts) = split_errors(reader.unwrap());
    assert_eq!(texts, ["one", "two"]);
    assert_eq!(
        errors,
        [
            "a.en:3 (byte 8): not UTF-8; it looks like windows-1251: convert it to UTF-8",
            "a.de:3 (byte 15): the file ends, but a.en has more lines: they are not line-aligned",
        ]
    );
}

#[test]
fn foreign_columns_with_our_field_names_are_extras() {
    let body = unit_of("a", "b").replacen(
        "<tu>",
        "<tu><prop type=\"x-score\">0 5</prop><prop type=\"x-confidence\">7</prop><prop type=\"id\">q</prop>",
        1,
    );
    let mut rows = read_all(TmxReader::new("m", memory(&body).as_bytes()));
    let table = "id\ten\tde\ttranslation\tid\n1\ta\tb\tby hand\tz9\n";
    rows.extend(read_all(TsvReader::new("t", table.as_bytes(), None)));
    let extras: Vec<_> = rows
        .iter()
        .flat_map(|row| &row.extra)
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    assert_eq!(
        extras,
        [
            ("x-confidence", "7"),
            ("x-id", "q"),
            ("x-score", "0 5"),
            ("x-id", "z9"),
            ("x-translation", "by hand")
        ]
    );
    assert_eq!(read_all(HfJsonlReader::new("j", &jsonl(&rows)[..])), rows);
    assert_eq!(read_all(TmxReader::new("m", &tmx(&rows)[..])), rows);
}

#[test]
fn numbers_among_extras_keep_every_digit() {
    let line = format!(
        "{{\"translation\":{{\"en\":\"a\",\"de\":\"b\"}},\"more\":[{},0.1,-1e-7]}}\n",
        "1".repeat(95)
    );
    let rows = read_all(HfJsonlReader::new("j", line.as_bytes()));
    assert_eq!(read_all(HfJsonlReader::new("j", &jsonl(&rows)[..])), rows);
}
