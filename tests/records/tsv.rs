//! Quotation marks in tables: CSV quoting is removed, and quotation marks of the text are kept.

use super::*;

const QUOTED: [&str; 5] = [
    "\"It is late,\" he wrote.\t„Es ist spät“, schrieb er.",
    "\"No.\"\t\"Nein.\"",
    "\"Wait!\" she called, and \"Come!\"\t\"Warte!\", rief sie, und \"Komm!\"",
    "\"Open\" or \"shut\" is all it shows.\t\"Auf\" oder \"zu\", mehr zeigt es nicht.",
    "They said \"soon\" again.\tSie sagten wieder \"bald\".",
];

fn pairs(table: &str, languages: Option<&[Language]>) -> Vec<(String, String)> {
    let rows = read_all(TsvReader::new("t.tsv", table.as_bytes(), languages));
    let text = |row: &Record, language| row.text(language).unwrap().to_string();
    rows.iter().map(|row| (text(row, EN), text(row, DE))).collect()
}

fn pair(english: &str, german: &str) -> (String, String) {
    (english.to_string(), german.to_string())
}

#[test]
fn quotation_marks_are_kept_with_and_without_a_header() {
    let lines = QUOTED.join("\n");
    let expected: Vec<_> = QUOTED
        .iter()
        .map(|line| line.split_once('\t').map(|(english, german)| pair(english, german)).unwrap())
        .collect();
    assert_eq!(pairs(&format!("en\tde\n{lines}\n"), None), expected);
    assert_eq!(pairs(&lines, Some(&[EN, DE])), expected);
}

#[test]
fn cells_quoted_by_other_programs_are_unquoted() {
    // pandas.DataFrame({"en": [...], "de": [...]}).to_csv(sep="\t", index=False)
    let minimal = "en\tde\n\"say \"\"no\"\"\"\tNein.\n\"left\tright\"\tlinks\n\
        \"first\nsecond\"\t\"erste\n\nzweite\"\n\"\"\"Yes.\"\"\"\tJa.\n";
    let expected = [
        pair("say \"no\"", "Nein."),
        pair("left\tright", "links"),
        pair("first\nsecond", "erste\n\nzweite"),
        pair("\"Yes.\"", "Ja."),
    ];
    assert_eq!(pairs(minimal, None), expected);
    // The same with quoting=csv.QUOTE_ALL, which quotes the header, too.
    let all = "\"en\"\t\"de\"\n\"Yes.\"\t\"Ja.\"\n\"say \"\"no\"\"\"\t\"\"\n\"a\nb\"\t\"c\"\n";
    let expected = [pair("Yes.", "Ja."), pair("say \"no\"", ""), pair("a\nb", "c")];
    assert_eq!(pairs(all, None), expected);
}

#[test]
fn an_open_quotation_mark_spans_no_other_row() {
    let table =
        "en\tde\n\"open\nwind\tWind\nrain\t\"Regen\"\n\"more\nsnow\tSchnee \"weiß\nfog\tNebel\n";
    let (errors, texts) = split_errors(TsvReader::new("t", table.as_bytes(), None));
    assert_eq!(texts, ["wind", "rain", "snow", "fog"]);
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors[0].starts_with("t:2 (byte 6): 1 cells"), "{}", errors[0]);
    assert!(errors[1].starts_with("t:5 (byte 35): 1 cells"), "{}", errors[1]);
    // Nor does one in the last column, which may go on below if the lines there are no rows.
    let table = "en\tde\na\t\"b\nc\td\"\ne\t\"f\ng\"\n";
    let expected = [pair("a", "\"b"), pair("c", "d\""), pair("e", "f\ng")];
    assert_eq!(pairs(table, None), expected);
    // A row of quoted lines has its bounds.
    let table = format!("en\tde\n\"a\n{}b\"\tc\nlast\tletzte\n", "x\n".repeat(1_000));
    let (errors, texts) = split_errors(TsvReader::new("t", table.as_bytes(), None));
    assert_eq!((errors.len(), texts.len()), (1_001, 2));
}

#[test]
fn lines_that_may_open_a_quoted_row_are_read_in_linear_time() {
    let time = |rows: usize| {
        let table = format!("en\tde\n{}", "\"\"\"a\nb\nc\n".repeat(rows));
        let start = std::time::Instant::now();
        assert_eq!(TsvReader::new("t", table.as_bytes(), None).count(), 3 * rows);
        start.elapsed()
    };
    let (few, many) = (time(10_000), time(80_000));
    // A busy machine can add a few hundred milliseconds.
    let floor = std::time::Duration::from_millis(50);
    assert!(many < 40 * few.max(floor), "{few:?}, and {many:?} for 8 times as much");
}

/// A text with tabs or line breaks: with both, the lines of a quoted row can look like rows.
fn any_cell() -> impl Strategy<Value = String> {
    prop_oneof!["[\"\\t ab]{0,8}", "[\"\\n ab]{0,8}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_line_is_a_row_whatever_marks_it_has(
        lines in proptest::collection::vec(("[\" a.]{0,8}", "[\" b,]{0,8}"), 0..12),
    ) {
        let table: String = lines.iter().map(|(one, other)| format!("{one}\t{other}\n")).collect();
        let rows = read_all(TsvReader::new("t", format!("en\tde\n{table}").as_bytes(), None));
        prop_assert_eq!(rows.len(), lines.len());
        for (row, line) in rows.iter().zip(&lines) {
            let bare = |text: &str| text.replace('"', "");
            prop_assert_eq!(bare(row.text(EN).unwrap()), bare(&line.0));
            prop_assert_eq!(bare(row.text(DE).unwrap()), bare(&line.1));
        }
    }

    #[test]
    fn marks_come_back_as_they_were(texts in proptest::collection::vec(("[\" ab]{0,8}", "[\" ,c]{0,8}"), 1..6)) {
        let rows: Vec<Record> =
            texts.iter().map(|(one, other)| record(&folded(one), &folded(other))).collect();
        let mut out = TsvWriter::new(Vec::new(), &[EN, DE], Selection::units()).unwrap();
        rows.iter().for_each(|row| out.write_record(row).unwrap());
        let table = out.finish().unwrap();
        prop_assert_eq!(read_all(TsvReader::new("t", &table[..], None)), rows);
    }

    #[test]
    fn tables_of_csv_writers_come_back(
        texts in proptest::collection::vec((any_cell(), any_cell()), 1..6),
        always in any::<bool>(),
    ) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let mut out =
            csv::WriterBuilder::new().delimiter(b'\t').quote_style(style).from_writer(Vec::new());
        out.write_record(["id", "en", "de"]).unwrap();
        for (one, other) in &texts {
            out.write_record(["x", one, other]).unwrap();
        }
        let table = out.into_inner().unwrap();
        let rows = read_all(TsvReader::new("t", &table[..], None));
        let found: Vec<_> = rows
            .iter()
            .map(|row| (row.text(EN).unwrap().to_string(), row.text(DE).unwrap().to_string()))
            .collect();
        prop_assert_eq!(found, texts);
    }
}
