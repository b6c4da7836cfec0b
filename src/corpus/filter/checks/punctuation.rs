//! Terminal punctuation: whether both sides ask, exclaim or state.

/// How a text ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Question,
    Exclamation,
    Statement,
    /// Without a mark, as headlines do.
    Unmarked,
}

fn ending(text: &str) -> Ending {
    let closing = |c: char| c.is_whitespace() || "\"'”“’»«)]›‹".contains(c);
    let text = text.trim_end_matches(closing);
    let mut last = text.chars().rev();
    match (last.next(), last.next()) {
        // `?!` and `!?` are questions.
        (Some('?'), _) | (Some('!'), Some('?')) => Ending::Question,
        (Some('!'), _) => Ending::Exclamation,
        (Some('.' | '…' | ':' | ';'), _) => Ending::Statement,
        _ => Ending::Unmarked,
    }
}

/// How much the endings differ: 0 for equal ones, 0.25 for an exclamation and a statement, 0.5 if one
/// side has no mark, 1 if one side is a question.
pub(super) fn mismatch(source: &str, target: &str) -> f32 {
    match (ending(source), ending(target)) {
        (one, other) if one == other => 0.0,
        (Ending::Question, _) | (_, Ending::Question) => 1.0,
        (Ending::Unmarked, _) | (_, Ending::Unmarked) => 0.5,
        _ => 0.25,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_differ_most_from_other_endings() {
        assert_eq!(mismatch("Why?", "Чому?"), 0.0);
        assert_eq!(mismatch("Why?!", "„Warum?“"), 0.0);
        assert_eq!(mismatch("Why?", "Тому."), 1.0);
        assert_eq!(mismatch("Stop!", "Стій."), 0.25);
        assert_eq!(mismatch("A headline", "Заголовок."), 0.5);
        assert_eq!(mismatch("", ""), 0.0);
    }
}
