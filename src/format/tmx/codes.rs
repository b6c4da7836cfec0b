//! Decides which inline codes of a segment separate words.
//!
//! `<bpt>`, `<ept>`, `<it>`, `<ph>` and `<ut>` hold code of the document's own format: HTML, RTF, XML
//! of word processors, escapes of resource files. The code is not text. A line break or a tab in it
//! separates words; bold type does not.

/// Names of elements that mean a break, without a prefix such as `w:` and without trailing digits. They
/// are from HTML, word processors, DITA, DocBook, TEI and translation tools.
const BREAK_NAMES: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "break",
    "caption",
    "cb",
    "cell",
    "columnbreak",
    "cr",
    "crlf",
    "dd",
    "div",
    "dl",
    "dt",
    "entry",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h",
    "hardreturn",
    "header",
    "hr",
    "lb",
    "lf",
    "li",
    "line",
    "linebreak",
    "linefeed",
    "main",
    "nav",
    "nbsp",
    "newline",
    "nl",
    "nobreakspace",
    "nonbreakingspace",
    "ol",
    "option",
    "p",
    "page",
    "pagebreak",
    "par",
    "para",
    "paragraph",
    "pb",
    "pre",
    "row",
    "section",
    "softbreak",
    "softreturn",
    "space",
    "tab",
    "table",
    "td",
    "th",
    "title",
    "tr",
    "ul",
];

/// Words after a backslash that mean a break: in RTF, TeX and strings of programs.
const BREAK_WORDS: &[&str] = &[
    "n",
    "r",
    "t",
    "f",
    "par",
    "line",
    "tab",
    "page",
    "cell",
    "row",
    "sect",
    "column",
    "softline",
    "newline",
    "linebreak",
    "pagebreak",
    "quad",
];

/// Signs that tools show for a break.
const BREAK_SIGNS: &[&str] = &["\\\\", "\\~", "¶", "↵", "⏎", "↲", "␤", "␍", "⇥", "→", "^p", "^t"];

/// The largest number of layers of escapes that are resolved: `&amp;lt;br&amp;gt;` has two layers.
const MAX_ESCAPES: usize = 3;

/// Builds the text of a segment.
#[derive(Debug, Default)]
pub(super) struct SegmentText {
    text: String,
    /// Whether a code followed the text so far.
    behind_code: bool,
    /// Whether one that separates words did.
    behind_break: bool,
}

impl SegmentText {
    pub fn push(&mut self, piece: &str) {
        let blank = self.text.is_empty() || self.text.ends_with(char::is_whitespace);
        let piece = if self.behind_code && blank { piece.trim_start() } else { piece };
        if piece.is_empty() {
            return;
        }
        if self.behind_break && !blank && !piece.starts_with(char::is_whitespace) {
            self.text.push(' ');
        }
        (self.behind_code, self.behind_break) = (false, false);
        self.text.push_str(piece);
    }

    /// Omits a code. A code that separates words becomes a space between them. White space on both
    /// sides of a code is merged.
    pub fn skip_code(&mut self, is_break: bool) {
        self.behind_code = true;
        self.behind_break |= is_break;
    }

    pub fn finish(mut self) -> String {
        if self.behind_code {
            self.text.truncate(self.text.trim_end().len());
        }
        self.text
    }
}

/// Whether the value of an attribute such as `type` marks a code as a break.
pub(super) fn is_break_type(value: &str) -> bool {
    let name: String =
        value.to_lowercase().chars().filter(|c| !matches!(c, '-' | '_' | ' ')).collect();
    // Tools prefix their own types with `x-`, and some add a kind: `x-html-br`.
    let own = value
        .to_lowercase()
        .strip_prefix("x-")
        .and_then(|own| own.rsplit('-').next().map(is_break_name));
    is_break_name(&name) || name.strip_prefix('x').is_some_and(is_break_name) || own == Some(true)
}

/// Whether an element of this name means a break.
pub(super) fn is_break_name(name: &str) -> bool {
    let name = name.rsplit(':').next().unwrap_or(name);
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let name: String = name.chars().filter(|c| *c != '-').collect::<String>().to_lowercase();
    BREAK_NAMES.binary_search(&name.as_str()).is_ok()
}

