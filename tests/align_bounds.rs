//! Bounds on the memory and the time for input that is hard to align: large segments and repeated
//! lines. The measure is the cost of ordinary text of the same size.
//!
//! This is a separate test program, because it counts allocations.

use std::time::{Duration, Instant};

use allocation_counter::{AllocationInfo, measure};
use bitext::align::AlignConfig;
use bitext::ndarray::Array2;
use bitext::{Aligner, Article, Bitext, Embeddings, Language};

const LANGUAGES: [Language; 3] = [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN];

/// The highest number of allocated bytes for hard input, as a multiple of that for ordinary text of
/// the same size.
const MAX_ALLOCATION_RATIO: u64 = 3;

/// The longest time for text in segments, as a multiple of the time for raw text. Comparing all
/// pairs of beads of a group took 20 to 60 times as long.
const MAX_TIME_RATIO: u32 = 4;

/// The number of comparisons of times, of which one must keep the bound.
const RUNS: usize = 4;

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

/// The sentence with a number in a language. Sentences with different numbers differ.
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

/// The number of the sentence at a place of a text.
type Pattern = fn(place: usize, length: usize) -> usize;

const DISTINCT: Pattern = |place, _| place;

/// Repetitive texts, by name.
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

/// Articles as lists of sentences, each shorter than the article before.
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

/// The allocations of an alignment. They grow with the number of searched nodes and do not depend on
/// other programs.
fn allocated(align: impl FnOnce() -> Bitext) -> AllocationInfo {
    measure(|| drop(align()))
}

fn check(name: &str, hard: AllocationInfo, ordinary: AllocationInfo) {
    let report = format!("{name}: {hard:?} for {ordinary:?}");
    assert!(hard.bytes_total <= MAX_ALLOCATION_RATIO * ordinary.bytes_total, "{report}");
    assert!(hard.bytes_max <= MAX_ALLOCATION_RATIO * ordinary.bytes_max, "{report}");
}

#[test]
fn repetitive_lines_allocate_a_bounded_multiple_of_distinct_lines() {
    let exact = Aligner::new();
    let banded = banded();
    for (aligner, languages, length) in
        [(&exact, 2, 250), (&exact, 3, 250), (&banded, 2, 1200), (&banded, 3, 800)]
    {
        let cost = |pattern| {
            let articles = lists(languages, length, pattern);
            allocated(|| aligner.align(articles).unwrap())
        };
        let ordinary = cost(DISTINCT);
        for (name, pattern) in REPEATING {
            check(&format!("{name}, {length} in {languages} languages"), cost(pattern), ordinary);
        }
    }
}

#[test]
fn repetitive_vectors_allocate_a_bounded_multiple_of_distinct_vectors() {
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
    let ordinary = cost(DISTINCT);
    for (name, pattern) in REPEATING {
        check(name, cost(pattern), ordinary);
    }
}

/// Articles by language: as segments of this number of sentences, or as raw text.
fn segmented(length: usize, sizes: [Option<usize>; 2], pattern: Pattern) -> Vec<Article> {
    let article = |(language, size): (usize, Option<usize>)| {
        let sentences = sentences(language, length, pattern);
        match size {
            Some(size) => {
                let segments = sentences.chunks(size).map(|all| all.join(" "));
                Article::from_sentences(LANGUAGES[language], segments.collect::<Vec<_>>())
            }
            None => Article::new(LANGUAGES[language], sentences.join(" ")),
        }
    };
    sizes.into_iter().enumerate().map(article).collect()
}

/// The shortest time of several runs, which other programs lengthen least.
fn shortest_time(aligner: &Aligner, articles: &[Article]) -> Duration {
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
fn segments_of_many_sentences_take_a_bounded_multiple_of_the_time_for_raw_text() {
    let aligner = Aligner::new();
    let length = 240;
    let all = Some(length);
    for pattern in [DISTINCT, REPEATING[0].1] {
        let raw = segmented(length, [None, None], pattern);
        for sizes in [[all, all], [all, None], [all, Some(1)], [Some(40), Some(3)], [Some(12); 2]] {
            let segments = segmented(length, sizes, pattern);
            // Other programs may lengthen one measurement, hardly all. Slow code is slow each time.
            let is_bounded = (0..RUNS).any(|_| {
                let (time, raw) =
                    (shortest_time(&aligner, &segments), shortest_time(&aligner, &raw));
                time < MAX_TIME_RATIO * raw
            });
            assert!(is_bounded, "{sizes:?}: over {MAX_TIME_RATIO} times as long in {RUNS} runs");
        }
    }
}

#[test]
fn articles_of_one_segment_form_one_unit_with_a_high_confidence() {
    let bitext = Aligner::new().align(segmented(60, [Some(60); 2], DISTINCT)).unwrap();
    assert_eq!(bitext.units().len(), 1);
    assert_eq!(bitext.units()[0].shape(), "1-1");
    assert!(bitext.units()[0].confidence() > 0.9, "{:?}", bitext.units());
}
