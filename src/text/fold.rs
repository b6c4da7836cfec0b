//! Folds white space to single spaces.

/// Folds white space, as the writers do: each run becomes one space, and none remains at the ends. The
/// ASCII separators U+001C to U+001F count as white space, because Python ends lines at them.
///
/// ```
/// assert_eq!(bitext::format::fold(" one\u{2028}line\n"), "one line");
/// ```
pub fn fold(text: &str) -> String {
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}');
    let mut folded = String::with_capacity(text.len());
    for word in text.split(blank).filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}
