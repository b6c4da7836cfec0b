//! The splitter, checked against gold files in three languages and by properties
//! that hold for any text.

use bitext::split::SegmentKind;
use bitext::text::{Newlines, paragraphs};
use bitext::{Language, RuleSplitter, Splitter};
use proptest::prelude::*;

fn split(language: Language, text: &str) -> Vec<&str> {
    RuleSplitter::default().split(language, text).into_iter().map(|span| &text[span]).collect()
}

/// Runs every case of a gold file and reports all failures. The file must have
/// `min_cases` cases.
fn check_gold(language: Language, min_cases: usize, file: &str) {
    let mut failed = Vec::new();
    let mut cases = 0;
    for line in file.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
        let case = line.split('\t').next().unwrap_or_default();
        let expected: Vec<&str> = case.split('◆').map(str::trim).collect();
        let text = case.replace(" ◆ ", " ").replace("\u{a0}◆ ", "\u{a0}").replace('◆', "");
        let found = split(language, &text);
        cases += 1;
        if found != expected {
            failed.push(format!("{line}\n  found: {}", found.join(" ◆ ")));
        }
    }
    assert!(cases >= min_cases, "only {cases} cases");
    assert!(failed.is_empty(), "{} of {cases} fail:\n{}", failed.len(), failed.join("\n"));
}

/// Runs every case of a gold file with sections of several languages, as `check_gold` does.
fn check_gold_of_languages(min_cases: usize, file: &str) {
    let sections = file.split("\n[").skip(1).filter_map(|section| section.split_once("]\n"));
    let mut cases = 0;
    for (code, lines) in sections {
        check_gold(code.parse().expect("a language code"), 1, lines);
        cases += lines.lines().count();
    }
    assert!(cases >= min_cases, "only {cases} cases");
}

#[test]
fn gold_cases_of_romance_languages() {
    check_gold_of_languages(34, include_str!("data/split/romance.txt"));
}

#[test]
fn gold_cases_of_slavic_languages_and_neighbours() {
    check_gold_of_languages(40, include_str!("data/split/slavic.txt"));
}

#[test]
fn gold_cases_of_northern_languages_and_turkish() {
    check_gold_of_languages(22, include_str!("data/split/germanic.txt"));
}

#[test]
fn gold_cases_of_scripts_without_spaces() {
    check_gold_of_languages(30, include_str!("data/split/unspaced.txt"));
}

#[test]
fn gold_cases_of_scripts_without_capitals() {
    check_gold_of_languages(24, include_str!("data/split/uncased.txt"));
}

#[test]
fn english_gold_cases() {
    check_gold(Language::ENGLISH, 150, include_str!("data/split/en.txt"));
}

#[test]
fn german_gold_cases() {
    check_gold(Language::GERMAN, 150, include_str!("data/split/de.txt"));
}

#[test]
fn hard_english_gold_cases() {
    check_gold(Language::ENGLISH, 100, include_str!("data/split/en_hard.txt"));
}

#[test]
fn hard_german_gold_cases() {
    check_gold(Language::GERMAN, 100, include_str!("data/split/de_hard.txt"));
}

#[test]
fn ukrainian_gold_cases() {
    check_gold(Language::UKRAINIAN, 150, include_str!("data/split/uk.txt"));
}

#[test]
fn a_ukrainian_number_stays_with_its_item_in_a_list() {
    let text = "Як варити кашу\n1. Помийте крупу.\n2. Залийте її водою. Чекайте.\n2.1. Помішайте.";
    assert_eq!(
        split(Language::UKRAINIAN, text),
        [
            "Як варити кашу",
            "1. Помийте крупу.",
            "2. Залийте її водою.",
            "Чекайте.",
            "2.1. Помішайте."
        ]
    );
}

#[test]
fn other_languages_are_split_at_punctuation() {
    let other = |code: &str| code.parse::<Language>().expect("a valid code");
    assert_eq!(
        split(other("ja"), "雨が降る。「はい。」彼は言う！"),
        ["雨が降る。", "「はい。」", "彼は言う！"]
    );
    assert_eq!(
        split(other("fr"), "Il pleut. M. Blanc dort ? Oui !"),
        ["Il pleut.", "M. Blanc dort ?", "Oui !"]
    );
    assert_eq!(split(other("hi"), "वह आया। वह गया।"), ["वह आया।", "वह गया।"]);
    assert_eq!(split(other("ar"), "هل جاء؟ نعم."), ["هل جاء؟", "نعم."]);
    // The primary subtag decides.
    assert_eq!(split(other("en-GB"), "Mr. Hale came. He sat."), ["Mr. Hale came.", "He sat."]);
}

#[test]
fn newlines_follow_the_setting() {
    let text = "A headline\nA line. Another";
    let mut splitter = RuleSplitter::default();
    splitter.newlines = Newlines::Never;
    assert_eq!(splitter.split(Language::ENGLISH, text).len(), 2);
    splitter.newlines = Newlines::Always;
    assert_eq!(splitter.split(Language::ENGLISH, text).len(), 3);
}

