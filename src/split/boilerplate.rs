//! Recognises boilerplate and headlines, by the shape of a line and by the
//! phrases of a language's lexicon.

use super::chars::{is_closing_bracket, is_closing_quote, is_stop};
use super::folded_line::{FoldedLine, MAX_FOLDED_BYTES};
use super::lexicon::Lexicon;
use crate::Language;
use crate::text::find;

/// Whether a line is boilerplate.
pub(super) fn is_boilerplate(lexicon: &Lexicon, line: &str) -> bool {
    /// A longer line is always text.
    const MAX_BYTES: usize = 400;
    /// A longer line that ends with a stop is always text.
    const MAX_BYTES_WITH_STOP: usize = 48;
    let Some(&first) = line.as_bytes().first() else { return false };
    if line.len() > MAX_BYTES {
        return false;
    }
    if first == b'\xc2' && line.starts_with('©') {
        return true;
    }
    if line.len() > MAX_BYTES_WITH_STOP && line.ends_with(['.', '!', '?', '"', '”']) {
        return false;
    }
    if !first.is_ascii_alphanumeric() && (is_ornament(line) || is_placeholder(line)) {
        return true;
    }
    let head = &line[..find(line.as_bytes(), |byte| byte == b' ').unwrap_or(line.len())];
    head.bytes().any(|byte| byte == b'_') && is_joined_names(line)
        || head.bytes().any(|byte| matches!(byte, b':' | b'.' | b'@' | b'#')) && is_address(line)
        || is_menu(line)
        || is_phrase(lexicon, head, line)
}

/// The part of a sentence that is embedded: the text without a lead-in such as
/// `Read also: `. Two teasers with the same lead-in would otherwise look like
/// translations of each other.
pub(crate) fn text_to_embed(language: Language, sentence: &str) -> &str {
    &sentence[lead_in(language, sentence)..]
}

/// The length in bytes of a boilerplate phrase with a colon, such as
/// `Read also: `, at the start of a line. It is 0 without such a phrase, and if
/// no words follow.
fn lead_in(language: Language, line: &str) -> usize {
    let lexicon = Lexicon::of(language);
    let Some(colon) = find(line.as_bytes(), |byte| byte == b':') else { return 0 };
    let rest = line[colon + 1..].trim_start();
    let known = colon < MAX_FOLDED_BYTES
        && FoldedLine::default()
            .fold(&line[..colon])
            .is_some_and(|folded| lexicon.is_lead_in(folded));
    if known && rest.contains(char::is_alphabetic) { line.len() - rest.len() } else { 0 }
}

fn is_phrase(lexicon: &Lexicon, head: &str, line: &str) -> bool {
    let known = |head| lexicon.starts_boilerplate(head);
    // The cheap checks come first: the initial and length of the first word, then
    // the folded first word. They exclude most lines.
    lexicon.may_start_boilerplate(head)
        && (head.len() < MAX_FOLDED_BYTES / 2 && FoldedLine::default().fold(head).is_none_or(known))
        && FoldedLine::default().fold(line).is_some_and(|folded| lexicon.is_boilerplate(folded))
}

/// Identifiers that leaked into the text: `spot_imgspot_img`
fn is_joined_names(line: &str) -> bool {
    let joined = |word: &str| {
        let inner = word.trim_matches('_');
        inner.contains('_') && !inner.contains(['/', '@', '.'])
    };
    line.split(' ').all(joined)
}

/// A template placeholder: `{{title}}`
fn is_placeholder(line: &str) -> bool {
    line.starts_with("{{") && line.ends_with("}}")
}

/// A line of punctuation: `-----`, `* * *`
fn is_ornament(line: &str) -> bool {
    const MIN_CHARS: usize = 3;
    let mark = |c: char| c.is_whitespace() || c.is_ascii_punctuation() || "•·–—|»«…".contains(c);
    line.chars().all(mark)
        && line.chars().count() >= MIN_CHARS
        && !line.starts_with(['.', '?', '!', '…', '('])
}

