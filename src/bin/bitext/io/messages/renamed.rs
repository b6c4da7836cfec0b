//! Suggests the new name of a renamed flag if clap has no suggestion or a wrong one.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Command, old flag, new flag.
const RENAMED: [(&str, &str, &str); 31] = [
    ("align", "--reordered", "--crossing"),
    ("build", "--out", "--output"),
    ("filter", "--defaults", "--print-defaults"),
    ("filter", "--keep-rejected", "--rejected"),
    ("filter", "--languages", "--langs"),
    ("filter", "--texts", "--sentences"),
    ("fit", "--hold-out", "--held-out-half"),
    ("fit", "--list", "--list-held-out"),
    ("fit", "--most", "--max-documents"),
    ("fit", "--variance", "--prior-variance"),
    ("fit", "--without", "--ablate"),
    ("report", "--discards", "--rejected"),
    ("report", "--evidence", "--features"),
    ("score", "--calibration", "--reliability"),
    ("score", "--format", "--from"),
    ("score", "--nulls", "--null-beads"),
    ("train", "--batch", "--batch-size"),
    ("train", "--damping", "--frequency-exponent"),
    ("train", "--evenness", "--sampling-exponent"),
    ("train", "--interval", "--checkpoint-interval"),
    ("train", "--join", "--max-joined-terms"),
    ("train", "--listed", "--word-list-weight"),
    ("train", "--pairs", "--parallel"),
    ("train", "--pieces", "--vocabulary-size"),
    ("train", "--rate", "--learning-rate"),
    ("train", "--recut", "--subword-resampling"),
    ("train", "--scale", "--logit-scale"),
    ("train", "--skip", "--skip-source"),
    ("train", "--taught", "--teacher-pairs"),
    ("train", "--texts", "--monolingual"),
    ("train", "--words", "--word-list"),
];

/// Adds the new name to the error of a flag that was renamed.
pub fn suggest(error: &mut clap::Error, command: Option<&str>) {
    if error.kind() != ErrorKind::UnknownArgument {
        return;
    }
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else { return };
    let new_name = RENAMED.iter().find(|(of, old, _)| Some(*of) == command && flag == old);
    if let Some((_, _, new)) = new_name {
        error.insert(ContextKind::SuggestedArg, ContextValue::String(new.to_string()));
    }
}