/// Whether code means a break: white space alone, a tag or an escape for one among it, or a
/// line separator or no-break space.
pub(super) fn is_break(code: &str) -> bool {
    is_break_within(code, true)
}

/// The same. `outer` is false if the code is the value of an attribute in other code.
fn is_break_within(code: &str, outer: bool) -> bool {
    let mut code = std::borrow::Cow::Borrowed(code);
    for _ in 0..MAX_ESCAPES {
        if is_break_here(&code, outer) {
            return true;
        }
        let Ok(plain) = quick_xml::escape::unescape_with(&code, |name| match name {
            "nbsp" | "ensp" | "emsp" | "thinsp" | "Tab" | "NewLine" => Some(" "),
            name => quick_xml::escape::resolve_xml_entity(name),
        }) else {
            return false;
        };
        if plain == code {
            return false;
        }
        code = plain.into_owned().into();
    }
    false
}

fn is_break_here(code: &str, outer: bool) -> bool {
    let bare = code.trim();
    let separator = |c: char| {
        matches!(c, '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{2028}' | '\u{2029}' | '\u{202f}')
    };
    (bare.is_empty() && !code.is_empty())
        || BREAK_SIGNS.contains(&bare)
        || code.contains(separator)
        || has_break_escape(code)
        || tags(code).any(|tag| is_break_tag(tag, outer))
}

/// Whether there is an escape with a backslash that means a break, such as `\n`, `\par`, `\u2028`.
fn has_break_escape(code: &str) -> bool {
    code.split('\\').skip(1).any(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        let digits: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        let number = match word {
            // RTF uses decimal numbers, strings of programs hexadecimal ones.
            "u" => matches!(&digits[..], "8232" | "8233" | "160" | "8239"),
            "x" | "" => false,
            // `\f1` is a font of RTF.
            word => {
                let numbered = rest.starts_with(|c: char| c.is_ascii_digit());
                return BREAK_WORDS.contains(&word) && !(word.len() == 1 && numbered);
            }
        };
        let lower = digits.to_ascii_lowercase();
        let hexadecimal =
            matches!(lower.trim_start_matches('0'), "a" | "d" | "9" | "2028" | "2029" | "202f")
                || matches!(&lower[..], "a0" | "00a0");
        number
            || (matches!(word, "u" | "x") && hexadecimal)
            || (word.is_empty() && rest.starts_with("'a0"))
    })
}

/// The contents of angle brackets: `br/`, `/p`, `tab`.
fn tags(code: &str) -> impl Iterator<Item = &str> {
    let open = |c: char| matches!(c, '<' | '{' | '[');
    code.split(open).skip(1).map(|rest| {
        let end = rest.find(['>', '}', ']']).unwrap_or(rest.len());
        &rest[..end]
    })
}

