//! Segments given by the caller that contain several sentences.

use bitext::align::AlignConfig;
use bitext::{Aligner, Article, Bitext, Language};

const ENGLISH: [&str; 2] =
    ["The harbour was closed on Monday. The price of wheat rose.", "Volunteers planted oak trees."];
const GERMAN: [&str; 2] =
    ["Der Hafen war am Montag gesperrt.", "Der Weizenpreis stieg. Freiwillige pflanzten Eichen."];

fn align(aligner: &Aligner) -> Bitext {
    let articles = [
        Article::from_sentences(Language::ENGLISH, ENGLISH),
        Article::from_sentences(Language::GERMAN, GERMAN),
    ];
    aligner.align(articles).unwrap()
}

#[test]
fn segments_whose_sentences_are_linked_form_one_unit() {
    let bitext = align(&Aligner::new());
    assert_eq!(bitext.units().len(), 1);
    assert_eq!(bitext.units()[0].shape(), "2-2");
}

#[test]
fn segments_form_the_same_units_in_a_banded_search() {
    let mut config = AlignConfig::default();
    config.exact_cells = 1;
    let exact = align(&Aligner::new());
    let banded = align(&Aligner::new().with_config(config).unwrap());
    assert_eq!(banded.units(), exact.units());
}
