//! Bad input of every kind: each is a typed error that says what to do, or a
//! result; none is a panic.

#[path = "../common/mod.rs"]
mod common;
mod model;
mod vectors;

use std::ops::Range;

use bitext::format::{from_json, to_json};
use bitext::text::decode;
use bitext::{
    Aligner, Article, Bitext, Error, ErrorKind, Language, RuleSplitter, Splitter, Warning,
};
use common::{ENGLISH, FRENCH, GERMAN, RUSSIAN, UKRAINIAN};

fn english(text: impl Into<String>) -> Article {
    Article::new(Language::ENGLISH, text).with_id("a.en.txt")
}

fn ukrainian(text: impl Into<String>) -> Article {
    Article::new(Language::UKRAINIAN, text).with_id("a.uk.txt")
}

fn aligner() -> Aligner {
    Aligner::new()
}

fn align(articles: impl IntoIterator<Item = Article>) -> Result<Bitext, Error> {
    aligner().align(articles)
}

/// Asserts that the message of an error is one line with all the words.
#[track_caller]
fn says(error: &Error, words: &[&str]) {
    let message = error.to_string();
    assert!(!message.contains('\n'), "{message}");
    for word in words {
        assert!(message.contains(word), "no `{word}` in: {message}");
    }
}

#[test]
fn articles_without_content_are_a_result() {
    for (en, uk) in
        [("", ""), (" \r\n\t", "\u{feff}"), ("", "Є текст. І ще один."), ("\u{200b}", "\u{ad}\n")]
    {
        let bitext = align([english(en), ukrainian(uk)]).expect("a result");
        assert!(bitext.language_pairs()[0].beads.is_empty());
        assert_eq!(bitext.units().len(), bitext.articles().iter().map(Article::len).sum::<usize>());
        assert!(bitext.units().iter().all(|unit| unit.is_null() && unit.confidence() > 0.99));
        assert!(!bitext.unrelated());
    }
    let none: [&str; 0] = [];
    let bitext = align([
        Article::from_sentences(Language::ENGLISH, none),
        Article::from_sentences(Language::GERMAN, ["", "\u{a0}", "\u{200b}"]),
    ]);
    assert_eq!(bitext.expect("a result").units().len(), 3);
}

#[test]
fn numbers_of_articles_and_languages_are_checked() {
    for count in [0, 1, 4, 50] {
        let error = align(vec![english("A text."); count]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ArticleCount);
        says(&error, &["two or three", &count.to_string()]);
    }
    for articles in
        [vec![english("A."), english("B.")], vec![english("A."), ukrainian("Б."), english("C.")]]
    {
        let error = align(articles).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DuplicateLanguage);
        says(&error, &["`en`"]);
    }
}

#[test]
fn russian_for_ukrainian_is_refused_in_a_raw_article_only() {
    let error = align([english(ENGLISH.join(" ")), ukrainian(RUSSIAN)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RussianForUkrainian);
    assert_eq!(error.article(), Some("a.uk.txt"));
    says(&error, &["a.uk.txt", "Russian", "Ukrainian", "list"]);
    let list = Article::from_sentences(Language::UKRAINIAN, [RUSSIAN]);
    assert!(
        align([english(ENGLISH.join(" ")), list])
            .expect("lists are not checked")
            .warnings()
            .iter()
            .all(|warning| !matches!(warning, Warning::OtherLanguage { .. }))
    );
    let given = [english(RUSSIAN), ukrainian(UKRAINIAN.join(" "))];
    let bitext = align(given).expect("named languages are not overruled");
    let found = Warning::OtherLanguage {
        article: "a.en.txt".to_string(),
        given: Language::ENGLISH,
        found: "Russian".to_string(),
    };
    assert!(bitext.warnings().contains(&found), "{:?}", bitext.warnings());
    assert_eq!(Article::detect(FRENCH).expect("French is detected").language(), Language::FRENCH);
    let error = Article::detect("1 2 3").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UncertainLanguage);
    says(&error, &["name it"]);
}

/// A text's bytes in windows-1251.
fn windows_1251(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        'А'..='я' => (c as u32 - 'А' as u32 + 0xC0) as u8,
        'і' => 0xB3,
        'І' => 0xB2,
        'ї' => 0xBF,
        'є' => 0xBA,
        'ґ' => 0xB4,
        c if c.is_ascii() => c as u8,
        _ => b'?',
    };
    text.chars().map(byte).collect()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[track_caller]
fn not_utf8(bytes: &[u8]) -> (u64, Option<&'static str>) {
    let error = decode("page.txt", bytes).expect_err("not UTF-8");
    assert_eq!((error.kind(), error.source_name()), (ErrorKind::NotUtf8, Some("page.txt")));
    says(&error, &["page.txt", "byte", "convert it to UTF-8"]);
    let names = ["UTF-16", "windows-1251", "windows-1252"];
    let named = |name: &&str| error.message().contains(&format!("looks like {name}:"));
    (error.byte().expect("an offset"), names.into_iter().find(named))
}

