//! Time to align two articles on one thread.
//!
//! `align` measures `align_pair` with given vectors, including posteriors. `worst` measures `Aligner::align` for
//! articles that are hard to align, and for usual articles of the same size.

mod made_up;

use bitext::align::{AlignConfig, Side, align_pair};
use bitext::{Aligner, Article, Embedder, Language, RuleSplitter, Splitter, StaticEmbedder};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

/// Two sides of about `n` sentences: made-up English, and the same text without every tenth sentence and with
/// an insertion of `n / 10` other sentences in the middle.
fn sides(n: usize) -> (Side, Side) {
    let model = StaticEmbedder::embedded();
    let text = made_up::text(Language::ENGLISH, n * 1000);
    let spans = RuleSplitter::default().split(Language::ENGLISH, &text);
    let all: Vec<&str> = spans.into_iter().map(|span| &text[span]).collect();
    let (own, others) = all[..2 * n].split_at(n);
    let mut other: Vec<&str> =
        own.iter().enumerate().filter(|(at, _)| at % 10 != 3).map(|(_, text)| *text).collect();
    other.splice(n / 2..n / 2, others[..n / 10].iter().copied());
    let side = |sentences: &[&str]| {
        let vectors = model.embed_spans(Language::ENGLISH, sentences).expect("vectors");
        let lengths = sentences.iter().map(|text| text.chars().count() as f32).collect();
        Side::new(vectors, lengths).expect("a side")
    };
    (side(own), side(&other[..n.min(other.len())]))
}

fn align(c: &mut Criterion) {
    let mut group = c.benchmark_group("align");
    group.sample_size(10);
    for n in [15, 1000, 3000] {
        let (source, target) = sides(n);
        let config = AlignConfig::default();
        group.bench_function(BenchmarkId::from_parameter(format!("{n}x{n}")), |b| {
            b.iter(|| align_pair(&source, &target, &config))
        });
    }
    group.finish();
}

/// The worst known cases, and usual text of the same size. `tests/align_bounds.rs` limits the ratio of their
/// times to three.
fn worst(c: &mut Criterion) {
    let aligner = Aligner::new();
    let text = made_up::text(Language::ENGLISH, 4_000_000);
    let spans = RuleSplitter::default().split(Language::ENGLISH, &text);
    let sentences: Vec<&str> = spans.into_iter().map(|span| &text[span]).collect();
    let list = |language, lines: &[&str]| Article::from_sentences(language, lines);
    let one = |language, lines: &[&str]| Article::from_sentences(language, [lines.join(" ")]);
    let raw = |language, lines: &[&str]| Article::new(language, lines.join(" "));
    type MakeArticle<'m> = &'m dyn Fn(Language, &[&str]) -> Article;
    let equal = vec![sentences[0]; 8000];
    let alternating: Vec<&str> = (0..8000).map(|at| sentences[at % 2]).collect();
    let mut block = sentences[..8000].to_vec();
    block[3000..5000].fill(sentences[0]);
    let cases: [(&str, MakeArticle<'_>, &[&str]); 7] = [
        ("usual, 400 sentences", &raw, &sentences[..400]),
        ("one segment of 400 sentences", &one, &sentences[..400]),
        ("one segment of 400 equal sentences", &one, &equal[..400]),
        ("usual, 8000 lines", &list, &sentences[..8000]),
        ("8000 equal lines", &list, &equal),
        ("8000 lines, two alternating", &list, &alternating),
        ("8000 lines with a block of equal ones", &list, &block),
    ];
    let mut group = c.benchmark_group("worst");
    group.sample_size(10);
    for (name, make, lines) in cases {
        // The sides differ in length, so that equal lines have no path that is better than the others.
        let shorter = &lines[..lines.len() * 7 / 8];
        let articles = [make(Language::ENGLISH, lines), make(Language::GERMAN, shorter)];
        group.bench_function(name, |b| b.iter(|| aligner.align(articles.clone())));
    }
    group.finish();
}

criterion_group!(benches, align, worst);
criterion_main!(benches);
