//! Tags and entities of HTML.
//!
//! A tag that both texts name alike, as in a text about HTML, is content; a tag that wraps or
//! joins words is damage. All scans are bounded, so the time is linear in the length of a text.

use std::collections::HashSet;

use crate::text::Span;

use super::damage::share;

/// The share of a text that is tags and entities of HTML, except those that are mentioned in
/// both texts.
pub(super) fn markup(text: &str, other: &str) -> f32 {
    let found = pieces(text);
    if found.is_empty() {
        return 0.0;
    }
    let in_other = pieces(other);
    let mentions: HashSet<&str> = match wraps(text, &found) || wraps(other, &in_other) {
        true => HashSet::new(),
        false => {
            let mentioned = in_other.into_iter().filter(|span| is_mention(other, span));
            mentioned.map(|span| &other[span]).collect()
        }
    };
    let is_content = |span: &Span| is_mention(text, span) && mentions.contains(&text[span.clone()]);
    let damaged = found.into_iter().filter(|span| !is_content(span));
    share(damaged.map(|span| text[span].chars().count()).sum(), text)
}

/// The tags and entities of a text.
fn pieces(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut comments = Comments { none_from: usize::MAX };
    let mut at = 0;
    while let Some(next) = text[at..].find(['<', '&']) {
        at += next;
        let rest = &text[at..];
        let len = if rest.starts_with("<!--") {
            comments.length(text, at)
        } else if rest.starts_with('<') {
            tag(rest)
        } else {
            entity(rest)
        };
        if let Some(len) = len {
            found.push(at..at + len);
        }
        at += len.unwrap_or(1);
    }
    found
}

/// Comments, whose end is searched for without bound, but not again where there was none.
struct Comments {
    none_from: usize,
}

impl Comments {
    fn length(&mut self, text: &str, start: usize) -> Option<usize> {
        let inner = start + "<!--".len();
        if inner >= self.none_from {
            return None;
        }
        let end = text[inner..].find("-->");
        if end.is_none() {
            self.none_from = inner;
        }
        end.map(|end| "<!--".len() + end + "-->".len())
    }
}

/// Whether a text begins with a tag and ends with the tag that closes it.
fn wraps(text: &str, pieces: &[Span]) -> bool {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return false };
    let text_end = text.trim_end().len();
    let name = |span: &Span| {
        let tag = text[span.clone()].trim_start_matches(['<', '/']);
        tag[..tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len())].to_string()
    };
    text[..first.start].trim().is_empty()
        && last.end == text_end
        && text[last.clone()].starts_with("</")
        && name(first) == name(last)
}

/// Whether a tag or an entity stands by itself as a word does. An entity in the place of its
/// character does so, too, as in `R &amp; D`, so it must be quoted.
fn is_mention(text: &str, span: &Span) -> bool {
    let before = text[..span.start].chars().next_back();
    let after = text[span.end..].chars().next();
    let quotes = |c: char| "\"'`“”„«»‘’‚‹›()[]".contains(c);
    if text[span.clone()].starts_with('&') {
        return before.is_some_and(quotes) && after.is_some_and(quotes);
    }
    let apart = |c: char| c.is_whitespace() || quotes(c) || ".,;:!?-–—/".contains(c);
    before.is_none_or(apart) && after.is_none_or(apart)
}

