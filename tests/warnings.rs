//! Warnings of a bitext: as types, as text and in JSON.

use bitext::embed::EmbedError;
use bitext::format::{Selection, from_json, to_json};
use bitext::{Aligner, Article, Embedder, Embeddings, Language, StaticEmbedder, Warning};
use ndarray::Array2;

const ENGLISH: &str = "The ferry was late again. Forty people waited on the pier in the rain.";
const UKRAINIAN: &str = "Пором знову запізнився. Сорок людей чекали на пристані під дощем.";
const FRENCH: &str = "Le bac était encore en retard. Quarante personnes attendaient sous la pluie.";
const OTHER: &str = "Ціна на пшеницю зросла. Фермери задоволені врожаєм цього року.";

fn english() -> Article {
    Article::new(Language::ENGLISH, ENGLISH)
}

fn ukrainian(text: &str) -> Article {
    Article::new(Language::UKRAINIAN, text).with_id("b")
}

fn french() -> Article {
    Article::new("fr-CA".parse().unwrap(), FRENCH).with_id("c")
}

fn not_in_model() -> Warning {
    let model = StaticEmbedder::embedded();
    Warning::LanguageNotInModel {
        article: "c".to_string(),
        language: "fr-CA".parse().unwrap(),
        model: model.fingerprint(),
        known: model.languages().to_vec(),
    }
}

#[test]
fn a_language_that_the_model_lacks_gives_a_warning_and_is_never_unrelated() {
    let aligner = Aligner::new();
    let bitext = aligner.align([english(), french()]).unwrap();
    assert_eq!(bitext.warnings(), [not_in_model()]);
    assert!(!bitext.unrelated());
    let said = bitext.warnings()[0].to_string();
    for part in ["c: ", "static-v1", "`fr-CA`", "`en`, `uk`, `de`"] {
        assert!(said.contains(part), "{said}");
    }
    let explained = aligner.explain([english(), french()]).unwrap();
    assert_eq!(explained.bitext().warnings(), [not_in_model()]);
}

#[test]
fn the_warning_about_an_unknown_language_names_the_language_once() {
    let bitext = Aligner::new().align([("en", ENGLISH), ("fr", FRENCH)]).unwrap();
    let message = bitext.warnings()[0].to_string();
    assert!(
        message.starts_with(
            "fr: the model static-v1 does not know this language, only `en`, `uk`, `de`;"
        ),
        "{message}"
    );
    let bitext = Aligner::new().align([english(), french()]).unwrap();
    let message = bitext.warnings()[0].to_string();
    assert!(
        message.starts_with("c: the model static-v1 does not know `fr-CA`, only `en`, `uk`, `de`;"),
        "{message}"
    );
}

#[test]
fn an_article_without_text_gives_one_warning() {
    let aligner = Aligner::new();
    let blank = ["", " "];
    let without_sentences = Article::from_spans(Language::FRENCH, "Menu", Vec::new()).unwrap();
    for (empty, label) in [
        (Article::new(Language::UKRAINIAN, ""), "uk"),
        (Article::new(Language::GERMAN, "\u{feff} \n\u{a0}\t\u{200b}").with_id("d"), "d"),
        // The model does not know French, but there is no text that it would have to know.
        (Article::new(Language::FRENCH, " "), "fr"),
        (without_sentences, "fr"),
        (Article::from_sentences(Language::GERMAN, blank), "de"),
        (Article::from_sentences(Language::FRENCH, [""; 0]), "fr"),
    ] {
        let language = empty.language();
        let warning = Warning::EmptyArticle { article: label.to_string(), language };
        assert_eq!(warning.to_string(), format!("{label}: has no text"));
        let explained = aligner.explain([english(), empty.clone()]).unwrap();
        assert_eq!(explained.bitext().warnings(), std::slice::from_ref(&warning));
        let bitext = aligner.align([english(), empty]).unwrap();
        assert_eq!(bitext.warnings(), [warning]);
        assert!(!bitext.unrelated());
        let line = to_json(&bitext, &Selection::default());
        assert_eq!(from_json(&line).unwrap(), bitext);
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        let details =
            serde_json::json!([{"kind": "empty_article", "article": label, "language": language}]);
        assert_eq!(json["warning_details"], details);
    }
}

