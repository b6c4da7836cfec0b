//! The time of every filter is linear in the length of the texts, even for the worst known texts.

#[path = "common/worst_cases.rs"]
mod worst_cases;

use std::time::{Duration, Instant};

use bitext::corpus::filter::{CandidatePair, DedupConfig, FilterConfig, Reason};
use worst_cases::WorstCase;

/// Size of each side of the short texts, in bytes.
const SHORT_BYTES: usize = 8 << 10;
/// Ratio of the sizes of the long and the short texts.
const SIZE_RATIO: usize = 8;
/// Ratio of the times, at most. Linear time gives 8, quadratic time 64.
const MAX_TIME_RATIO: f64 = 24.0;
/// Runs per measurement. The fastest counts, because other processes may slow one down.
const RUNS: usize = 2;
/// Lower bound of the time of the short texts. Shorter times cannot be measured well.
const MIN_TIME: Duration = Duration::from_millis(1);

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
        // The score and the confidence come with the pair, so there is no text to process. Exclusion takes the
        // sketches whose worst cases are those of duplicates.
        let given = matches!(reason, Reason::LowConfidence | Reason::LowScore | Reason::Excluded);
        assert!(given || cases.iter().any(|case| case.reason == reason), "{reason}");
    }
}

#[test]
fn eight_times_the_text_takes_eight_times_the_time() {
    for case in worst_cases::all() {
        let ratio = || {
            let short = time(&case, SHORT_BYTES).max(MIN_TIME);
            time(&case, SHORT_BYTES * SIZE_RATIO).as_secs_f64() / short.as_secs_f64()
        };
        // Measure again if the machine was busy.
        let found = ratio();
        let found = if found > MAX_TIME_RATIO { found.min(ratio()) } else { found };
        assert!(found <= MAX_TIME_RATIO, "{}, {}: {found:.1} times", case.reason, case.name);
    }
}
