//! What a page says about itself: language, address, versions in other languages, title, author, date and
//! licence.

mod json_ld;

use html5ever::tokenizer::Tag;

use super::address::resolve;
use super::limits::{MAX_ALTERNATES, MAX_JSON_LD_BYTES, MAX_METADATA_BYTES};
use crate::Language;
use crate::article::ArticleLinks;
use crate::language::from_name;

/// What a page says about itself. None of it is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metadata {
    /// The language tag of the page: `lang` or `xml:lang` of its first element, else `Content-Language` or
    /// `og:locale`.
    pub language: Option<String>,
    /// The title: `og:title` or the headline of JSON-LD, else `title`.
    pub title: Option<String>,
    /// The author.
    pub author: Option<String>,
    /// The time of publication as the page has it, usually after ISO 8601.
    pub date: Option<String>,
    /// The licence, usually as an address: a link with `rel=license`, or `dcterms.license`.
    pub licence: Option<String>,
    /// The address of the page: the canonical one, else `og:url`, else the one from which it was loaded.
    pub address: Option<String>,
    /// The versions in other languages that the page names (`hreflang`), without `x-default`.
    pub alternates: Vec<Alternate>,
}

/// A version of a page, as a page names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Alternate {
    /// Its language tag.
    pub language: String,
    /// Its address, absolute if the address of the page is known.
    pub address: String,
}

impl Metadata {
    /// The day of publication, in days since 1 January 1970, if the date begins with YYYY-MM-DD.
    ///
    /// ```
    /// use bitext::html::{Page, PageHints};
    ///
    /// let page = br#"<meta property="article:published_time" content="1970-01-03T09:00+02:00">"#;
    /// let page = Page::parse("page.html", page, &PageHints::default())?;
    /// assert_eq!(page.metadata().day(), Some(2));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn day(&self) -> Option<i32> {
        crate::text::day(self.date.as_deref()?)
    }

    /// The address of the page and those of its versions.
    pub fn links(&self) -> ArticleLinks {
        let mut links = ArticleLinks::default();
        links.address.clone_from(&self.address);
        links.alternates = self.alternates.iter().map(|one| one.address.clone()).collect();
        links
    }

    /// Makes addresses absolute. `loaded_from` is the address of the page unless it names one.
    pub(super) fn resolve(&mut self, base: Option<&str>, loaded_from: Option<&str>) {
        let address = self.address.take();
        let own = match (address, loaded_from) {
            (Some(address), Some(loaded)) => Some(resolve(loaded, &address).unwrap_or(address)),
            (address, loaded) => address.or_else(|| loaded.map(str::to_string)),
        };
        // Relative addresses are relative to where the page was loaded from.
        let base = match (base, loaded_from.or(own.as_deref())) {
            (Some(base), Some(from)) => resolve(from, base).or(Some(base.to_string())),
            (base, from) => base.or(from).map(str::to_string),
        };
        if let Some(base) = base {
            for address in
                self.alternates.iter_mut().map(|one| &mut one.address).chain(&mut self.licence)
            {
                if let Some(absolute) = resolve(&base, address) {
                    *address = absolute;
                }
            }
        }
        self.address = own;
    }
}

/// The language of a tag such as `uk-UA`, `de_AT` or `fr`, without region and script.
pub fn language_of_tag(tag: &str) -> Option<Language> {
    let tag = tag.trim();
    from_name(tag).or_else(|| Some(tag.parse::<Language>().ok()?.base()))
}

/// A value, and how good its source is: a lower rank is better.
#[derive(Debug, Default)]
struct Ranked(Option<(u8, String)>);

impl Ranked {
    fn offer(&mut self, rank: u8, value: &str) {
        let value = value.trim();
        let is_usable = !value.is_empty() && value.len() <= MAX_METADATA_BYTES;
        if is_usable && self.0.as_ref().is_none_or(|(best, _)| rank < *best) {
            let folded = value.split_whitespace().collect::<Vec<_>>().join(" ");
            self.0 = Some((rank, folded));
        }
    }

    fn take(self) -> Option<String> {
        self.0.map(|(_, value)| value)
    }
}

/// Collects the metadata of a page.
#[derive(Debug, Default)]
pub struct MetadataReader {
    language: Ranked,
    title: Ranked,
    author: Ranked,
    date: Ranked,
    licence: Ranked,
    address: Ranked,
    /// The address that others are relative to.
    pub(super) base: Option<String>,
    alternates: Vec<Alternate>,
}

