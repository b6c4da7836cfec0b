//! Assembles a page from its template, style sheets, scripts and data.

use super::stats::OverviewRow;

const TEMPLATE: &str = include_str!("assets/page.html");
const STYLE: [&str; 5] = [
    include_str!("assets/base.css"),
    include_str!("assets/rows.css"),
    include_str!("assets/panel.css"),
    include_str!("assets/index.css"),
    include_str!("assets/print.css"),
];
/// The scripts share one scope, which nothing else can access.
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

/// The content of a page.
pub(super) struct PageContent<'a> {
    pub(super) title: &'a str,
    /// The stem of the name of the file of corrections.
    pub(super) stem: &'a str,
    /// The file of the overview, if it is another page.
    pub(super) index: Option<&'a str>,
    pub(super) rows: &'a [OverviewRow],
    /// The plots, as SVG.
    pub(super) plots: &'a str,
    /// The bitexts, as escaped JSON.
    pub(super) articles: &'a [String],
}

/// Renders a page.
pub(super) fn page(content: &PageContent<'_>) -> String {
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

const CORPUS_TEMPLATE: &str = include_str!("assets/corpus/page.html");
const CORPUS_STYLE: [&str; 2] =
    [include_str!("assets/base.css"), include_str!("assets/corpus/corpus.css")];
const CORPUS_SCRIPT: [&str; 5] = [
    include_str!("assets/dom.js"),
    include_str!("assets/corpus/model.js"),
    include_str!("assets/corpus/filters.js"),
    include_str!("assets/corpus/rows.js"),
    include_str!("assets/corpus/main.js"),
];

/// Renders the page of a training set. `data` is JSON.
pub(super) fn corpus_page(title: &str, data: &str) -> String {
    let (title, data) = (escape(title), escape_json(data));
    let (style, script) = (CORPUS_STYLE.concat(), CORPUS_SCRIPT.concat());
    let values = [("title", &*title), ("style", &*style), ("script", &*script), ("data", &*data)];
    fill(CORPUS_TEMPLATE, &values)
}

/// Replaces the placeholders `{{name}}` of a template. The values are not searched for
/// placeholders.
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

/// Escapes text for HTML elements and attributes. Control characters, which HTML cannot represent, become
/// U+FFFD.
///
/// ```
/// assert_eq!(bitext::report::escape("R&D <1 \"day\">"), "R&amp;D &lt;1 &quot;day&quot;&gt;");
/// ```
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // HTML cannot represent control characters.
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Escapes JSON for a script element. Without `<`, it cannot end the element or begin a
/// comment. The other characters are escaped in case a tool parses the page as a script.
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
    fn scripts_and_styles_contain_no_end_tags() {
        for script in SCRIPT.iter().chain(&CORPUS_SCRIPT) {
            assert!(!script.contains("</script") && !script.contains("<!--"));
        }
        assert!(STYLE.iter().chain(&CORPUS_STYLE).all(|style| !style.contains("</style")));
    }

    #[test]
    fn values_are_not_searched_for_placeholders() {
        assert_eq!(fill("a{{x}}b{{y}}c", &[("x", "{{y}}"), ("y", "1")]), "a{{y}}b1c");
    }

    #[test]
    fn escaping_preserves_json() {
        let text = "</script><!-- --> & \u{2028}\u{2029} \" \\ \u{0} </template>";
        let json = serde_json::to_string(text).unwrap();
        let escaped = escape_json(&json);
        assert!(!escaped.contains(['<', '>', '&', '\u{2028}', '\u{2029}', '\u{0}']));
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
        assert_eq!(escape("<a b='\"&\u{0}'>"), "&lt;a b=&#39;&quot;&amp;\u{fffd}&#39;&gt;");
    }
}
