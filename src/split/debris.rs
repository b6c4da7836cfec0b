//! What kind of line a paragraph is, by its shape and by the phrases of a
//! language's table.

use super::chars::{is_closing_bracket, is_closing_quote, is_stop};
use super::table::Table;
use crate::text::find;

/// What a segment is part of.
///
/// The splitter goes by the looks of the line or paragraph that a segment lies
/// in; it knows nothing of the page's layout. A kind is a hint: whoever drops
/// debris should expect to lose a little text, and to keep some debris.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SegmentKind {
    /// Running text, and all that is nothing else.
    #[default]
    Text,
    /// A headline: a paragraph of one line without a stop at its end, which
    /// has another paragraph behind it.
    Heading,
    /// A line that the site put there and that is no part of the article: a
    /// menu, "Share this post:", the name of a picture, a bare address, a line
    /// without letters or figures.
    Debris,
}

impl SegmentKind {
    /// The kind's name in files: `text`, `heading`, `debris`.
    ///
    /// ```
    /// use bitext::{Language, RuleSplitter};
    ///
    /// let page = "Ferry runs again\n\nIt was repaired. It is green.\n\nShare this post:";
    /// let segments = RuleSplitter::default().segments(Language::ENGLISH, page);
    /// let kinds: Vec<&str> = segments.map(|segment| segment.kind.name()).collect();
    /// assert_eq!(kinds, ["heading", "text", "text", "debris"]);
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            SegmentKind::Text => "text",
            SegmentKind::Heading => "heading",
            SegmentKind::Debris => "debris",
        }
    }
}

/// How many bytes of a line are compared with the phrases of a table.
const LONGEST: usize = 96;

/// A line as the tables know it: in small letters, each number as `0`, one
/// space between words, no marks at the ends. It is kept in place, so that
/// nothing is allocated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Folded {
    bytes: [u8; LONGEST],
    len: usize,
    /// The line is longer than this.
    cut: bool,
}

impl Default for Folded {
    fn default() -> Folded {
        Folded { bytes: [0; LONGEST], len: 0, cut: false }
    }
}

impl Folded {
    /// Folds a line; none if nothing is left of it.
    pub fn fold(&mut self, line: &str) -> Option<&str> {
        let outer = |c: char| !c.is_alphanumeric();
        let line = line.trim_start_matches(outer);
        let mut chars = line.chars().peekable();
        let mut kept = 0;
        while let Some(c) = chars.next() {
            if c.is_ascii_lowercase() {
                self.push(c);
            } else if c.is_ascii_digit() {
                while chars.next_if(char::is_ascii_digit).is_some() {}
                self.push('0');
            } else if c.is_whitespace() {
                while chars.next_if(|c| c.is_whitespace()).is_some() {}
                self.push(' ');
            } else {
                c.to_lowercase().for_each(|c| self.push(c));
            }
            if self.cut {
                break;
            }
            if c.is_alphanumeric() {
                kept = self.len;
            }
        }
        if !self.cut {
            self.len = kept;
        }
        std::str::from_utf8(&self.bytes[..self.len]).ok().filter(|folded| !folded.is_empty())
    }

    fn push(&mut self, c: char) {
        let end = self.len + c.len_utf8();
        match self.bytes.get_mut(self.len..end) {
            Some(place) if !self.cut => {
                c.encode_utf8(place);
                self.len = end;
            }
            _ => self.cut = true,
        }
    }
}

/// Whether a line is site debris.
pub(super) fn is_debris(table: &Table, line: &str) -> bool {
    /// Anything longer is text, whatever it looks like.
    const LONGEST_LINE: usize = 400;
    /// A line with a stop at its end is debris only if it is as short as this.
    const LONGEST_STOPPED: usize = 48;
    let Some(&first) = line.as_bytes().first() else { return false };
    if line.len() > LONGEST_LINE {
        return false;
    }
    if first == b'\xc2' && line.starts_with('©') {
        return true;
    }
    if line.len() > LONGEST_STOPPED && line.ends_with(['.', '!', '?', '"', '”']) {
        return false;
    }
    if !first.is_ascii_alphanumeric() && (is_rule(line) || is_template(line)) {
        return true;
    }
    let head = &line[..find(line.as_bytes(), |byte| byte == b' ').unwrap_or(line.len())];
    head.bytes().any(|byte| byte == b'_') && is_code(line)
        || head.bytes().any(|byte| matches!(byte, b':' | b'.' | b'@' | b'#')) && is_address(line)
        || is_menu(line)
        || is_phrase(table, head, line)
}

/// How many bytes of a line are a site's words in front of something else, `Read also: `; none
/// where nothing comes after them.
pub(super) fn lead_in(table: &Table, line: &str) -> usize {
    let Some(colon) = find(line.as_bytes(), |byte| byte == b':') else { return 0 };
    let rest = line[colon + 1..].trim_start();
    let known = colon < LONGEST
        && Folded::default().fold(&line[..colon]).is_some_and(|folded| table.is_lead_in(folded));
    if known && rest.contains(char::is_alphabetic) { line.len() - rest.len() } else { 0 }
}