/// A menu: short items between separators, as in `Home | News | Sport` or
/// `Home » News » Sport`. Operators (`a || b`, `a => b`) are no separators. A
/// breadcrumb path does not begin with a clause (`Go to Settings > Maps > Night`).
fn is_menu(line: &str) -> bool {
    const MIN_ITEMS: usize = 3;
    const MAX_ITEM_CHARS: usize = 40;
    /// A path whose first item has more words begins with a clause.
    const MAX_FIRST_ITEM_WORDS: usize = 2;
    let may_mark = |byte: u8| (byte == b'|') | (byte == b'>') | (byte == 0xc2) | (byte == 0xe2);
    if find(line.as_bytes(), may_mark).is_none() {
        return false;
    }
    let marks: [char; 6] = ['|', '•', '·', '»', '›', '>'];
    marks.iter().any(|mark| {
        let mut items = 0;
        let is_path = matches!(mark, '»' | '›' | '>');
        // Separators at the ends of the line are ignored.
        let short = line.trim_matches([*mark, ' ']).split(*mark).all(|item| {
            items += 1;
            let item = item.trim();
            let begins_clause =
                is_path && items == 1 && item.split(' ').count() > MAX_FIRST_ITEM_WORDS;
            let operator = item.is_empty() || item.ends_with(['=', '-', '|']);
            !(begins_clause || operator)
                && item.len() <= 2 * MAX_ITEM_CHARS
                && item.chars().count() <= MAX_ITEM_CHARS
                && !item.ends_with(is_stop)
                && !item.contains(['«', '"', '“', '„'])
        });
        short && items >= MIN_ITEMS
    })
}

/// A line of web addresses, account names and hash tags only.
fn is_address(line: &str) -> bool {
    line.split(' ').all(|word| {
        let named = |mark| word.strip_prefix(mark).is_some_and(|name| !name.is_empty());
        word.contains("://") || word.starts_with("www.") || named('@') || named('#')
    })
}

/// Whether a paragraph has the shape of a headline.
pub(super) fn is_heading(line: &str) -> bool {
    const MAX_CHARS: usize = 160;
    const MAX_WORDS: usize = 24;
    if line.len() > 2 * MAX_CHARS {
        return false;
    }
    // A quick exit, because most paragraphs end with a full stop.
    if line.ends_with('.') {
        return false;
    }
    let end = line.trim_end_matches(|c| is_closing_quote(c) || is_closing_bracket(c));
    if end.ends_with(|c| is_stop(c) || matches!(c, ',' | ';' | ':' | '-' | '–' | '—')) {
        return false;
    }
    let first = line.chars().find(|c| c.is_alphanumeric());
    first.is_some_and(|c| !c.is_lowercase())
        && find(line.as_bytes(), |byte| (byte == b'\n') | (byte == b'\r')).is_none()
        && line.chars().count() <= MAX_CHARS
        && line.bytes().filter(|&byte| byte == b' ').count() < MAX_WORDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boilerplate_lines_are_recognised() {
        for line in [
            "spot_imgspot_imgspot_img",
            "Share this post:",
            "SHARE THIS POST",
            "Home | News | Sport",
            "Home » News » Sport",
            "https://example.org/a www.example.org",
            "@ferry #news",
            "-----",
            "* * *",
            "12 comments",
            "© 2024 The Ferry News",
            "Read also: Ferry to stop for a month",
        ] {
            assert!(is_boilerplate(Lexicon::of(Language::ENGLISH), line), "{line}");
        }
        for line in [
            "Share this post with nobody, she said.",
            "Popular music is old.",
            "He pays 3 | 4.",
            "Joining A || B",
            "Click File => New => Port",
            "Go to Settings > Maps > Night",
            "...",
            "?!",
            "The name is spot_img.",
            "12",
        ] {
            assert!(!is_boilerplate(Lexicon::of(Language::ENGLISH), line), "{line}");
        }
    }

    #[test]
    fn lead_ins_are_cut_off_teasers() {
        let rest = |language, line: &'static str| &line[lead_in(language, line)..];
        let (en, uk, de) = (Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN);
        assert_eq!(rest(en, "READ ALSO: Five bakeries"), "Five bakeries");
        assert_eq!(rest(uk, "Читайте також: Чому подорожчала кава"), "Чому подорожчала кава");
        assert_eq!(rest(de, "Das könnte Sie auch interessieren:\u{a0}Das Wetter"), "Das Wetter");
        let others =
            ["Share this post:", "Read also: 12", "He said: no", ":", "Read also, he said: no"];
        others.into_iter().for_each(|line| assert_eq!(rest(en, line), line));
    }

    #[test]
    fn headlines_are_recognised() {
        assert!(is_heading("Ferry to stop for a month"));
        assert!(is_heading("“Nobody was told”"));
        assert!(!is_heading("The ferry stops."));
        assert!(!is_heading("and then went on"));
        assert!(!is_heading("He said:"));
        assert!(!is_heading(&"Many words ".repeat(20)));
    }
}