#[test]
fn bytes_that_are_not_utf8_have_a_place_and_a_hint() {
    // No UTF-8 starts as `Б` does here; `Мі` happens to be a whole character.
    let cyrillic = windows_1251(&format!("Будь ласка. {}", UKRAINIAN.join(" ")));
    assert_eq!(not_utf8(&cyrillic), (0, Some("windows-1251")));
    says(&decode("x", &cyrillic).unwrap_err(), &["windows-1251"]);
    let mut after = b"https://example.org 2024: ".to_vec();
    let start = after.len();
    after.extend(&cyrillic);
    assert_eq!(not_utf8(&after), (start as u64, Some("windows-1251")));

    for text in [ENGLISH.join(" "), GERMAN.join(" "), UKRAINIAN.join(" ")] {
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let marked = utf16(&format!("\u{feff}{text}"), bytes);
            assert_eq!(not_utf8(&marked), (0, Some("UTF-16")));
            says(&decode("x", &marked).unwrap_err(), &["UTF-16"]);
        }
    }
    let good = "Добре. ".repeat(1000);
    let cut = &good.as_bytes()[..good.len() - 3];
    assert_eq!(not_utf8(cut).0, cut.len() as u64 - 1);
    assert_eq!(not_utf8(b"\xed\xa0\x80").0, 0, "half a surrogate pair");
    assert_eq!(not_utf8(b"ab\xc0\x80").0, 2, "overlong");
}

#[test]
fn utf16_without_a_mark_is_recognised() {
    for text in [ENGLISH.join(" "), GERMAN.join(" "), UKRAINIAN.join(" ")] {
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            // All bytes of Ukrainian letters in UTF-16 are ASCII ones.
            assert_eq!(not_utf8(&utf16(&text, bytes)).1, Some("UTF-16"), "{text}");
        }
    }
}

/// A splitter that returns the given spans.
struct Spans(Vec<Range<usize>>);

impl Splitter for Spans {
    fn split(&self, _: Language, _: &str) -> Vec<Range<usize>> {
        self.0.clone()
    }
}

