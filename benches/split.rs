//! Bytes of text that the splitter processes per second on one thread.

mod made_up;

use bitext::{Language, RuleSplitter, Splitter};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn split(c: &mut Criterion) {
    let mut group = c.benchmark_group("split");
    for language in [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN] {
        let text = made_up::text(language, 1 << 20);
        group.throughput(Throughput::Bytes(text.len() as u64));
        let splitter = RuleSplitter::default();
        group.bench_function(language.code(), |b| b.iter(|| splitter.split(language, &text)));
    }
    group.finish();
}

criterion_group!(benches, split);
criterion_main!(benches);
