//! The time of every filter is linear in the length of the texts, whatever they are.

#[path = "common/worst_cases.rs"]
mod worst_cases;

use std::time::{Duration, Instant};

use bitext::corpus::filter::{CandidatePair, DedupConfig, FilterConfig, Reason};
use worst_cases::WorstCase;

/// Bytes of a side of the short texts.
const SHORT: usize = 8 << 10;
/// How many times as long the long texts are.
const TIMES: usize = 8;
/// How many times as long they may take: linear time is 8 times, quadratic time 64.
const MOST: f64 = 24.0;
/// Runs, of which the fastest counts, since other processes may disturb one.
const RUNS: usize = 2;
/// A time of the short texts too small to be measured well counts as this.
const LEAST: Duration = Duration::from_millis(1);

fn time(case: &WorstCase, bytes: usize) -> Duration {
    let [one, other] = case.texts(bytes);
    let pair = CandidatePair::new((case.language, &one), (case.language, &other));
    let texts = [(case.language, one.as_str()), (case.language, other.as_str())];
    let run = |_| {
        let start = Instant::now();
        let verdict = FilterConfig::default().judge(&pair);
        let keys = DedupConfig::default().keys(&texts);
        assert!(!keys.exact.is_empty() && verdict.score(Reason::TooLong) > 0.0);
        start.elapsed()
    };
    (0..RUNS).map(run).min().unwrap()
}

#[test]
fn every_filter_has_a_worst_case() {
    let cases = worst_cases::all();
    for reason in Reason::ALL {
        // These are numbers that the aligner gives.
        let given = matches!(reason, Reason::LowConfidence | Reason::LowScore);
        assert!(given || cases.iter().any(|case| case.reason == reason), "{reason}");
    }
}

#[test]
fn eight_times_the_text_takes_eight_times_the_time() {
    for case in worst_cases::all() {
        let ratio = || {
            let short = time(&case, SHORT).max(LEAST);
            time(&case, SHORT * TIMES).as_secs_f64() / short.as_secs_f64()
        };
        // Once more where a machine was busy.
        let found = ratio();
        let found = if found > MOST { found.min(ratio()) } else { found };
        assert!(found <= MOST, "{}, {}: {found:.1} times", case.reason, case.name);
    }
}