#[test]
fn segments_have_the_right_kind() {
    use SegmentKind::{Boilerplate, Heading, Text};
    type Case<'a> = (Language, &'a str, &'a [(SegmentKind, &'a str)]);
    let cases: [Case<'_>; 3] = [
        (
            Language::ENGLISH,
            "Ferry to stop for a month\n\nIt is old. It leaks.\nspot_imgspot_img\n\nPopular\n\n\
             Share this post:\n\nHome | News | Sport\n\n12 comments\n\n-----\n\n\
             The town said:\n\nhttps://example.org/a",
            &[
                (Heading, "Ferry to stop for a month"),
                (Text, "It is old."),
                (Text, "It leaks."),
                (Boilerplate, "spot_imgspot_img"),
                (Boilerplate, "Popular"),
                (Boilerplate, "Share this post:"),
                (Boilerplate, "Home | News | Sport"),
                (Boilerplate, "12 comments"),
                (Boilerplate, "-----"),
                (Text, "The town said:"),
                (Boilerplate, "https://example.org/a"),
            ],
        ),
        (
            Language::UKRAINIAN,
            "Пором зупинять на місяць\n\nВін старий.\n\nПоділитися дописом:\n\nБільше подібного",
            &[
                (Heading, "Пором зупинять на місяць"),
                (Text, "Він старий."),
                (Boilerplate, "Поділитися дописом:"),
                (Boilerplate, "Більше подібного"),
            ],
        ),
        (
            Language::GERMAN,
            "Fähre hält einen Monat\n\nSie ist alt.\n\nBeitrag teilen:\n\nMehr lesen »",
            &[
                (Heading, "Fähre hält einen Monat"),
                (Text, "Sie ist alt."),
                (Boilerplate, "Beitrag teilen:"),
                (Boilerplate, "Mehr lesen »"),
            ],
        ),
    ];
    for (language, text, expected) in cases {
        let found: Vec<_> =
            RuleSplitter::default().segments(language, text).map(|s| (s.kind, s.text)).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn boilerplate_is_not_joined_to_wrapped_text() {
    let text = "The ferry that links the two banks of the river\n\
        will stop for a month from Monday, the town said\n\
        on Friday, because its engine has to be renewed\n\
        before the winter comes and the ice on the river\n\
        spot_imgspot_imgspot_imgspot_img\n\
        closes the way for it and for all of the others.";
    let found: Vec<_> =
        RuleSplitter::default().segments(Language::ENGLISH, text).map(|s| s.kind).collect();
    assert_eq!(found, [SegmentKind::Text, SegmentKind::Boilerplate, SegmentKind::Text]);
}

#[test]
fn closing_marks_may_begin_the_next_sentence() {
    let text = "“We won.” “Really?” he said. “Yes.”";
    let mut splitter = RuleSplitter::default();
    splitter.trailing_quotes = false;
    let found: Vec<_> =
        splitter.segments(Language::ENGLISH, text).map(|segment| segment.text).collect();
    assert_eq!(found, ["“We won.", "” “Really?” he said.", "“Yes.”"]);
}

/// If any step took more than linear time, these texts would take hours. The test
/// runner would then show this test as hanging.
#[test]
fn long_runs_of_marks_are_covered() {
    const REPEATS: usize = 10_000;
    for piece in [
        ".", ". ", "?", "a.", "A. ", "\"", ".\"", ". \"", "[", ".[1]", "(.", " ", "1.", ".)", "…",
        "z. ", "z.B", "a", ":) ", ". – ", "ж. Ж", "'", "\u{a0}", "[1] ", ". . ", "-", "\u{301}",
    ] {
        for end in ["", ". A", "z. B. A"] {
            let text = format!("a{}{end}", piece.repeat(REPEATS));
            for language in [Language::ENGLISH, Language::GERMAN, Language::UKRAINIAN] {
                check_coverage(language, &text);
            }
        }
    }
}

/// Checks that the sentences are in order, trimmed and not blank, and cover all
/// characters that are not white space.
fn check_coverage(language: Language, text: &str) {
    let mut end = 0;
    for span in RuleSplitter::default().split(language, text) {
        assert!(span.start >= end, "overlap");
        assert!(between_is_blank(&text[end..span.start], end), "a character is in no sentence");
        let sentence = &text[span.clone()];
        assert!(!sentence.is_empty() && sentence.trim() == sentence, "blank or not trimmed");
        end = span.end;
    }
    assert!(between_is_blank(&text[end..], end), "a character is in no sentence");
}

fn between_is_blank(gap: &str, at: usize) -> bool {
    let gap = if at == 0 { gap.strip_prefix('\u{feff}').unwrap_or(gap) } else { gap };
    gap.trim().is_empty()
}

/// Texts made of the characters and words that the rules distinguish.
fn awkward() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        ".",
        ".",
        ". ",
        "!",
        "?",
        "…",
        "。",
        " ",
        " ",
        "\u{a0}",
        "\u{202f}",
        "\n",
        "\r\n",
        "\n\n",
        "\u{2029}",
        "\"",
        "'",
        "“",
        "”",
        "„",
        "«",
        "»",
        "(",
        ")",
        "[",
        "]",
        "[3]",
        "[...]",
        "–",
        "-",
        ",",
        ":",
        ":)",
        "😀",
        "1",
        "42",
        "II",
        "a",
        "A",
        "z",
        "B",
        "Dr",
        "U.S",
        "e.g",
        "м",
        "р",
        "т. д",
        "Він",
        "The",
        "Der",
        "end",
        "кінець",
        "ß",
        "é",
        "e\u{301}",
        "\u{feff}",
        "\u{200b}",
        "№",
        "http://a.b/C",
        "a@b.C",
        "\u{85}",
        "\t",
        "٣",
        "字",
        "。”",
        "「",
        "《走！》",
        "\u{37e}",
        ";",
        "؟",
        "।",
        "เรือ ",
        "ๆ ",
        "l’art.",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn language() -> impl Strategy<Value = Language> {
    let codes = ["en", "de", "uk", "cs", "fr", "el", "zh", "ja", "th", "ar", "hi", "mt"];
    prop::sample::select(codes.map(|code| code.parse().expect("a valid code")).to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn awkward_texts_are_covered(language in language(), text in awkward()) {
        check_coverage(language, &text);
    }

    #[test]
    fn any_text_is_covered(language in language(), text in "\\PC*") {
        check_coverage(language, &text);
    }

    #[test]
    fn a_paragraph_break_always_splits(
        language in language(), first in awkward(), second in awkward(),
    ) {
        let text = format!("{first}\n\n{second}");
        let gap = first.len()..first.len() + 2;
        for span in RuleSplitter::default().split(language, &text) {
            prop_assert!(span.end <= gap.start || span.start >= gap.end);
        }
    }

    /// A sentence stays whole when it is split again at white space only.
    /// Excluded are sentences with quotation marks, brackets, dashes or newlines,
    /// because the rules for those depend on the text around the sentence. So do
    /// the rules for the number of a Ukrainian list item.
    #[test]
    fn a_plain_sentence_splits_into_itself(language in language(), text in awkward()) {
        let context = |c: char| "\u{feff}\"'“”„«»()[]–-\n\r\u{85}\u{2029}".contains(c);
        let mut splitter = RuleSplitter::default();
        splitter.missing_spaces = false;
        for segment in splitter.segments(language, &text) {
            let numbered = language == Language::UKRAINIAN
                && segment.text.starts_with(|c: char| c.is_ascii_digit());
            let plain = !segment.text.contains(context) && !numbered;
            if plain {
                let again = splitter.split(language, segment.text);
                prop_assert_eq!(again.len(), 1, "{:?} of {:?}", segment.text, text);
            }
        }
    }

    #[test]
    fn segments_are_the_spans_of_the_trait(
        language in language(), text in awkward(), spaces: bool, quotes: bool,
    ) {
        let mut splitter = RuleSplitter::default();
        splitter.missing_spaces = spaces;
        splitter.trailing_quotes = quotes;
        let spans = splitter.split(language, &text);
        let segments: Vec<_> = splitter.segments(language, &text).collect();
        prop_assert_eq!(spans.len(), segments.len());
        let mut end = 0;
        for (span, segment) in spans.into_iter().zip(segments) {
            prop_assert_eq!(&text[span.clone()], segment.text);
            prop_assert_eq!(segment.text.trim(), segment.text);
            prop_assert!(between_is_blank(&text[end..span.start], end));
            end = span.end;
        }
        prop_assert!(between_is_blank(&text[end..], end));
    }

    #[test]
    fn no_sentence_spans_two_paragraphs(language in language(), text in awkward()) {
        let paragraphs = paragraphs(&text, Newlines::Auto);
        for span in RuleSplitter::default().split(language, &text) {
            prop_assert!(paragraphs.iter().any(|p| p.start <= span.start && span.end <= p.end));
        }
    }
}

#[test]
fn text_is_split_only_at_white_space_on_request() {
    let text = "This is the very end.Next one starts here.";
    let mut splitter = RuleSplitter::default();
    splitter.missing_spaces = false;
    assert_eq!(splitter.split(Language::ENGLISH, text).len(), 1);
    assert_eq!(split(Language::ENGLISH, text).len(), 2);
}

#[test]
fn a_long_run_of_brackets_stays_one_sentence() {
    let text = "(".repeat(200_000) + &"Mr. Smith, ".repeat(20_000);
    assert_eq!(split(Language::ENGLISH, &text).len(), 1);
}