/// Whether a tag means a break: by its name, or as a tag of memoQ with a character in `val`.
fn is_break_tag(tag: &str, outer: bool) -> bool {
    let tag = tag.trim_start_matches(['/', ' ']);
    let end = tag.find(|c: char| !(c.is_alphanumeric() || matches!(c, ':' | '-' | '_')));
    let (name, attributes) = tag.split_at(end.unwrap_or(tag.len()));
    if is_break_name(name) {
        return true;
    }
    // `<text:s/>` of OpenDocument is a space.
    if name == "text:s" {
        return true;
    }
    let mut values = attributes.split(" val=").skip(1).filter_map(|rest| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest[1..].split(quote).next()
    });
    outer && name.starts_with("mq:") && values.any(|value| is_break_within(value, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order() {
        assert!(BREAK_NAMES.is_sorted());
    }

    #[test]
    fn breaks_are_told_from_other_codes() {
        let breaks = [
            "<br/>",
            "<br>",
            "<BR />",
            "<br class=\"x\">",
            "</p><p>",
            "<p>",
            "</div>",
            "<li>",
            "<hr>",
            "<td>",
            "</tr>",
            "<h2>",
            "<tab>",
            "<tab/>",
            "<w:br/>",
            "<w:br w:type=\"page\"/>",
            "<w:tab/>",
            "<w:p>",
            "<a:br/>",
            "<text:line-break/>",
            "<text:tab/>",
            "<text:s/>",
            "<lb/>",
            "<pb n=\"2\"/>",
            "<br1/>",
            "</b><br/><i>",
            "&lt;br/&gt;",
            "&amp;lt;br/&amp;gt;",
            "\\n",
            "\\r\\n",
            "\\t",
            "\\n\\n",
            "{\\line }",
            "\\line",
            "\\par\\pard",
            "{\\tab }",
            "{\\cs6\\f1 \\line}",
            "\\~",
            "\\u8232 ?",
            "\\u2028",
            "\\u000a",
            "\\x0A",
            "\\u00A0",
            "\\'a0",
            "\\\\",
            "\\\\n",
            "\n",
            "\t",
            " ",
            "\u{a0}",
            "\u{2028}",
            "\u{2029}",
            "&nbsp;",
            "&#160;",
            "&#xA0;",
            "&#10;",
            "&amp;nbsp;",
            "[br]",
            "{br}",
            "{nbsp}",
            "¶",
            "↵",
            "^p",
            "<mq:ch val=\"\t\" />",
            "<mq:ch val=\"&#x9;\" />",
            "<mq:ch val='&#160;'/>",
            "<mq:rxt displaytext=\"br\" val=\"&lt;br&gt;\" />",
            "<x:newline/>",
        ];
        for code in breaks {
            assert!(is_break(code), "{code:?}");
        }
        let others = [
            "",
            "<b>",
            "</b>",
            "<i>",
            "<strong>",
            "<em class=\"p br\">",
            "<span>",
            "<a href=\"/p/br\">",
            "<font size=\"2\">",
            "{1}",
            "{b}",
            "%s",
            "%1$s",
            "\\b",
            "{\\b ",
            "\\i0",
            "{\\cs6\\f1\\cf6\\lang1024 ",
            "\\-",
            "\\_",
            "&shy;",
            "&#173;",
            "\u{ad}",
            "<wbr>",
            "<sub>",
            "<sup>",
            "<w:softHyphen/>",
            "<w:b/>",
            "<w:rPr>",
            "<img src=\"x.png\"/>",
            "\u{200b}",
            "&zwnj;",
            "\\u00ad",
            "<bold>",
            "<param>",
            "<link>",
            "<x id=\"1\"/>",
            "<mq:ch val=\"*\" />",
            "<print>",
            "&unknown;",
            "a < b",
        ];
        for code in others {
            assert!(!is_break(code), "{code:?}");
        }
    }

    #[test]
    fn types_of_breaks() {
        for name in [
            "lb",
            "LB",
            "x-lb",
            "br",
            "x-br",
            "x-html-br",
            "linebreak",
            "line-break",
            "x-LineBreak",
            "tab",
            "x-tab",
            "pb",
            "cb",
            "paragraph",
            "nbsp",
            "non-breaking space",
            "soft_return",
            "p",
        ] {
            assert!(is_break_type(name), "{name}");
        }
        for name in
            ["bold", "italic", "x-bold", "font", "link", "struct", "fnote", "image", "7", ""]
        {
            assert!(!is_break_type(name), "{name}");
        }
    }

    #[test]
    fn one_space_stands_for_a_break() {
        let text = |pieces: &[&str]| {
            let mut text = SegmentText::default();
            for piece in pieces {
                match *piece {
                    "|" => text.skip_code(true),
                    "*" => text.skip_code(false),
                    piece => text.push(piece),
                }
            }
            text.finish()
        };
        assert_eq!(text(&["a", "|", "b"]), "a b");
        assert_eq!(text(&["a ", "|", "b"]), "a b");
        assert_eq!(text(&["a", "|", " b"]), "a b");
        assert_eq!(text(&["a ", "|", " ", "|", " b"]), "a b");
        assert_eq!(text(&["a", "|", "|", "*", "b"]), "a b");
        assert_eq!(text(&["|", "a", "|"]), "a");
        assert_eq!(text(&["|", " a ", "|"]), "a");
        assert_eq!(text(&["fla", "*", "sh"]), "flash");
        assert_eq!(text(&["a ", "*", " b"]), "a b");
        assert_eq!(text(&["a ", "*", "b", "*", " c"]), "a b c");
        assert_eq!(text(&[" a  b "]), " a  b ");
    }
}
