//! What the elements of HTML mean for the text: which break a line or a block, which are never shown,
//! and which close others that the page left open.

use html5ever::tokenizer::states::RawKind;

use crate::article::BlockKind;

/// Whether text before and after the tag belongs to different blocks.
pub fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "col"
            | "colgroup"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "frameset"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "listing"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "plaintext"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "xmp"
    )
}

/// Elements without content and end tag.
pub fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements whose content browsers never show as text of the page, or that are controls of a form. The
/// parts of a ruby annotation tell how the text before them is read.
pub fn is_never_text(name: &str) -> bool {
    matches!(
        name,
        "audio"
            | "button"
            | "canvas"
            | "datalist"
            | "iframe"
            | "noembed"
            | "noframes"
            | "noscript"
            | "object"
            | "rp"
            | "rt"
            | "script"
            | "select"
            | "style"
            | "svg"
            | "template"
            | "textarea"
            | "title"
            | "video"
    )
}

/// Elements in which tags are text.
pub fn raw_kind(name: &str) -> Option<RawKind> {
    Some(match name {
        "title" | "textarea" => RawKind::Rcdata,
        "script" => RawKind::ScriptData,
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => RawKind::Rawtext,
        _ => return None,
    })
}

/// Elements in which line ends are kept.
pub fn is_preformatted(name: &str) -> bool {
    matches!(name, "pre" | "listing" | "xmp" | "plaintext")
}

/// The kind of the blocks in an element, if it has one of its own.
pub fn kind(name: &str) -> Option<BlockKind> {
    Some(match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => BlockKind::Heading,
        "li" | "dd" | "dt" => BlockKind::ListItem,
        "figcaption" | "caption" => BlockKind::Caption,
        "td" | "th" => BlockKind::TableCell,
        "nav" | "menu" => BlockKind::Navigation,
        "aside" => BlockKind::Aside,
        _ => return None,
    })
}

/// Elements that limit end tags: an end tag inside one of them closes nothing outside it.
pub fn is_barrier(name: &str) -> bool {
    matches!(name, "html" | "table" | "td" | "th" | "caption" | "template" | "object" | "marquee")
}

/// The elements that a start tag closes, with those that an element to be closed must be inside of:
/// end tags of paragraphs, items and cells may be left out.
pub fn implied_ends(name: &str) -> (&'static [&'static str], &'static [&'static str]) {
    const IN_TABLE: &[&str] = &["table"];
    match name {
        "li" => (&["li"], &["ul", "ol", "menu", "dir"]),
        "dt" | "dd" => (&["dt", "dd"], &["dl"]),
        "option" | "optgroup" => (&["option"], &["select", "datalist"]),
        "td" | "th" => (&["td", "th"], IN_TABLE),
        "tr" => (&["tr", "td", "th"], IN_TABLE),
        "tbody" | "tfoot" | "thead" => {
            (&["tbody", "tfoot", "thead", "tr", "td", "th", "caption", "colgroup"], IN_TABLE)
        }
        "body" => (&["head"], &[]),
        _ => (&[], &[]),
    }
}