#[test]
fn a_splitter_that_returns_bad_spans_is_refused() {
    let text = "Дах і сад.";
    let span = |start, end| Range { start, end };
    for (spans, sentence) in [
        (vec![span(0, 99)], 0),
        (vec![span(4, 2)], 0),
        (vec![span(0, 6), span(4, 8)], 1),
        (vec![span(7, 9), span(0, 6)], 1),
        (vec![span(0, 1)], 0),
        (vec![span(0, 6), span(8, 9)], 1),
        (vec![span(0, 6), span(7, usize::MAX)], 1),
        (vec![span(usize::MAX, usize::MAX)], 0),
    ] {
        let aligner = aligner().with_splitter(Spans(spans.clone()));
        let lists = Article::from_sentences(Language::ENGLISH, ["A roof."]);
        let error = aligner.align([lists, ukrainian(text)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidSpan, "{spans:?}: {error:?}");
        assert_eq!(error.article(), Some("a.uk.txt"));
        says(&error, &["a.uk.txt", &format!("sentence {sentence}:")]);
    }
    for spans in
        [vec![], vec![span(0, 0), span(0, 0), span(6, 6)], vec![span(6, 7)], vec![span(0, 17)]]
    {
        let count = spans.len();
        let aligner = aligner().with_splitter(Spans(spans));
        let lists = Article::from_sentences(Language::ENGLISH, ["A roof."]);
        let bitext = aligner.align([lists, ukrainian(text)]).expect("a result");
        assert_eq!(bitext.article(Language::UKRAINIAN).map(Article::len), Some(count));
        let again = from_json(&to_json(&bitext, &Default::default())).expect("the schema");
        assert_eq!(again, bitext);
    }
}

/// A word that comes again and again until a text is 50 MB.
fn fifty_megabytes(piece: &str) -> String {
    piece.repeat(50_000_000 / piece.len() + 1)
}

#[test]
fn a_long_text_without_an_end_is_one_sentence() {
    let mut article = english(fifty_megabytes("word and another word "));
    article.split(&RuleSplitter::default()).expect("it splits");
    assert_eq!(article.len(), 1);
    assert_eq!(article.sentence(0), Some(article.text().trim_end()));
}

#[test]
fn a_long_text_of_many_sentences_is_too_long() {
    let mut long = english(fifty_megabytes("It rained all day in the town. "));
    long.split(&RuleSplitter::default()).expect("it splits");
    let long = Article::from_sentences(Language::ENGLISH, long.sentences());
    let many = Article::from_sentences(Language::GERMAN, vec!["Es regnete."; 100]);
    let error = align([long, many]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLong, "{error:?}");
    says(&error, &["x 100", "chapters"]);
}

#[test]
fn lines_that_are_no_bitext_are_refused() {
    let good =
        align([english(ENGLISH.join(" ")), ukrainian(UKRAINIAN.join(" "))]).expect("a result");
    let good = to_json(&good, &Default::default());
    assert!(from_json(&good).is_ok());
    let tiny = r#"{"id":null,"sentences":{"en":["A."],"de":["B."]},"units":[{"en":[0],"de":[0],"score":0.5,"confidence":0.5}],"pairs":{"en-de":[]}}"#;
    from_json(tiny).expect("the least that a bitext has");
    for (from, to) in [
        ("\"en\":[0]", "\"en\":[1]"),
        ("\"en\":[0]", "\"en\":[]"),
        ("\"en\":[0]", "\"en\":[0,1]"),
        ("\"en\":[0]", "\"en\":[0,0]"),
        ("\"en\":[0]", "\"en\":[18446744073709551615]"),
        ("\"en\":[0]", "\"en\":[18446744073709551615,0]"),
        ("\"en\":[0]", "\"en\":[-1]"),
        ("\"en\":[0]", "\"en\":0"),
        ("\"en\":[0],", ""),
        ("[\"A.\"]", "[]"),
        ("[\"A.\"]", "\"A.\""),
        ("[\"A.\"]", "[null]"),
        ("\"score\":0.5", "\"score\":null"),
        ("\"score\":0.5", "\"score\":1e39"),
        ("\"confidence\":0.5", "\"confidence\":1.5"),
        ("\"confidence\":0.5", "\"confidence\":-0.1"),
        (",\"de\":[\"B.\"]", ""),
        ("\"en-de\":[]", "\"en-de\":[{\"en\":[0],\"score\":0,\"confidence\":1}]"),
        ("\"en-de\":[]", "\"en-de\":[{\"en\":[5],\"de\":[0],\"score\":0,\"confidence\":1}]"),
        ("\"id\":null", "\"id\":1.5"),
        ("\"id\":null", "\"format_version\":2"),
        ("\"id\":null", "\"spans\":{\"en\":[]}"),
        ("\"id\":null", "\"spans\":{\"en\":[[0,3]]}"),
        ("\"id\":null", "\"spans\":{\"en\":[[2,0]]}"),
        ("\"id\":null", "\"spans\":{\"en\":[[18446744073709551613,18446744073709551615]]}"),
        ("\"id\":null", "\"spans\":{\"en\":[[0,2]]},\"gaps\":{\"en\":[]}"),
        ("\"id\":null", "\"spans\":{\"en\":[[0,2]]},\"gaps\":{\"en\":[\" \",\"\"]}"),
        ("{\"id\"", "[\"id\""),
    ] {
        let line = tiny.replacen(from, to, 1);
        assert_ne!(line, tiny, "{from}");
        let error = from_json(&line).expect_err(&line);
        assert!(
            matches!(
                error.kind(),
                ErrorKind::InvalidRecord | ErrorKind::InvalidBitext | ErrorKind::ArticleCount
            ),
            "{error:?}"
        );
        says(&error, &[]);
    }
    // Cut anywhere, it is refused.
    for end in (0..good.len()).step_by(37).filter(|&end| good.is_char_boundary(end)) {
        assert_eq!(
            from_json(&good[..end]).unwrap_err().kind(),
            ErrorKind::InvalidRecord,
            "cut at {end}"
        );
    }
    // Altered anywhere, it is refused or still a bitext that holds together.
    for at in (0..good.len()).step_by(11) {
        for byte in *b"0],{\"x" {
            let mut altered = good.clone().into_bytes();
            altered[at] = byte;
            let Ok(altered) = String::from_utf8(altered) else { continue };
            if let Ok(bitext) = from_json(&altered) {
                assert!(from_json(&to_json(&bitext, &Default::default())).is_ok(), "{altered}");
            }
        }
    }
}

#[cfg(feature = "cli")]
mod cli {
    use super::*;
    use crate::common::cli::bitext;
    use crate::common::schema::check_bitext;

    fn write(folder: &tempfile::TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("it can be written");
        path.display().to_string()
    }

    #[test]
    fn encodings_are_guessed_in_files() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let good = write(&folder, "good", ENGLISH.join(" "));
        let cyrillic = write(&folder, "cyrillic", windows_1251(&UKRAINIAN.join("\r\n")));
        let marked = write(&folder, "marked", utf16("\u{feff}Привіт", u16::to_le_bytes));
        for (path, word) in [(&cyrillic, "windows-1251"), (&marked, "UTF-16")] {
            for args in [vec!["align", "--en", &good, "--uk", path], vec!["align", &good, path]] {
                let message = bitext(&args, b"").refused(1);
                assert!(message.contains(word) && message.contains(path.as_str()), "{message}");
            }
            assert!(bitext(["split", "--lang", "uk", path], b"").refused(1).contains(word));
        }
    }

    #[test]
    fn a_long_text_is_aligned() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let path = write(&folder, "long", fifty_megabytes("word and another word "));
        let short = write(&folder, "short", GERMAN.join(" "));
        let run = bitext(["align", "--en", &path, "--de", &short], b"");
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stdout.len() < 10_000);
    }

    #[test]
    fn a_long_line_of_json_is_read() {
        let text = "It rained all day in the town. ".repeat(20_000);
        let given = serde_json::json!({"en": text, "de": GERMAN}).to_string();
        let run = bitext(["align", "--jsonl"], given.as_bytes());
        assert_eq!(run.status, 0, "{}", run.stderr);
        check_bitext(&given, run.lines()[0]);
    }
}
