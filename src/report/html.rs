//! The page put together.

use super::stats::Row;

const TEMPLATE: &str = include_str!("assets/page.html");
const STYLE: [&str; 5] = [
    include_str!("assets/base.css"),
    include_str!("assets/rows.css"),
    include_str!("assets/panel.css"),
    include_str!("assets/index.css"),
    include_str!("assets/print.css"),
];
/// One script, so that the parts know each other and nothing else does.
const SCRIPT: [&str; 12] = [
    include_str!("assets/dom.js"),
    include_str!("assets/model.js"),
    include_str!("assets/edit.js"),
    include_str!("assets/filter.js"),
    include_str!("assets/list.js"),
    include_str!("assets/rows.js"),
    include_str!("assets/panel.js"),
    include_str!("assets/index.js"),
    include_str!("assets/keys.js"),
    include_str!("assets/save.js"),
    include_str!("assets/print.js"),
    include_str!("assets/main.js"),
];

pub(super) struct Content<'a> {
    pub(super) title: &'a str,
    /// What a file of corrections is called by.
    pub(super) stem: &'a str,
    /// The page of the index, where it is another.
    pub(super) index: Option<&'a str>,
    pub(super) rows: &'a [Row],
    /// SVG.
    pub(super) plots: &'a str,
    /// Escaped JSON.
    pub(super) articles: &'a [String],
}

pub(super) fn page(content: &Content<'_>) -> String {
    let head = serde_json::json!({
        "title": content.title,
        "stem": content.stem,
        "index": content.index,
        "rows": content.rows,
    });
    let mut data = String::new();
    let mut element = |id: &str, json: &str| {
        data.push_str("<script type=\"application/json\" id=\"");
        data.push_str(id);
        data.push_str("\">");
        data.push_str(json);
        data.push_str("</script>\n");
    };
    element("report", &escape_json(&head.to_string()));
    for (at, article) in content.articles.iter().enumerate() {
        element(&format!("article-{at}"), article);
    }
    let title = escape(content.title);
    let (style, script) = (STYLE.concat(), SCRIPT.concat());
    fill(
        TEMPLATE,
        &[
            ("title", &title),
            ("style", &style),
            ("script", &script),
            ("plots", content.plots),
            ("data", &data),
        ],
    )
}

/// Puts values in the places `{{name}}` of a template; what is put in is not looked
/// through again.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(values.iter().map(|(_, value)| value.len()).sum::<usize>());
    let mut chunks = template.split("{{");
    out.push_str(chunks.next().unwrap_or_default());
    for chunk in chunks {
        let (name, rest) = chunk.split_once("}}").unwrap_or((chunk, ""));
        let value = values.iter().find(|(of, _)| *of == name);
        out.push_str(value.map_or("", |(_, value)| value));
        out.push_str(rest);
    }
    out
}

/// Text as HTML, in elements and in attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // HTML has no way to write these.
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// JSON for a script element: without `<`, nothing in it ends the element or begins a
/// comment; the rest are escaped for those who read the page as a script.
pub(super) fn escape_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 64);
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_hold_nothing_that_ends_them() {
        for script in SCRIPT {
            assert!(!script.contains("</script") && !script.contains("<!--"));
        }
        assert!(STYLE.iter().all(|style| !style.contains("</style")));
    }

    #[test]
    fn what_is_put_in_is_not_looked_through() {
        assert_eq!(fill("a{{x}}b{{y}}c", &[("x", "{{y}}"), ("y", "1")]), "a{{y}}b1c");
    }

    #[test]
    fn json_is_the_same_after_escaping() {
        let text = "</script><!-- --> & \u{2028}\u{2029} \" \\ \u{0} </template>";
        let json = serde_json::to_string(text).unwrap();
        let escaped = escape_json(&json);
        assert!(!escaped.contains(['<', '>', '&', '\u{2028}', '\u{2029}', '\u{0}']));
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
        assert_eq!(escape("<a b='\"&\u{0}'>"), "&lt;a b=&#39;&quot;&amp;\u{fffd}&#39;&gt;");
    }
}
