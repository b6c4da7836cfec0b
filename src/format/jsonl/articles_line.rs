//! Reads articles from lines of JSON: versions of one article to align, or articles to pair.

use serde_json::value::RawValue;

use super::fields::{ArticleFields, date, links, named_language, text_of};
use super::pages;
use crate::article::ArticleLinks;
use crate::json::{parse_id, parse_object, plain};
use crate::{Article, Error, Id, Language};

/// The articles of a line of JSON.
#[derive(Debug)]
#[non_exhaustive]
pub struct ArticlesLine {
    /// The id for the bitext.
    pub id: Option<Id>,
    /// The day of a single article, in days since 1 January 1970.
    pub day: Option<i32>,
    /// The address of a single article, and those of its versions.
    pub links: ArticleLinks,
    /// The articles, or why the line cannot be used. The id may be known even then.
    pub articles: crate::Result<Vec<Article>>,
}

impl ArticlesLine {
    /// Reads two or three versions of an article:
    /// `{"id": ..., "en": ..., "uk": ..., "de": ...}`.
    ///
    /// The value of a language is a string (a raw text), an array of strings (sentences), or `null`,
    /// which means that there is no such version. It may also be an object: `{"html": ...}` with a page of
    /// HTML (feature `html`), or `{"text": ..., "blocks": ...}` as `bitext pair` writes it for pages, with
    /// the blocks of [`to_json`](super::to_json). The id is a string or a whole number and may be
    /// missing. Other keys are ignored.
    ///
    /// A key may be any code of the language, such as `en-US`, `de_AT`, `ukr` or `eng_Latn` (see
    /// [`from_name`](crate::language::from_name)). The region is dropped: an article in `en-US` is in
    /// `en`. Two keys for one language are an error, and so are more than three languages.
    ///
    /// Articles in languages whose code is no key, such as `no` and `tlh`, go into the keys `src` and
    /// `tgt`, and their codes into `src_lang` and `tgt_lang`, as in a task of `bitext score`. These keys
    /// are read only if no other key is a language.
    ///
    /// ```
    /// use bitext::format::ArticlesLine;
    ///
    /// let line = ArticlesLine::parse(r#"{"id": 7, "en": "It rained.", "de": ["Es regnete."]}"#);
    /// assert_eq!(line.articles?.len(), 2);
    /// let line = ArticlesLine::parse(r#"{"id": 8, "en": 5}"#);
    /// assert!(line.articles.is_err());
    /// assert_eq!(line.id, Some(bitext::Id::Integer(8)));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn parse(line: &str) -> ArticlesLine {
        ArticlesLine::parse_with(line, |fields| {
            Ok(LineContent { articles: versions(fields)?, ..LineContent::default() })
        })
    }

    /// Reads either a single article or the versions of one, as [`ArticlesLine::parse`] does.
    ///
    /// The line of a single article is
    /// `{"id": ..., "lang": "uk", "title": ..., "text": ..., "date": "2024-05-31"}`. Only `text`, a
    /// string or an array of sentences, is required. `html`, a page of HTML, may replace it (feature
    /// `html`); then the language and the date are those of the page, if the line has none. `url` is the
    /// address of the article, and `alternates` lists those of its versions. The language is detected if
    /// there is no `lang`; its code may also replace the key `text`. The title precedes the text as a
    /// paragraph of its own. Like a version, `text` may be an object with blocks, if the language is given
    /// and there is no title. A `null` counts as missing, and other keys are ignored.
    ///
    /// ```
    /// use bitext::format::ArticlesLine;
    ///
    /// let line = ArticlesLine::parse_any(
    ///     r#"{"id": "a7", "lang": "uk", "date": "1970-01-03", "title": "Злива", "text": "Дощило."}"#,
    /// );
    /// assert_eq!(line.day, Some(2));
    /// let articles = line.articles?;
    /// assert_eq!((articles.len(), articles[0].text()), (1, "Злива\n\nДощило."));
    ///
    /// let line = ArticlesLine::parse_any(r#"{"id": 8, "en": "It rained.", "de": "Es regnete."}"#);
    /// assert_eq!(line.articles?.len(), 2);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn parse_any(line: &str) -> ArticlesLine {
        ArticlesLine::parse_with(line, single_or_versions)
    }

    fn parse_with(
        line: &str,
        read: impl FnOnce(&ArticleFields<'_>) -> Result<LineContent, String>,
    ) -> ArticlesLine {
        let with = |id, content: Result<LineContent, Error>| {
            let (content, error) = match content {
                Ok(content) => (content, None),
                Err(error) => (LineContent::default(), Some(error)),
            };
            let LineContent { articles, day, links } = content;
            ArticlesLine { id, day, links, articles: error.map_or(Ok(articles), Err) }
        };
        let fields: ArticleFields<'_> = match parse_object(line) {
            Ok(fields) => fields,
            Err(error) => return with(None, Err(error)),
        };
        match parse_id(fields.get("id")) {
            Ok(id) => with(id, read(&fields).map_err(Error::record)),
            Err(error) => with(None, Err(error)),
        }
    }
}

