//! Articles that are still to be paired, or are paired already, one line of JSON each.

use serde_json::value::RawValue;

use super::fields::Fields;
use super::jsonl::{article, articles};
use crate::json::{parse_id, parse_object, plain};
use crate::{Article, Error, Id, Language};

/// One article without known counterparts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SingleArticle {
    /// The article, without an id.
    pub article: Article,
    /// The day it is from, in days since 1 January 1970.
    pub day: Option<i32>,
}

/// What a line of a corpus holds.
#[derive(Clone, Debug, PartialEq)]
pub enum CorpusArticles {
    /// One article.
    Single(SingleArticle),
    /// Two or three versions of one article.
    Group(Vec<Article>),
}

/// A line of a corpus.
///
/// ```
/// use bitext::format::{CorpusArticles, CorpusLine};
///
/// let line = CorpusLine::parse(
///     r#"{"id": "a7", "lang": "uk", "date": "1970-01-03", "title": "Злива", "text": "Дощило."}"#,
/// );
/// let Ok(CorpusArticles::Single(single)) = line.articles else { panic!() };
/// assert_eq!((single.article.text(), single.day), ("Злива\n\nДощило.", Some(2)));
///
/// let line = CorpusLine::parse(r#"{"id": 8, "en": "It rained.", "de": "Es regnete."}"#);
/// assert!(matches!(line.articles, Ok(CorpusArticles::Group(_))));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct CorpusLine {
    /// The id.
    pub id: Option<Id>,
    /// What it holds, or why that cannot be used.
    pub articles: crate::Result<CorpusArticles>,
}

impl CorpusLine {
    /// Reads a line: either one article,
    /// `{"id": ..., "lang": "uk", "title": ..., "text": ..., "date": "2024-05-31"}`, of
    /// which only `text` must be there, a string or an array of sentences; its
    /// language is detected where none is named, and may be the key in place of `text`.
    /// Or a group as [`ArticlesLine::parse`](super::ArticlesLine::parse) reads it, with codes such
    /// as `en-US` as there; `lang` too may be any code of a language. `null` is as good as absent;
    /// other keys are ignored.
    pub fn parse(line: &str) -> CorpusLine {
        let fields: Fields<'_> = match parse_object(line) {
            Ok(fields) => fields,
            Err(why) => return CorpusLine { id: None, articles: Err(why) },
        };
        let id = match parse_id(fields.get("id")) {
            Ok(id) => id,
            Err(why) => return CorpusLine { id: None, articles: Err(why) },
        };
        CorpusLine { id, articles: read(&fields).map_err(Error::record) }
    }
}

fn read(fields: &Fields<'_>) -> Result<CorpusArticles, String> {
    match (fields.get("text"), fields.versions()?) {
        (None, []) => Err("needs `text`, or two of `en`, `uk` and `de`".to_string()),
        (Some(_), [_, ..]) => {
            Err("`text` and the language's own key say which is the text: give one".to_string())
        }
        (None, [_, _, ..]) => articles(fields).map(CorpusArticles::Group),
        (None, [version]) => single(fields, &version.key, version.value, Some(version.language)),
        (Some(text), []) => single(fields, "text", text, None),
    }
}

/// One article, the value of a key.
fn single(
    fields: &Fields<'_>,
    key: &str,
    value: &RawValue,
    by_key: Option<Language>,
) -> Result<CorpusArticles, String> {
    let day = match text_of("date", fields.get("date"))? {
        Some(date) => Some(day(&date).ok_or("`date` must begin with YYYY-MM-DD")?),
        None => None,
    };
    let title = text_of("title", fields.get("title"))?;
    let named = match (by_key, text_of("lang", fields.get("lang"))?) {
        (Some(language), _) => Some(language),
        (None, Some(code)) => {
            let language = code.parse::<Language>();
            Some(language.map_err(|error| format!("`lang`: {error}"))?.base())
        }
        (None, None) => None,
    };
    // Read as English, and told apart below.
    let read = article(named.unwrap_or(Language::ENGLISH), key, value)?;
    let language = match named {
        Some(language) => language,
        None if read.text().trim().is_empty() => return Err(format!("`{key}` is empty")),
        None => crate::language::detect("article", read.text())
            .map_err(|error| format!("{error}, in `lang`"))?,
    };
    if ![Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN].contains(&language) {
        return Err(format!("`lang`: `{language}` is none of `en`, `uk` and `de`"));
    }
    let article = match read.origin() {
        crate::article::Origin::Raw => match title {
            Some(title) => Article::new(language, format!("{title}\n\n{}", read.text())),
            None => Article::new(language, read.text()),
        },
        crate::article::Origin::Sentences => {
            let title = title.as_deref().into_iter();
            Article::from_sentences(language, title.chain(read.sentences()))
        }
    };
    Ok(CorpusArticles::Single(SingleArticle { article, day }))
}

