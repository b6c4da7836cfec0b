//! What the aligner may cost for input that is hard to align: lists with large elements, and
//! lines that repeat. The measure is what the same amount of ordinary text costs.

use std::time::{Duration, Instant};

use allocation_counter::{AllocationInfo, measure};
use bitext::align::AlignConfig;
use bitext::ndarray::Array2;
use bitext::{Aligner, Article, Bitext, Embeddings, Language};

const LANGUAGES: [Language; 3] = [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN];

/// The most that hard input may cost, as a multiple of ordinary text of the same size.
const MOST: u64 = 3;

const WORDS: [[&str; 3]; 12] = [
    ["river", "річка", "Fluss"],
    ["market", "ринок", "Markt"],
    ["museum", "музей", "Museum"],
    ["harvest", "врожай", "Ernte"],
    ["library", "бібліотека", "Bibliothek"],
    ["mayor", "мер", "Bürgermeister"],
    ["forest", "ліс", "Wald"],
    ["school", "школа", "Schule"],
    ["winter", "зима", "Winter"],
    ["lamp", "лампа", "Lampe"],
    ["garden", "сад", "Garten"],
    ["ship", "корабель", "Schiff"],
];

/// The sentence of a number in a language: others for other numbers.
fn sentence(language: usize, number: usize) -> String {
    let word = |at: usize| WORDS[at % WORDS.len()][language];
    let (one, two) = (word(number * 7), word(number * 5 + number / 12));
    let (three, year) = (word(number * 11 + number / 144), 100 + number);
    match language {
        0 => format!("The {one} beside the {two} had {year} visitors and a {three}."),
        1 => format!("Об’єкт «{one}» біля «{two}» мав {year} відвідувачів і «{three}»."),
        _ => format!("Das Haus {one} neben {two} hatte {year} Besucher und {three}."),
    }
}

/// Which sentence stands at a place of a text.
type Pattern = fn(place: usize, length: usize) -> usize;

const DISTINCT: Pattern = |place, _| place;

/// Texts that repeat, by name.
const REPEATING: [(&str, Pattern); 4] = [
    ("equal lines", |_, _| 0),
    ("two lines by turns", |place, _| place % 2),
    ("seven lines by turns", |place, _| place % 7),
    ("a block of equal lines in distinct text", |place, length| match place {
        place if (length / 3..length * 2 / 3).contains(&place) => length / 3,
        place => place,
    }),
];

fn sentences(language: usize, length: usize, pattern: Pattern) -> Vec<String> {
    (0..length).map(|place| sentence(language, pattern(place, length))).collect()
}

/// Articles as lists of sentences, each shorter than the one before.
fn lists(languages: usize, length: usize, pattern: Pattern) -> Vec<Article> {
    let list = |language: usize| {
        let length = length - language * length / 8;
        Article::from_sentences(LANGUAGES[language], sentences(language, length, pattern))
    };
    (0..languages).map(list).collect()
}

/// An aligner that searches all but short articles in a band.
fn banded() -> Aligner {
    let mut config = AlignConfig::default();
    config.exact_cells = 0;
    Aligner::new().with_config(config).unwrap()
}

/// What an alignment allocates: a number that grows with the nodes that are looked at, whatever
/// else the machine does.
fn allocated(align: impl FnOnce() -> Bitext) -> AllocationInfo {
    measure(|| drop(align()))
}

fn check(name: &str, hard: AllocationInfo, usual: AllocationInfo) {
    let report = format!("{name}: {hard:?} for {usual:?}");
    assert!(hard.bytes_total <= MOST * usual.bytes_total, "{report}");
    assert!(hard.bytes_max <= MOST * usual.bytes_max, "{report}");
}

#[test]
fn repeating_lines_cost_no_more_than_three_times_what_distinct_ones_do() {
    let exact = Aligner::new();
    let banded = banded();
    for (aligner, languages, length) in
        [(&exact, 2, 250), (&exact, 3, 250), (&banded, 2, 1200), (&banded, 3, 800)]
    {
        let cost = |pattern| {
            let articles = lists(languages, length, pattern);
            allocated(|| aligner.align(articles).unwrap())
        };
        let usual = cost(DISTINCT);
        for (name, pattern) in REPEATING {
            check(&format!("{name}, {length} in {languages} languages"), cost(pattern), usual);
        }
    }
}

#[test]
fn equal_vectors_cost_no_more_than_three_times_what_distinct_ones_do() {
    let aligner = banded();
    let cost = |pattern: Pattern| {
        let length = 600;
        let value = |at: usize, column: usize| ((at * 31 + column * 17) % 101) as f32 - 50.0;
        let vectors = |length: usize| {
            let row = |(place, column)| value(pattern(place, length), column);
            Embeddings::from_rows(Array2::from_shape_fn((length, 24), row)).unwrap()
        };
        let articles = lists(2, length, pattern);
        let articles: Vec<(Article, Embeddings)> = articles
            .into_iter()
            .map(|article| {
                let vectors = vectors(article.len());
                (article, vectors)
            })
            .collect();
        allocated(|| aligner.align_vectors(articles, "by formula").unwrap())
    };
    let usual = cost(DISTINCT);
    for (name, pattern) in REPEATING {
        check(name, cost(pattern), usual);
    }
}

/// Articles of whose languages some have all sentences in elements of a size.
fn elements(length: usize, sizes: [Option<usize>; 2], pattern: Pattern) -> Vec<Article> {
    let article = |(language, size): (usize, Option<usize>)| {
        let sentences = sentences(language, length, pattern);
        match size {
            Some(size) => {
                let elements = sentences.chunks(size).map(|all| all.join(" "));
                Article::from_sentences(LANGUAGES[language], elements.collect::<Vec<_>>())
            }
            None => Article::new(LANGUAGES[language], sentences.join(" ")),
        }
    };
    sizes.into_iter().enumerate().map(article).collect()
}

/// The least time of some runs: what else the machine does only adds to it.
fn least_time(aligner: &Aligner, articles: &[Article]) -> Duration {
    let time = |_| {
        let articles = articles.to_vec();
        let start = Instant::now();
        let bitext = aligner.align(articles).unwrap();
        let time = start.elapsed();
        assert!(!bitext.units().is_empty());
        time
    };
    (0..3).map(time).min().unwrap_or_default()
}

#[test]
fn elements_of_many_sentences_cost_no_more_than_raw_text() {
    let aligner = Aligner::new();
    let length = 240;
    let all = Some(length);
    for pattern in [DISTINCT, REPEATING[0].1] {
        let raw = least_time(&aligner, &elements(length, [None, None], pattern));
        for sizes in [[all, all], [all, None], [all, Some(1)], [Some(40), Some(3)], [Some(12); 2]] {
            let time = least_time(&aligner, &elements(length, sizes, pattern));
            // Was 20 to 60 times as long when every two beads of a group were compared.
            assert!(time < 4 * raw, "{sizes:?}: {time:?} for {raw:?}");
        }
    }
}

#[test]
fn an_article_given_as_one_element_is_one_unit_as_sure_as_its_sentences() {
    let bitext = Aligner::new().align(elements(60, [Some(60); 2], DISTINCT)).unwrap();
    assert_eq!(bitext.units().len(), 1);
    assert_eq!(bitext.units()[0].shape(), "1-1");
    assert!(bitext.units()[0].confidence() > 0.9, "{:?}", bitext.units());
}