/// What a line has, but for its id.
#[derive(Default)]
struct LineContent {
    articles: Vec<Article>,
    day: Option<i32>,
    links: ArticleLinks,
}

fn single_or_versions(fields: &ArticleFields<'_>) -> Result<LineContent, String> {
    let text = fields.get("text");
    // If a line has both a text and a page, the page is ignored.
    let html = fields.get("html").filter(|_| text.is_none());
    let (key, value, language) = match (text, fields.versions()?) {
        (None, []) if html.is_some() => {
            let (article, day, links) = pages::single(fields, html)?;
            return Ok(LineContent { articles: vec![article], day, links });
        }
        (None, []) => return Err("needs `text`, or texts with their languages as keys".to_string()),
        (Some(_), [_, ..]) => {
            let why = "`text` and the language's own key say which is the text: give one";
            return Err(why.to_string());
        }
        (None, [_, _, ..]) => {
            return Ok(LineContent { articles: versions(fields)?, ..LineContent::default() });
        }
        (None, [version]) => (version.key.to_string(), version.value, Some(version.language)),
        (Some(text), []) => ("text".to_string(), text, None),
    };
    let (day, links) = (date(fields)?, links(fields)?);
    Ok(LineContent { articles: vec![single(fields, &key, value, language)?], day, links })
}

/// The versions of an article.
fn versions(fields: &ArticleFields<'_>) -> Result<Vec<Article>, String> {
    let mut articles = Vec::new();
    for version in fields.versions()? {
        articles.push(article(version.language, &version.key, version.value)?);
    }
    if articles.is_empty() {
        for (key, lang_key) in [("src", "src_lang"), ("tgt", "tgt_lang")] {
            let (Some(value), Some(lang)) = (fields.get(key), fields.get(lang_key)) else {
                continue;
            };
            let language: Language = serde_json::from_str(lang.get())
                .map_err(|error| format!("`{lang_key}`: {}", plain(&error)))?;
            articles.push(article(language.base(), key, value)?);
        }
    }
    match articles.len() {
        0 | 1 => Err(format!(
            "needs two or three languages, with keys such as `en`, `uk` or `fr`, has {}; a language \
             whose code is no key goes into `src` or `tgt`, with its code in `src_lang` or `tgt_lang`",
            articles.len()
        )),
        4.. => Err(format!(
            "has {} languages ({}), but an alignment takes two or three: leave some out, or give them \
             in several lines",
            articles.len(),
            articles.iter().map(|one| one.language().to_string()).collect::<Vec<_>>().join(", ")
        )),
        _ => Ok(articles),
    }
}

/// The article that is the value of a key.
fn article(language: Language, key: &str, value: &RawValue) -> Result<Article, String> {
    let json = value.get();
    let wrong = |error: serde_json::Error| {
        if error.is_data() {
            format!("`{key}` must be a string or an array of strings")
        } else {
            format!("`{key}`: {}", plain(&error))
        }
    };
    Ok(if json.starts_with('{') {
        pages::of_object(language, key, json)?
    } else if json.starts_with('[') {
        let sentences: Vec<String> = serde_json::from_str(json).map_err(wrong)?;
        Article::from_sentences(language, sentences)
    } else {
        Article::new(language, serde_json::from_str::<String>(json).map_err(wrong)?)
    })
}

