//! The first steps of a program: rows of texts, and ids that are kept in the output.

use bitext::format::{Selection, TsvWriter, to_json};
use bitext::{Aligner, Article, Bitext, Id, Language};

const ENGLISH: &str = "The library\nreopens on Monday. It was closed for a year. Share this post:";
const UKRAINIAN: &str = "Бібліотека знову відкриється в понеділок. Вона була зачинена рік.";
const GERMAN: &str = "Die Bibliothek öffnet am Montag wieder. Sie war ein Jahr lang geschlossen.";

fn align(ids: [Option<&str>; 3]) -> Bitext {
    let texts = [
        (Language::ENGLISH, ENGLISH),
        (Language::UKRAINIAN, UKRAINIAN),
        (Language::GERMAN, GERMAN),
    ];
    let article = |((language, text), id): ((Language, &str), Option<&str>)| {
        let article = Article::new(language, text);
        id.map_or(article.clone(), |id| article.with_id(id))
    };
    Aligner::new().align(texts.into_iter().zip(ids).map(article)).unwrap()
}

#[test]
fn rows_have_the_texts_of_all_languages_and_no_null() {
    let bitext = align([None; 3]);
    assert_eq!(bitext.units().len(), 3, "the line of the site is a null unit");
    let rows: Vec<Vec<String>> = bitext
        .rows()
        .map(|row| row.texts().map(|(language, text)| format!("{language}: {text}")).collect())
        .collect();
    assert_eq!(rows[0][0], "en: The library reopens on Monday.");
    assert_eq!(rows[1][2], "de: Sie war ein Jahr lang geschlossen.");
    assert!(rows.len() == 2 && rows.iter().all(|texts| texts.len() == 3), "{rows:?}");
}

#[test]
fn an_id_that_all_articles_share_becomes_the_id_of_the_bitext_and_its_outputs() {
    let bitext = align([Some("news/7"); 3]);
    assert_eq!(bitext.id(), Some(&Id::from("news/7")));
    let json = to_json(&bitext, &Selection::units());
    assert!(json.starts_with("{\"id\":\"news/7\","), "{json}");
    let languages: Vec<Language> = bitext.languages().collect();
    let mut table = TsvWriter::new(Vec::new(), &languages, Selection::units()).unwrap();
    table.write(&bitext).unwrap();
    let table = String::from_utf8(table.finish().unwrap()).unwrap();
    assert!(table.lines().skip(1).all(|row| row.starts_with("news/7\t")), "{table}");
    for ids in [[None; 3], [Some("a"), Some("a"), None], [Some("a"), Some("a"), Some("b")]] {
        assert_eq!(align(ids).id(), None, "{ids:?}");
    }
    assert_eq!(align([Some("a"); 3]).with_id(7).id(), Some(&Id::from(7)));
}