fn text_of(key: &str, value: Option<&RawValue>) -> Result<Option<String>, String> {
    let Some(value) = value else { return Ok(None) };
    let text = serde_json::from_str(value.get());
    text.map(Some).map_err(|error| match error.is_data() {
        true => format!("`{key}` must be a string"),
        false => format!("`{key}`: {}", plain(&error)),
    })
}

/// Days since 1970 of a date that begins with YYYY-MM-DD, in the Gregorian calendar
/// (Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*).
fn day(date: &str) -> Option<i32> {
    let (date, rest) = date.trim().split_at_checked(10)?;
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut parts = date.split('-').map(|part| {
        part.bytes().all(|c| c.is_ascii_digit()).then(|| part.parse::<i32>().ok()).flatten()
    });
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // The year begins with March, so that its last day is the leap day.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_leap_years() {
        let known = [
            ("1970-01-01", 0),
            ("2000-02-29", 11_016),
            ("2000-03-01", 11_017),
            ("2024-12-31T23:59:00Z", 20_088),
            ("1969-12-31", -1),
        ];
        for (date, days) in known {
            assert_eq!(day(date), Some(days), "{date}");
        }
        for bad in
            ["", "2024", "2024-13-01", "2024-1-01", "31.05.2024", "2024-05-311", "20é4-01-01"]
        {
            assert_eq!(day(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said() {
        let cases = [
            ("[]", "not a JSON object"),
            (r#"{"id": 1}"#, "needs `text`"),
            (r#"{"text": 5, "lang": "en"}"#, "`text` must be a string or an array"),
            (r#"{"text": "a", "en": "b"}"#, "give one"),
            (r#"{"text": "a", "lang": "xx-what"}"#, "`lang`"),
            (r#"{"text": "a", "lang": "fr"}"#, "none of"),
            (r#"{"en": "a", "date": "yesterday"}"#, "`date`"),
            (r#"{"en": "a", "title": 7}"#, "`title` must be a string"),
            (r#"{"text": "123"}"#, "in `lang`"),
            (r#"{"text": " "}"#, "`text` is empty"),
        ];
        for (line, part) in cases {
            let why = CorpusLine::parse(line).articles.unwrap_err();
            assert!(why.to_string().contains(part), "{line}: {why}");
        }
    }

    #[test]
    fn one_language_is_an_article_and_two_are_a_group() {
        let single = |line| match CorpusLine::parse(line).articles {
            Ok(CorpusArticles::Single(single)) => single,
            other => panic!("{other:?}"),
        };
        let one = single(r#"{"de": ["Eins.", "Zwei."], "title": "Zahlen", "en": null}"#);
        assert_eq!(one.article.language(), Language::GERMAN);
        assert_eq!(one.article.sentences().collect::<Vec<_>>(), ["Zahlen", "Eins.", "Zwei."]);
        assert_eq!(one.day, None);
        let text = "Die Brücke ist seit Montag gesperrt, weil der Sturm sie beschädigt hat.";
        let found = single(&format!(r#"{{"text": "{text}"}}"#));
        assert_eq!(found.article.language(), Language::GERMAN);
        let group = CorpusLine::parse(r#"{"id": "x", "de": "Eins.", "uk": "Один."}"#);
        assert!(matches!(group.articles, Ok(CorpusArticles::Group(all)) if all.len() == 2));
    }
}
