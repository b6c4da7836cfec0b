//! The readers of training sets never panic. Rows survive writing and reading in each format.
//!
//! How to run it: `fuzz/README.md`.
#![no_main]

use bitext::Language;
use bitext::evaluate::AlignmentFile;
use bitext::format::{
    HfJsonlReader, HfJsonlWriter, MosesReader, MosesWriter, Record, Selection, TmxReader,
    TmxWriter, TsvReader, TsvWriter,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (choice, bytes) = input;
    let languages = [Language::ENGLISH, Language::GERMAN];
    let rows: Vec<Record> = match choice % 7 {
        0 => HfJsonlReader::new("f", bytes).flatten().collect(),
        1 => TsvReader::new("f", bytes, None).flatten().collect(),
        2 => TsvReader::new("f", bytes, Some(&languages)).flatten().collect(),
        3 => TmxReader::new("f", bytes).flatten().collect(),
        4 => {
            let (one, other) = bytes.split_at(bytes.len() / 2);
            let files = [("f", languages[0], one), ("g", languages[1], other)];
            MosesReader::new(files).into_iter().flatten().flatten().collect()
        }
        _ => {
            let Ok(text) = std::str::from_utf8(bytes) else { return };
            let parse = if choice % 7 == 5 {
                AlignmentFile::parse_vecalign
            } else {
                AlignmentFile::parse_ladder
            };
            if let Ok(document) = parse("f", text) {
                let (n, m) = document.sizes();
                assert!(document.alignment(n, m).is_ok());
            }
            return;
        }
    };
    for row in &rows {
        check_round_trip(row);
    }
});

/// JSONL keeps a row unchanged, TMX the number of its texts. Line-aligned text and tables keep the texts with
/// folded white space.
fn check_round_trip(row: &Record) {
    let languages: Vec<Language> = row.texts().iter().map(|(language, _)| *language).collect();
    let mut lines = HfJsonlWriter::new(Vec::new(), &languages);
    lines.write(row).expect("it fits");
    let lines = lines.finish().expect("memory");
    let found: Vec<Record> = HfJsonlReader::new("f", &lines[..]).flatten().collect();
    assert_eq!(found, std::slice::from_ref(row));

    let mut memory = TmxWriter::new(Vec::new(), languages[0], Selection::units()).expect("memory");
    memory.write_record(row).expect("it fits");
    let memory = memory.finish().expect("memory");
    // If the languages are given, all variants of a language are read.
    let reader = TmxReader::new("f", &memory[..]).with_languages(&languages);
    let found: Vec<Record> = reader.map(|row| row.expect("ours")).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].texts().len(), row.texts().len());

    let folded = |text: &str| {
        let blank = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
        text.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let expected: Vec<(Language, String)> =
        row.texts().iter().map(|(of, text)| (*of, folded(text))).collect();
    let mut table = TsvWriter::new(Vec::new(), &languages, Selection::units()).expect("memory");
    table.write_record(row).expect("it fits");
    let table = table.finish().expect("memory");
    let kept = expected.iter().filter(|(_, text)| expected.len() == 2 || !text.is_empty()).cloned();
    if let kept @ [_, _, ..] = &kept.collect::<Vec<_>>()[..] {
        let found: Vec<Record> =
            TsvReader::new("f", &table[..], None).map(|row| row.expect("ours")).collect();
        assert_eq!((found.len(), found[0].texts()), (1, kept));
        assert_eq!((found[0].score, found[0].confidence), (row.score, row.confidence));
    }

    let mut files = MosesWriter::new(languages.iter().map(|&language| (language, Vec::new())));
    files.write(row).expect("it fits");
    let files = files.finish().expect("memory");
    let files = languages.iter().zip(&files).map(|(&language, file)| ("f", language, &file[..]));
    let found: Vec<Record> =
        MosesReader::new(files).expect("languages").map(|row| row.expect("ours")).collect();
    assert_eq!(found.len(), 1);
    for ((language, text), (of, found)) in expected.iter().zip(found[0].texts()) {
        let mark = |c: char| c == '\u{feff}' || c == ' ';
        assert_eq!((language, text.trim_start_matches(mark)), (of, found.trim_start_matches(mark)));
    }
}