/// The bytes of a tag that a text begins with.
fn tag(text: &str) -> Option<usize> {
    /// Bytes of the longest tag.
    const LONGEST: usize = 1000;
    let inner = text.strip_prefix('<')?;
    let name = inner.strip_prefix('/').unwrap_or(inner);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = inner.bytes().take(LONGEST + 1).position(|byte| byte == b'>')?;
    let content = inner.get(inner.len() - name.len()..end)?;
    // `<https://example.org>` and `<ann@example.org>` are how addresses are written.
    if content.contains("://") && !content.contains(char::is_whitespace)
        || content.contains('@') && !content.contains(['=', ' '])
    {
        return None;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "-:".contains(c);
    let name_end = content.find(|c| !plain(c)).unwrap_or(content.len());
    let (word, attributes) = content.split_at(name_end);
    let attributes = attributes.trim_end_matches('/').trim();
    let known = is_html(word);
    let is_tag = if attributes.is_empty() {
        known
    } else if !content[name_end..].starts_with(|c: char| c.is_whitespace() || c == '/') {
        false
    } else if attributes.contains('=') {
        known || attributes.contains("=\"") || attributes.contains("='")
    } else {
        // An attribute without a value; `a <b and c> d` is a comparison.
        known && word.len() > 1
    };
    is_tag.then_some(end + 2)
}

/// Names of tags that stand without attributes.
#[rustfmt::skip]
const HTML: [&str; 42] = [
    "a", "abbr", "article", "b", "blockquote", "body", "br", "button", "center", "code", "div",
    "em", "figure", "font", "footer", "h1", "h2", "h3", "h4", "head", "header", "hr", "html", "i",
    "iframe", "img", "li", "nav", "ol", "p", "pre", "script", "section", "span", "strong", "style",
    "table", "td", "th", "tr", "u", "ul",
];

fn is_html(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    HTML.binary_search(&name.as_str()).is_ok()
}

/// The bytes of an entity that a text begins with: `&amp;`, `&#39;`, `&#x27;`.
fn entity(text: &str) -> Option<usize> {
    /// Bytes of the longest name.
    const LONGEST: usize = 10;
    let inner = text.strip_prefix('&')?;
    let end = inner.bytes().take(LONGEST + 1).position(|byte| byte == b';');
    let name = &inner[..end.filter(|&end| end >= 2)?];
    let numbered = name.strip_prefix('#').map(|number| {
        let hex = number.strip_prefix(['x', 'X']);
        let digits =
            |text: &str, radix| !text.is_empty() && text.chars().all(|c: char| c.is_digit(radix));
        hex.map_or_else(|| digits(number, 10), |hex| digits(hex, 16))
    });
    let known = quick_xml::escape::resolve_html5_entity(name).is_some();
    numbered.unwrap_or(known).then_some(name.len() + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_entities() {
        for html in [
            "<b>x</b>",
            "<a href=\"x\">",
            "<br/>",
            "<br />",
            "&nbsp;",
            "&#39;",
            "&#x27;",
            "<!-- x -->",
        ] {
            assert!(markup(html, "x") > 0.5, "{html}");
        }
        for none in [
            "a < b & c > d",
            "AT&T; R&D",
            "<file name>",
            "I <3 you",
            "",
            "&;",
            "x & y;",
            "<https://example.org/a?b=1>",
            "<ann@example.org>",
            "a <b && c> d",
            "Map<String, T>",
            "<!-- x",
        ] {
            assert_eq!(markup(none, "x"), 0.0, "{none}");
        }
    }

    #[test]
    fn tags_that_both_texts_name_are_content() {
        let both = [
            ("Use <br> to break a line.", "Mit <br> bricht man die Zeile um."),
            ("The tag “<b>” is old.", "Тег «<b>» застарілий."),
            ("Write `&nbsp;` here.", "Schreiben Sie hier `&nbsp;`."),
        ];
        for (one, other) in both {
            assert_eq!((markup(one, other), markup(other, one)), (0.0, 0.0), "{one}");
        }
        let damaged = [
            ("<p>The port</p>", "<p>Der Hafen</p>"),
            ("<p> The port </p>", "<p> Der Hafen </p>"),
            ("Port &amp; town", "Hafen &amp; Stadt"),
            ("The <b>old</b> port", "Der <b>alte</b> Hafen"),
            ("Use <br> to break a line.", "Так розривають рядок."),
        ];
        for (one, other) in damaged {
            assert!(markup(one, other) > 0.02, "{one}");
        }
    }
}
