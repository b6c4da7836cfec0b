//! Articles of JSON lines that are from pages of HTML.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::blocks::{self, WireBlock};
use super::fields::{ArticleFields, date, named_language, text_of};
use crate::article::ArticleLinks;
use crate::json::plain;
use crate::{Article, Language};

/// An article as an object: a page, or the text of a page with its blocks.
#[derive(Deserialize)]
struct ArticleObject {
    text: Option<String>,
    blocks: Option<Vec<WireBlock<'static>>>,
    html: Option<String>,
}

/// The article that is an object.
pub(super) fn of_object(language: Language, key: &str, json: &str) -> Result<Article, String> {
    let object: ArticleObject = serde_json::from_str(json).map_err(|error| {
        let why = plain(&error);
        format!("`{key}` must be a string, an array of strings, or an object with `text` or `html`: {why}")
    })?;
    match (object.text, object.html) {
        (Some(text), None) => blocks::add(Article::new(language, text), object.blocks)
            .map_err(|error| format!("`{key}`: {error}")),
        (None, Some(html)) => {
            Ok(page(&html, None, Some(language)).map_err(|why| format!("`{key}`: {why}"))?.0)
        }
        _ => Err(format!(
            "`{key}` must be a string, an array of strings, or an object with `text` or `html`"
        )),
    }
}

/// The article of a line with a page, its day, and its links.
pub(super) fn single(
    fields: &ArticleFields<'_>,
    html: Option<&RawValue>,
) -> Result<(Article, Option<i32>, ArticleLinks), String> {
    let html = text_of("html", html)?.unwrap_or_default();
    let (url, language) = (text_of("url", fields.get("url"))?, named_language(fields)?);
    let (article, day, links) = page(&html, url, language)?;
    Ok((article, date(fields)?.or(day), links))
}

/// The article of a page, its day, and its links.
#[cfg(feature = "html")]
fn page(
    html: &str,
    url: Option<String>,
    language: Option<Language>,
) -> Result<(Article, Option<i32>, ArticleLinks), String> {
    use crate::html::{Page, PageHints};
    let hints = PageHints::default().with_charset("utf-8".to_string()).with_address(url);
    let page = Page::parse("`html`", html.as_bytes(), &hints).map_err(|error| error.to_string())?;
    let mut article = page.article(language).map_err(|error| format!("{error}, in `lang`"))?;
    // The page has no name of its own.
    article = article.without_id();
    Ok((article, page.metadata().day(), page.metadata().links()))
}

#[cfg(not(feature = "html"))]
fn page(
    _: &str,
    _: Option<String>,
    _: Option<Language>,
) -> Result<(Article, Option<i32>, ArticleLinks), String> {
    Err("pages of HTML need the feature `html` of bitext".to_string())
}
