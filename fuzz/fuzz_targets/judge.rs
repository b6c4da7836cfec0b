//! The filters accept any two texts. Scores are in range and symmetric, and duplicate keys depend on the texts
//! alone.
//!
//! How to run it: `fuzz/README.md`.
#![no_main]

use bitext::Language;
use bitext::corpus::filter::{CandidatePair, DedupConfig, FilterConfig, Reason};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &str, &str)| {
    let (choice, one, other) = input;
    let languages = ["en", "uk", "de", "ja"].map(|code| code.parse::<Language>());
    let [Ok(source), Ok(target)] = [usize::from(choice) % 4, usize::from(choice >> 2) % 4]
        .map(|at| languages[at].as_ref().copied())
    else {
        return;
    };
    let config = FilterConfig::default();
    let forth = config.judge(&CandidatePair::new((source, one), (target, other)));
    let back = config.judge(&CandidatePair::new((target, other), (source, one)));
    assert_eq!(forth.reasons(), back.reasons());
    for (reason, score) in forth.scores() {
        assert!(score >= 0.0 && score.is_finite(), "{reason}: {score}");
        assert_eq!(score, back.score(reason), "{reason}");
        let is_share = !matches!(
            reason,
            Reason::TooShort
                | Reason::TooLong
                | Reason::FewWords
                | Reason::ManyWords
                | Reason::LengthRatio
        );
        assert!(!is_share || score <= 1.0, "{reason}: {score}");
    }
    let texts = [(source, one), (target, other)];
    let config = DedupConfig::default();
    assert_eq!(config.keys(&texts), config.keys(&texts));
});