#[test]
fn every_empty_article_gives_a_warning_with_vectors_too() {
    let empty = |language| Article::new(language, " ");
    let languages = [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN];
    let expected = languages
        .map(|language| Warning::EmptyArticle { article: language.code().to_string(), language });
    let vectors = || Embeddings::from_rows(Array2::zeros((0, 2))).unwrap();
    let articles = languages.map(|language| (empty(language), vectors()));
    let bitext = Aligner::new().align_vectors(articles, "none").unwrap();
    assert_eq!(bitext.warnings(), expected);
    assert_eq!(Aligner::new().align(languages.map(empty)).unwrap().warnings(), expected);
}

#[test]
fn one_sentence_is_text() {
    let german = Article::from_sentences(Language::GERMAN, ["", "."]);
    let bitext = Aligner::new().align([english(), german]).unwrap();
    let is_empty = |one: &Warning| matches!(one, Warning::EmptyArticle { .. });
    assert!(!bitext.warnings().iter().any(is_empty), "{:?}", bitext.warnings());
}

#[test]
fn known_languages_can_be_unrelated_if_another_is_unknown() {
    let aligner = Aligner::new();
    let related = aligner.align([english(), ukrainian(UKRAINIAN), french()]).unwrap();
    assert_eq!(related.warnings(), [not_in_model()]);
    assert!(!related.unrelated());
    let unrelated = aligner.align([english(), ukrainian(OTHER), french()]).unwrap();
    let says = |article: &str| Warning::Unrelated { article: article.to_string() };
    assert_eq!(unrelated.warnings(), [not_in_model(), says("en"), says("b")]);
    assert!(unrelated.unrelated());
}

#[test]
fn regions_of_a_known_language_are_known() {
    let american = Article::new("en-US".parse().unwrap(), ENGLISH);
    let bitext = Aligner::new().align([american, ukrainian(UKRAINIAN)]).unwrap();
    assert_eq!(bitext.warnings(), []);
}

/// An embedder that does not name its languages.
struct Silent(StaticEmbedder);

impl Embedder for Silent {
    fn dimension(&self) -> usize {
        self.0.dimension()
    }
    fn fingerprint(&self) -> String {
        "silent".to_string()
    }
    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        self.0.embed(language, texts)
    }
}

#[test]
fn a_model_without_a_language_list_gives_no_warning() {
    let silent = Silent(StaticEmbedder::embedded());
    assert!(silent.languages().is_none());
    let bitext = Aligner::with_embedder(silent).align([english(), ukrainian(OTHER)]).unwrap();
    assert!(bitext.unrelated());
    assert!(bitext.warnings().iter().all(|one| matches!(one, Warning::Unrelated { .. })));
}

#[test]
fn warnings_are_read_back_from_json() {
    let given = Article::new(Language::GERMAN, ENGLISH).with_id("d");
    let bitext = Aligner::new().align([given, ukrainian(OTHER), french()]).unwrap();
    assert_eq!(bitext.warnings().len(), 4, "{:?}", bitext.warnings());
    let line = to_json(&bitext, &Selection::default());
    assert_eq!(from_json(&line).unwrap(), bitext);
    let json: serde_json::Value = serde_json::from_str(&line).unwrap();
    let messages: Vec<String> = bitext.warnings().iter().map(Warning::to_string).collect();
    assert_eq!(json["warnings"], serde_json::json!(messages));
    assert_eq!(json["warning_details"][0]["kind"], "other_language");
    assert_eq!(json["warning_details"][1]["known"], serde_json::json!(["en", "uk", "de"]));

    // Lines of older and newer versions keep their warnings.
    let older = line.replace("\"warning_details\":", "\"something\":");
    let newer = line.replace("\"kind\":\"unrelated\"", "\"kind\":\"unheard_of\"");
    for (line, others) in [(older, 4), (newer, 2)] {
        let read = from_json(&line).unwrap();
        assert_eq!(read.warnings().iter().map(Warning::to_string).collect::<Vec<_>>(), messages);
        let other = |one: &&Warning| matches!(one, Warning::Other { .. });
        assert_eq!(read.warnings().iter().filter(other).count(), others);
    }
}