/// The only article of a line: the value of a key.
fn single(
    fields: &ArticleFields<'_>,
    key: &str,
    value: &RawValue,
    by_key: Option<Language>,
) -> Result<Article, String> {
    let title = text_of("title", fields.get("title"))?;
    let named = match by_key {
        Some(language) => Some(language),
        None => named_language(fields)?,
    };
    // Read as English; the language is detected below.
    let read = article(named.unwrap_or(Language::ENGLISH), key, value)?;
    let language = match named {
        Some(language) => language,
        None if read.text().trim().is_empty() => return Err(format!("`{key}` is empty")),
        None => crate::language::require("article", read.text())
            .map_err(|error| format!("{error}, in `lang`"))?,
    };
    if named.is_some() && title.is_none() {
        // With its blocks, if it is the text of a page.
        return Ok(read);
    }
    Ok(match read.origin() {
        crate::article::Origin::Raw => match title {
            Some(title) => Article::new(language, format!("{title}\n\n{}", read.text())),
            None => Article::new(language, read.text()),
        },
        crate::article::Origin::Sentences => {
            let title = title.as_deref().into_iter();
            Article::from_sentences(language, title.chain(read.sentences()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_line_is_said() {
        let cases = [
            ("[]", "not a JSON object"),
            (r#"{"id": 1}"#, "needs `text`"),
            (r#"{"text": 5, "lang": "en"}"#, "`text` must be a string or an array"),
            (r#"{"text": "a", "en": "b"}"#, "give one"),
            (r#"{"text": "a", "lang": "xx-what"}"#, "`lang`"),
            (r#"{"en": "a", "date": "yesterday"}"#, "`date`"),
            (r#"{"en": "a", "title": 7}"#, "`title` must be a string"),
            (r#"{"en": "a", "alternates": "/de/a"}"#, "`alternates` must be an array"),
            (r#"{"text": "123"}"#, "in `lang`"),
            (r#"{"text": " "}"#, "`text` is empty"),
        ];
        for (line, part) in cases {
            let why = ArticlesLine::parse_any(line).articles.unwrap_err();
            assert!(why.to_string().contains(part), "{line}: {why}");
        }
    }

    #[test]
    fn one_language_is_an_article_and_two_are_a_group() {
        let single = |line| {
            let line = ArticlesLine::parse_any(line);
            assert_eq!(line.day, None);
            let [article] = &line.articles.unwrap()[..] else { panic!() };
            article.clone()
        };
        let one = single(r#"{"de": ["Eins.", "Zwei."], "title": "Zahlen", "en": null}"#);
        assert_eq!(one.language(), Language::GERMAN);
        assert_eq!(one.sentences().collect::<Vec<_>>(), ["Zahlen", "Eins.", "Zwei."]);
        let text = "Die Brücke ist seit Montag gesperrt, weil der Sturm sie beschädigt hat.";
        let line = format!(r#"{{"text": "{text}"}}"#);
        let found = single(&line);
        assert_eq!(found.language(), Language::GERMAN);
        let page = r#"{"lang": "de", "text": {"text": "Eins.\n\nZwei.", "blocks": [[0, 5, "heading", 7]]}}"#;
        assert_eq!(single(page).blocks().len(), 1);
        let linked = ArticlesLine::parse_any(
            r#"{"en": "One.", "url": "/en/a", "alternates": ["/de/a", "/uk/a"]}"#,
        );
        assert_eq!(linked.links.alternates, ["/de/a", "/uk/a"]);
        let group = ArticlesLine::parse_any(r#"{"id": "x", "de": "Eins.", "uk": "Один."}"#);
        assert_eq!(group.articles.unwrap().len(), 2);
    }
}