/// Where values of `meta` belong: the name, the field, and the rank.
const META_FIELDS: [(&str, Field, u8); 25] = [
    ("content-language", Field::Language, 2),
    ("og:locale", Field::Language, 3),
    ("og:title", Field::Title, 1),
    ("dc.title", Field::Title, 3),
    ("dcterms.title", Field::Title, 3),
    ("author", Field::Author, 1),
    ("article:author", Field::Author, 3),
    ("dc.creator", Field::Author, 4),
    ("dcterms.creator", Field::Author, 4),
    ("article:published_time", Field::Date, 1),
    ("og:published_time", Field::Date, 3),
    ("datepublished", Field::Date, 3),
    ("dcterms.issued", Field::Date, 4),
    ("dcterms.created", Field::Date, 4),
    ("dcterms.date", Field::Date, 4),
    ("dc.date.issued", Field::Date, 4),
    ("dc.date", Field::Date, 4),
    ("pubdate", Field::Date, 4),
    ("date", Field::Date, 5),
    ("license", Field::Licence, 2),
    ("dcterms.license", Field::Licence, 3),
    ("dc.rights.license", Field::Licence, 3),
    ("dcterms.rights", Field::Licence, 5),
    ("dc.rights", Field::Licence, 5),
    ("og:url", Field::Address, 2),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Language,
    Title,
    Author,
    Date,
    Licence,
    Address,
}

impl MetadataReader {
    fn offer(&mut self, field: Field, rank: u8, value: &str) {
        let ranked = match field {
            Field::Language => &mut self.language,
            Field::Title => &mut self.title,
            // Some sites give the address of a profile.
            Field::Author if value.contains("://") => return,
            Field::Author => &mut self.author,
            Field::Date => &mut self.date,
            Field::Licence => &mut self.licence,
            Field::Address => &mut self.address,
        };
        ranked.offer(rank, value);
    }

    /// Reads a start tag. `is_in_content` says that it is inside `article` or `main`.
    pub fn start(&mut self, tag: &Tag, is_in_content: bool) {
        let get = |name: &str| {
            tag.attrs.iter().find(|one| &*one.name.local == name).map(|one| one.value.trim())
        };
        let has_relation = |wanted: &str| {
            get("rel").is_some_and(|all| {
                all.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case(wanted))
            })
        };
        match &*tag.name {
            "html" => {
                if let Some(tag) = get("lang").filter(|tag| !tag.is_empty()).or(get("xml:lang")) {
                    self.offer(Field::Language, 1, tag);
                }
            }
            "base" => {
                if let (None, Some(href)) = (&self.base, get("href")) {
                    self.base =
                        Some(href.to_string()).filter(|href| href.len() <= MAX_METADATA_BYTES);
                }
            }
            "meta" => {
                let name =
                    get("property").or(get("name")).or(get("itemprop")).or(get("http-equiv"));
                let (Some(name), Some(content)) = (name, get("content")) else { return };
                let known = META_FIELDS.iter().find(|(known, ..)| name.eq_ignore_ascii_case(known));
                if let Some((_, field, rank)) = known {
                    self.offer(*field, *rank, content);
                }
            }
            "link" | "a" => {
                let Some(href) = get("href").filter(|href| !href.is_empty()) else { return };
                if has_relation("license") {
                    self.offer(Field::Licence, 1, href);
                }
                if &*tag.name == "link" && has_relation("canonical") {
                    self.offer(Field::Address, 1, href);
                }
                if has_relation("alternate") {
                    self.alternate(get("hreflang"), href);
                }
            }
            "time" if is_in_content => {
                if let Some(time) = get("datetime") {
                    self.offer(Field::Date, if get("pubdate").is_some() { 3 } else { 6 }, time);
                }
            }
            _ => {}
        }
    }

    fn alternate(&mut self, language: Option<&str>, href: &str) {
        let Some(language) = language.filter(|tag| !tag.is_empty()) else { return };
        let fits = self.alternates.len() < MAX_ALTERNATES
            && language.len() <= 64
            && href.len() <= MAX_METADATA_BYTES;
        if fits && !language.eq_ignore_ascii_case("x-default") {
            let (language, address) = (language.to_string(), href.to_string());
            self.alternates.push(Alternate { language, address });
        }
    }

    /// Reads the content of `title`.
    pub fn title(&mut self, text: &str) {
        self.offer(Field::Title, 2, text);
    }

    /// Reads a script with structured data.
    pub fn json_ld(&mut self, text: &str) {
        if text.len() > MAX_JSON_LD_BYTES {
            return;
        }
        let found = json_ld::read(text);
        for (field, rank, value) in [
            (Field::Language, 2, found.language),
            // `title` often has the name of the site, too.
            (Field::Title, 1, found.headline),
            (Field::Author, 2, found.author),
            (Field::Date, 2, found.date),
            (Field::Licence, 2, found.licence),
        ] {
            if let Some(value) = value {
                self.offer(field, rank, &value);
            }
        }
    }

    /// The metadata, with addresses as they are in the page, and the address that they are relative to.
    pub fn finish(self) -> (Metadata, Option<String>) {
        let metadata = Metadata {
            language: self.language.take(),
            title: self.title.take(),
            author: self.author.take(),
            date: self.date.take(),
            licence: self.licence.take(),
            address: self.address.take(),
            alternates: self.alternates,
        };
        (metadata, self.base)
    }
}
