//! Time to judge a pair of texts, and to make its keys, whose texts are the worst for one of the
//! filters: 1 MB and 2 MB a side, which must take twice as long.

#[path = "../tests/common/worst_cases.rs"]
mod worst_cases;

use std::hint::black_box;

use bitext::corpus::filter::{CandidatePair, DedupConfig, FilterConfig};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Bytes of a side.
const SIZES: [usize; 2] = [1 << 20, 2 << 20];

fn filter(c: &mut Criterion) {
    let config = FilterConfig::default();
    let dedup = DedupConfig::default();
    for case in worst_cases::all() {
        let mut group = c.benchmark_group(format!("{}: {}", case.reason, case.name));
        group.sample_size(10);
        for bytes in SIZES {
            let [one, other] = case.texts(bytes);
            group.throughput(Throughput::Bytes((one.len() + other.len()) as u64));
            let pair = CandidatePair::new((case.language, &one), (case.language, &other));
            group.bench_function(format!("{} MB", bytes >> 20), |b| {
                b.iter(|| {
                    let texts = [(case.language, one.as_str()), (case.language, other.as_str())];
                    black_box((config.judge(black_box(&pair)), dedup.keys(&texts)))
                })
            });
        }
        group.finish();
    }
}

criterion_group!(benches, filter);
criterion_main!(benches);