fn is_phrase(table: &Table, head: &str, line: &str) -> bool {
    let known = |head| table.begins_debris(head);
    // Of most lines it is enough to look at the first word's first letter and
    // length, or to fold that word.
    table.may_begin_debris(head)
        && (head.len() < LONGEST / 2 && Folded::default().fold(head).is_none_or(known))
        && Folded::default().fold(line).is_some_and(|folded| table.is_debris(folded))
}

/// Words that are no words: `spot_imgspot_img`
fn is_code(line: &str) -> bool {
    let joined = |word: &str| {
        let inner = word.trim_matches('_');
        inner.contains('_') && !inner.contains(['/', '@', '.'])
    };
    line.split(' ').all(joined)
}

/// A place that was never filled in: `{{title}}`
fn is_template(line: &str) -> bool {
    line.starts_with("{{") && line.ends_with("}}")
}

/// A line to look at: `-----`, `* * *`
fn is_rule(line: &str) -> bool {
    const SHORTEST: usize = 3;
    let mark = |c: char| c.is_whitespace() || c.is_ascii_punctuation() || "•·–—|»«…".contains(c);
    line.chars().all(mark)
        && line.chars().count() >= SHORTEST
        && !line.starts_with(['.', '?', '!', '…', '('])
}

/// `Home | News | Sport`, `Home » News » Sport`: short pieces between marks that are no part of an
/// operator (`a || b`, `a => b`). A path does not begin with a clause: `Go to Settings > Maps > Night`.
fn is_menu(line: &str) -> bool {
    const PIECES: usize = 3;
    const LONGEST_PIECE: usize = 40;
    /// Words of the longest piece that a path begins with.
    const LONGEST_START: usize = 2;
    let may_mark = |byte: u8| (byte == b'|') | (byte == b'>') | (byte == 0xc2) | (byte == 0xe2);
    if find(line.as_bytes(), may_mark).is_none() {
        return false;
    }
    let marks: [char; 6] = ['|', '•', '·', '»', '›', '>'];
    marks.iter().any(|mark| {
        let mut pieces = 0;
        let is_path = matches!(mark, '»' | '›' | '>');
        // Marks at the ends are of no account.
        let short = line.trim_matches([*mark, ' ']).split(*mark).all(|piece| {
            pieces += 1;
            let piece = piece.trim();
            let begins_clause = is_path && pieces == 1 && piece.split(' ').count() > LONGEST_START;
            let operator = piece.is_empty() || piece.ends_with(['=', '-', '|']);
            !(begins_clause || operator)
                && piece.len() <= 2 * LONGEST_PIECE
                && piece.chars().count() <= LONGEST_PIECE
                && !piece.ends_with(is_stop)
                && !piece.contains(['«', '"', '“', '„'])
        });
        short && pieces >= PIECES
    })
}

/// Nothing but web and mail addresses and names of accounts.
fn is_address(line: &str) -> bool {
    line.split(' ').all(|word| {
        let named = |mark| word.strip_prefix(mark).is_some_and(|name| !name.is_empty());
        word.contains("://") || word.starts_with("www.") || named('@') || named('#')
    })
}

/// Whether a paragraph looks like a headline.
pub(super) fn is_heading(line: &str) -> bool {
    const LONGEST: usize = 160;
    const WORDS: usize = 24;
    if line.len() > 2 * LONGEST {
        return false;
    }
    // Most paragraphs end so.
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
        && line.chars().count() <= LONGEST
        && line.bytes().filter(|&byte| byte == b' ').count() < WORDS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn lines_of_a_site() {
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
            assert!(is_debris(Table::of(Language::ENGLISH), line), "{line}");
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
            assert!(!is_debris(Table::of(Language::ENGLISH), line), "{line}");
        }
    }

    #[test]
    fn words_in_front_of_a_teaser() {
        let rest = |language, line: &'static str| &line[lead_in(Table::of(language), line)..];
        let (en, uk, de) = (Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN);
        assert_eq!(rest(en, "READ ALSO: Five bakeries"), "Five bakeries");
        assert_eq!(rest(uk, "Читайте також: Чому подорожчала кава"), "Чому подорожчала кава");
        assert_eq!(rest(de, "Das könnte Sie auch interessieren:\u{a0}Das Wetter"), "Das Wetter");
        let others =
            ["Share this post:", "Read also: 12", "He said: no", ":", "Read also, he said: no"];
        others.into_iter().for_each(|line| assert_eq!(rest(en, line), line));
    }

    #[test]
    fn headlines() {
        assert!(is_heading("Ferry to stop for a month"));
        assert!(is_heading("“Nobody was told”"));
        assert!(!is_heading("The ferry stops."));
        assert!(!is_heading("and then went on"));
        assert!(!is_heading("He said:"));
        assert!(!is_heading(&"Many words ".repeat(20)));
    }

    #[test]
    fn folded_lines() {
        let fold = |line| Folded::default().fold(line).map(str::to_string);
        assert_eq!(fold(" • Read   MORE »").as_deref(), Some("read more"));
        assert_eq!(fold("123 Kommentare:").as_deref(), Some("0 kommentare"));
        assert_eq!(fold("…"), None);
        assert_eq!(fold(&"Ж".repeat(99)).map(|f| f.len()), Some(LONGEST));
    }
}
