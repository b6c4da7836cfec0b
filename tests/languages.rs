//! Languages beyond English, Ukrainian and German: the sample texts of `examples/languages` are split and
//! aligned, with vectors that say which sentence is which.

use bitext::ndarray::Array2;
use bitext::{Aligner, Article, Embeddings, ErrorKind, Language, RuleSplitter, Warning};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/languages");
const CODES: [&str; 13] =
    ["en", "uk", "de", "fr", "es", "it", "pl", "cs", "nl", "ro", "zh", "ar", "he"];
/// A headline and eight sentences.
const SENTENCES: usize = 9;

fn language(code: &str) -> Language {
    code.parse().expect("a code")
}

fn text(code: &str) -> String {
    std::fs::read_to_string(format!("{FOLDER}/ferry.{code}.txt")).expect("a sample")
}

fn article(code: &str) -> Article {
    let mut article = Article::new(language(code), text(code)).with_id(code);
    article.split(&RuleSplitter::default()).expect("any text can be split");
    article
}

/// One direction for each sentence, and a little of the next one's.
fn vectors(sentences: usize) -> Embeddings {
    let value = |(row, column): (usize, usize)| match column.checked_sub(row) {
        Some(0) => 1.0,
        Some(1) => 0.2,
        _ => 0.02,
    };
    Embeddings::from_rows(Array2::from_shape_fn((sentences, 16), value)).expect("finite")
}

#[test]
fn samples_are_split_into_the_same_sentences() {
    for code in CODES {
        let article = article(code);
        let sentences: Vec<&str> = article.sentences().collect();
        assert_eq!(sentences.len(), SENTENCES, "{code}: {sentences:#?}");
        assert!(sentences[3].contains("245") && sentences[6].contains('7'), "{code}");
        assert!(sentences[8].contains("50"), "{code}");
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        let kept: usize = sentences.iter().map(|sentence| letters(sentence)).sum();
        assert_eq!(kept, letters(article.text()), "{code}: nothing is lost");
    }
}

#[test]
fn every_pair_of_samples_is_aligned_in_any_order() {
    let aligner = Aligner::new();
    for (at, one) in CODES.iter().enumerate() {
        for other in &CODES[at + 1..] {
            let of = |code: &str| (article(code), vectors(SENTENCES));
            let bitext = aligner.align_vectors([of(one), of(other)], "by hand").unwrap();
            let beads = bitext.beads(language(one), language(other));
            assert_eq!(beads.len(), SENTENCES, "{one} {other}");
            assert!(beads.iter().all(|bead| bead.shape() == "1-1"), "{one} {other}");
            let reversed = aligner.align_vectors([of(other), of(one)], "by hand").unwrap();
            assert_eq!(bitext, reversed);
        }
    }
}

#[test]
fn three_of_ten_languages_are_aligned_together_but_not_four() {
    let of = |code: &&str| (article(code), vectors(SENTENCES));
    let aligner = Aligner::new();
    let bitext = aligner.align_vectors(["fr", "zh", "ar"].iter().map(of), "by hand").unwrap();
    let codes: Vec<String> = bitext.languages().map(|language| language.to_string()).collect();
    assert_eq!(codes, ["ar", "fr", "zh"]);
    assert_eq!(bitext.units().len(), SENTENCES);
    let error = aligner.align_vectors(["fr", "zh", "ar", "he"].iter().map(of), "by hand");
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ArticleCount);
    assert!(error.to_string().contains("two or three at a time"), "{error}");
}

#[test]
fn the_languages_of_samples_are_detected() {
    for code in CODES {
        let article = Article::detect(text(code)).expect(code);
        assert_eq!(article.language(), language(code));
    }
}

#[test]
fn whatever_has_no_rules_says_so_once() {
    let given = Article::new(language("mt"), "Il-lanċa telqet. Ħadd ma xejjer.");
    let english = Article::new(Language::ENGLISH, "The ferry left. Nobody waved.");
    let bitext = Aligner::new()
        .align_vectors([(given, vectors(2)), (english, vectors(2))], "by hand")
        .unwrap();
    let expected =
        Warning::NoSplittingRules { article: "mt".to_string(), language: language("mt") };
    let found: Vec<&Warning> = (bitext.warnings().iter())
        .filter(|warning| matches!(warning, Warning::NoSplittingRules { .. }))
        .collect();
    assert_eq!(found, [&expected]);
    assert!(expected.to_string().contains("`mt`"), "{expected}");
}

#[test]
fn a_text_in_another_script_or_language_is_a_warning() {
    let warning = |code: &str, text: String| {
        let given = Article::new(language(code), text);
        let english = article("en");
        let mut split = given.clone();
        split.split(&RuleSplitter::default()).unwrap();
        let sides = [(given, vectors(split.len())), (english, vectors(SENTENCES))];
        Aligner::new().align_vectors(sides, "by hand").unwrap().warnings().to_vec()
    };
    let ours =
        |one: &Warning| matches!(one, Warning::OtherScript { .. } | Warning::OtherLanguage { .. });
    let of_script = warning("ar", text("he"));
    assert!(of_script.iter().any(|one| matches!(one, Warning::OtherScript { .. })));
    let of_language = warning("fr", text("it"));
    let italian =
        |one: &Warning| matches!(one, Warning::OtherLanguage { found, .. } if found == "Italian");
    assert!(of_language.iter().any(italian), "{of_language:?}");
    for code in &CODES[3..] {
        assert!(!warning(code, text(code)).iter().any(ours), "{code}");
    }
    // Close languages are not told apart.
    assert!(!warning("sk", text("cs")).iter().any(ours));
}
