//! The fields of a line of JSON that holds articles: those with fixed names, and those named by the
//! code of a language.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::Language;
use crate::article::ArticleLinks;
use crate::json::plain;
use crate::language::from_name;

/// The fixed names of all kinds of lines.
#[rustfmt::skip]
const FIXED_FIELDS: [&str; 12] = [
    "id", "lang", "title", "text", "html", "date", "url", "alternates", "src", "tgt", "src_lang",
    "tgt_lang",
];

/// The known fields of a line. Others are ignored, and `null` counts as missing.
#[derive(Default)]
pub(super) struct ArticleFields<'a> {
    named: Vec<(&'static str, &'a RawValue)>,
    versions: Vec<ArticleVersion<'a>>,
}

/// A version of an article under a key such as `en`, `en-US` or `eng_Latn`.
pub(super) struct ArticleVersion<'a> {
    /// Without region and script.
    pub(super) language: Language,
    pub(super) key: String,
    pub(super) value: &'a RawValue,
}

impl<'a> ArticleFields<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.named.iter().find(|(of, _)| *of == name).map(|(_, value)| *value)
    }

    /// The versions of the article, in the order of the languages.
    ///
    /// # Errors
    ///
    /// If two keys are of one language.
    pub(super) fn versions(&self) -> Result<&[ArticleVersion<'a>], String> {
        match self.versions.windows(2).find(|pair| pair[0].language == pair[1].language) {
            None => Ok(&self.versions),
            Some(twice) => Err(format!(
                "`{}` and `{}` are both `{}`: give one of them",
                twice[0].key, twice[1].key, twice[0].language
            )),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for ArticleFields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ArticleFields<'a>, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = ArticleFields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = ArticleFields::default();
                let mut seen: Vec<String> = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                    let name = FIXED_FIELDS.into_iter().find(|name| *name == key);
                    let language = if name.is_none() { from_name(&key) } else { None };
                    // A key that is not exactly a code of a language of the embedded model may hold
                    // something else than a text.
                    let is_text = value.get().starts_with(['"', '[']);
                    let language = language.filter(|one| {
                        let is_exact = one.code() == key;
                        let is_article = || is_article_object(value.get());
                        is_text || is_exact && (one.is_built_in() || is_article())
                    });
                    if name.is_none() && language.is_none() {
                        continue;
                    }
                    if seen.contains(&key) {
                        return Err(A::Error::custom(format_args!("duplicate field `{key}`")));
                    }
                    seen.push(key.clone());
                    if value.get() == "null" {
                        continue;
                    }
                    fields.named.extend(name.map(|name| (name, value)));
                    let version = language.map(|language| ArticleVersion { language, key, value });
                    fields.versions.extend(version);
                }
                fields.versions.sort_by_key(|version| version.language);
                Ok(fields)
            }
        }

        deserializer.deserialize_map(Read)
    }
}

/// Whether a value is an object with a text or a page.
fn is_article_object(json: &str) -> bool {
    #[derive(Deserialize)]
    struct Keys<'a> {
        #[serde(borrow)]
        text: Option<&'a RawValue>,
        #[serde(borrow)]
        html: Option<&'a RawValue>,
    }
    let keys = || serde_json::from_str::<Keys<'_>>(json);
    json.starts_with('{') && keys().is_ok_and(|keys| keys.text.is_some() || keys.html.is_some())
}

/// The address of an article, and those of its versions: `url` and `alternates`.
pub(super) fn links(fields: &ArticleFields<'_>) -> Result<ArticleLinks, String> {
    let alternates = match fields.get("alternates") {
        None => Vec::new(),
        Some(list) => serde_json::from_str(list.get())
            .map_err(|_| "`alternates` must be an array of strings".to_string())?,
    };
    Ok(ArticleLinks { address: text_of("url", fields.get("url"))?, alternates })
}

/// The day of the `date`, in days since 1970.
pub(super) fn date(fields: &ArticleFields<'_>) -> Result<Option<i32>, String> {
    match text_of("date", fields.get("date"))? {
        Some(date) => Ok(Some(crate::text::day(&date).ok_or("`date` must begin with YYYY-MM-DD")?)),
        None => Ok(None),
    }
}

/// The language that the line names for its article.
pub(super) fn named_language(fields: &ArticleFields<'_>) -> Result<Option<Language>, String> {
    let Some(code) = text_of("lang", fields.get("lang"))? else { return Ok(None) };
    let language = code.parse::<Language>();
    Ok(Some(language.map_err(|error| format!("`lang`: {error}"))?.base()))
}

/// The string of a field.
pub(super) fn text_of(key: &str, value: Option<&RawValue>) -> Result<Option<String>, String> {
    let Some(value) = value else { return Ok(None) };
    let text = serde_json::from_str(value.get());
    text.map(Some).map_err(|error| {
        if error.is_data() {
            format!("`{key}` must be a string")
        } else {
            format!("`{key}`: {}", plain(&error))
        }
    })
}
