//! Tags, comments and character entities of HTML.
//!
//! A tag that both texts mention, as in a text about HTML, is content. A tag that wraps or joins words is
//! damage. Every scan has a bound, so the time is linear in the length of the text.

use std::collections::HashSet;

use crate::text::Span;

use super::share_of;

/// The share of a text's characters that are HTML, 0 to 1. Tags and entities that both texts mention are
/// not counted.
pub(in super::super) fn share(text: &str, other: &str) -> f32 {
    let found = tags_and_entities(text);
    if found.is_empty() {
        return 0.0;
    }
    let in_other = tags_and_entities(other);
    let mut mentions: HashSet<&str> = HashSet::new();
    if !is_wrapped(text, &found) && !is_wrapped(other, &in_other) {
        let mentioned = in_other.into_iter().filter(|span| is_mention(other, span));
        mentions.extend(mentioned.map(|span| &other[span]));
    }
    let is_content = |span: &Span| is_mention(text, span) && mentions.contains(&text[span.clone()]);
    let damaged = found.into_iter().filter(|span| !is_content(span));
    share_of(damaged.map(|span| text[span].chars().count()).sum(), text)
}

/// The spans of tags, comments and entities.
fn tags_and_entities(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut comments = CommentEnds { none_from: usize::MAX };
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

/// Finds the ends of comments. Comments have no bound, so a failed search is remembered: no comment that
/// starts later has an end either.
struct CommentEnds {
    /// The byte from which no comment ends.
    none_from: usize,
}

impl CommentEnds {
    /// The bytes of the comment that starts at `start`, if it ends.
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

/// Whether a text begins with a tag and ends with the closing tag of the same name.
fn is_wrapped(text: &str, pieces: &[Span]) -> bool {
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

/// Whether the text talks about a tag or an entity: a tag has spaces or punctuation on both sides, an
/// entity has quotation marks or brackets. Spaces are not enough for an entity, as `R &amp; D` shows.
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

/// The bytes of the tag that a text begins with, if it does.
fn tag(text: &str) -> Option<usize> {
    /// Bytes; bounds the search for the end of a tag. Real tags are much shorter.
    const MAX_TAG_BYTES: usize = 1000;
    let inner = text.strip_prefix('<')?;
    let name = inner.strip_prefix('/').unwrap_or(inner);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = inner.bytes().take(MAX_TAG_BYTES + 1).position(|byte| byte == b'>')?;
    let content = inner.get(inner.len() - name.len()..end)?;
    // `<https://example.org>` and `<ann@example.org>` are addresses.
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

/// Names of HTML elements that count without attributes, sorted.
#[rustfmt::skip]
const HTML_ELEMENTS: [&str; 42] = [
    "a", "abbr", "article", "b", "blockquote", "body", "br", "button", "center", "code", "div",
    "em", "figure", "font", "footer", "h1", "h2", "h3", "h4", "head", "header", "hr", "html", "i",
    "iframe", "img", "li", "nav", "ol", "p", "pre", "script", "section", "span", "strong", "style",
    "table", "td", "th", "tr", "u", "ul",
];

fn is_html(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    HTML_ELEMENTS.binary_search(&name.as_str()).is_ok()
}

/// The bytes of the entity that a text begins with, if it does: `&amp;`, `&#39;`, `&#x27;`.
fn entity(text: &str) -> Option<usize> {
    /// Bytes; bounds the search for the end of an entity.
    const MAX_ENTITY_BYTES: usize = 10;
    let inner = text.strip_prefix('&')?;
    let end = inner.bytes().take(MAX_ENTITY_BYTES + 1).position(|byte| byte == b';');
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
    fn tags_and_entities_are_counted() {
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
            assert!(share(html, "x") > 0.5, "{html}");
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
            assert_eq!(share(none, "x"), 0.0, "{none}");
        }
    }

    #[test]
    fn tags_that_both_texts_mention_are_content() {
        let both = [
            ("Use <br> to break a line.", "Mit <br> bricht man die Zeile um."),
            ("The tag “<b>” is old.", "Тег «<b>» застарілий."),
            ("Write `&nbsp;` here.", "Schreiben Sie hier `&nbsp;`."),
        ];
        for (one, other) in both {
            assert_eq!((share(one, other), share(other, one)), (0.0, 0.0), "{one}");
        }
        let damaged = [
            ("<p>The port</p>", "<p>Der Hafen</p>"),
            ("<p> The port </p>", "<p> Der Hafen </p>"),
            ("Port &amp; town", "Hafen &amp; Stadt"),
            ("The <b>old</b> port", "Der <b>alte</b> Hafen"),
            ("Use <br> to break a line.", "Так розривають рядок."),
        ];
        for (one, other) in damaged {
            assert!(share(one, other) > 0.02, "{one}");
        }
    }
}
