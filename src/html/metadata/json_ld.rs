//! Structured data of schema.org in JSON-LD.

use serde_json::Value;

/// What is read of the article that the data describe.
#[derive(Debug, Default)]
pub struct ArticleData {
    pub language: Option<String>,
    pub headline: Option<String>,
    pub author: Option<String>,
    pub date: Option<String>,
    pub licence: Option<String>,
}

/// Reads the first object with a date of publication: the article. A site's other objects, such as its
/// menus, have none. Text that is not JSON has no data.
pub fn read(text: &str) -> ArticleData {
    let Ok(data) = serde_json::from_str::<Value>(text) else { return ArticleData::default() };
    let Some(article) = article(&data) else { return ArticleData::default() };
    let string = |key: &str| Some(article.get(key)?.as_str()?.to_string());
    ArticleData {
        language: string("inLanguage"),
        headline: string("headline"),
        author: article.get("author").and_then(name),
        date: string("datePublished"),
        licence: string("license"),
    }
}

/// The object, one of a list of objects, or one of a graph.
fn article(data: &Value) -> Option<&Value> {
    match data {
        Value::Object(fields) if fields.contains_key("datePublished") => Some(data),
        Value::Object(fields) => article(fields.get("@graph").or(fields.get("mainEntity"))?),
        Value::Array(all) => all.iter().find_map(article),
        _ => None,
    }
}

/// The name of a person, or of the first of several.
fn name(author: &Value) -> Option<String> {
    match author {
        Value::String(name) => Some(name.clone()),
        Value::Array(all) => all.first().and_then(name),
        _ => Some(author.get("name")?.as_str()?.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_is_found_in_lists_and_graphs() {
        let article = r#"{"@type": "NewsArticle", "headline": "Ferry", "datePublished": "2026-03-14",
            "author": [{"name": "A. Hrytsenko"}, {"name": "B"}], "license": "https://l.example/by"}"#;
        for data in [
            article.to_string(),
            format!("[{{\"@type\": \"WebSite\", \"name\": \"x\"}}, {article}]"),
            format!("{{\"@graph\": [{{\"@type\": \"Organization\"}}, {article}]}}"),
        ] {
            let found = read(&data);
            assert_eq!(found.date.as_deref(), Some("2026-03-14"), "{data}");
            assert_eq!(found.author.as_deref(), Some("A. Hrytsenko"));
            assert_eq!(found.headline.as_deref(), Some("Ferry"));
        }
        for bad in ["", "[", "5", "{\"datePublished\": 5}", &"[".repeat(100_000)] {
            assert_eq!(read(bad).date, None);
        }
    }
}
