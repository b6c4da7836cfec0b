//! Addresses of pages: comparing them, and the part that names the language.

use oxiri::{Iri, IriRef};

use crate::Language;
use crate::language::from_name;

/// An address relative to another one; `None` if one of them is malformed.
pub fn resolve(base: &str, address: &str) -> Option<String> {
    let base = Iri::parse(base.trim()).ok()?;
    let address = IriRef::parse(address.trim()).ok()?;
    base.resolve(&address).ok().map(Iri::into_inner)
}

/// The form of an address that all ways of writing it share: without scheme, `www.`, fragment, the name of
/// an index page, and a slash at the end.
///
/// ```
/// use bitext::html::address_key;
///
/// let key = address_key("https://www.Example.org/de/index.html#top");
/// assert_eq!(key, address_key("http://example.org/de/"));
/// assert_eq!(key, "example.org/de");
/// ```
pub fn address_key(address: &str) -> String {
    let address = address.trim();
    let Ok(parsed) = IriRef::parse(address) else { return address.to_string() };
    let host = parsed.authority().unwrap_or_default().to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let host = host.strip_suffix(":80").or(host.strip_suffix(":443")).unwrap_or(host);
    let path = parsed.path();
    let path = match path.rsplit_once('/') {
        Some((folder, "index.html" | "index.htm" | "index.php" | "")) => folder,
        _ => path,
    };
    let query = parsed.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{host}{path}{query}")
}

/// The key of an address with a star in place of the part that names the language, and that language.
/// `None` if no part does. The part is one of the host (`uk.example.org`), of the path (`/uk/…`,
/// `/page.uk.html`), or of the query (`lang=uk`).
///
/// ```
/// use bitext::Language;
/// use bitext::html::language_in_address;
///
/// let german = language_in_address("https://example.org/de/news/7");
/// assert_eq!(german, Some(("example.org/*/news/7".to_string(), Language::GERMAN)));
/// let ukrainian = language_in_address("https://example.org/uk/news/7").unwrap();
/// assert_eq!(ukrainian.0, "example.org/*/news/7");
/// assert_eq!(language_in_address("https://example.org/news/7"), None);
/// ```
pub fn language_in_address(address: &str) -> Option<(String, Language)> {
    let key = address_key(address);
    let (host_and_path, query) = key.split_once('?').map_or((&*key, None), |(x, y)| (x, Some(y)));
    let (host, path) = match host_and_path.find('/') {
        Some(at) => host_and_path.split_at(at),
        None => (host_and_path, ""),
    };
    let put = |host: &str, path: &str, query: Option<String>| {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        format!("{host}{path}{query}")
    };
    if let Some((first, rest)) = host.split_once('.') {
        if let Some(language) = code(first) {
            let query = query.map(str::to_string);
            return Some((put(&format!("*.{rest}"), path, query), language));
        }
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    for at in 0..parts.len() {
        if let Some(language) = code(parts[at]) {
            parts[at] = "*";
            return Some((put(host, &parts.join("/"), query.map(str::to_string)), language));
        }
    }
    // `page.uk.html`, `page-uk.html`
    if let Some((folder, file)) = path.rsplit_once('/') {
        let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
        let named = [".", "-", "_"].into_iter().find_map(|mark| {
            let (name, last) = stem.rsplit_once(mark)?;
            Some((format!("{folder}/{name}{mark}*.{ending}"), code(last)?))
        });
        if let Some((path, language)) = named {
            return Some((put(host, &path, query.map(str::to_string)), language));
        }
    }
    let mut pairs: Vec<String> = query?.split('&').map(str::to_string).collect();
    for pair in &mut pairs {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let names_language = matches!(name, "lang" | "language" | "hl" | "locale" | "l" | "lng");
        if let Some(language) = code(value).filter(|_| names_language) {
            *pair = format!("{name}=*");
            return Some((put(host, path, Some(pairs.join("&"))), language));
        }
    }
    None
}

/// The language of a part of an address: a code of two letters, with or without a region, or `ua`, which
/// many Ukrainian sites use.
fn code(part: &str) -> Option<Language> {
    let lowercase = part.to_ascii_lowercase();
    let (language, region) = lowercase.split_once(['-', '_']).unwrap_or((&lowercase, ""));
    if region.len() > 2 || !region.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    match language {
        "ua" => Some(Language::UKRAINIAN),
        "eng" | "ukr" | "deu" | "ger" => from_name(language),
        _ if language.len() == 2 => from_name(language),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_found_in_host_path_and_query() {
        for (address, key, language) in [
            ("https://uk.example.org/a?x=1", "*.example.org/a?x=1", Language::UKRAINIAN),
            ("https://example.org/en-GB/a/", "example.org/*/a", Language::ENGLISH),
            ("https://example.org/news/ua/a", "example.org/news/*/a", Language::UKRAINIAN),
            ("/news/port.de.html", "/news/port.*.html", Language::GERMAN),
            ("/news/port_uk.html", "/news/port_*.html", Language::UKRAINIAN),
            ("https://example.org/a?p=5&lang=de", "example.org/a?p=5&lang=*", Language::GERMAN),
        ] {
            assert_eq!(
                language_in_address(address),
                Some((key.to_string(), language)),
                "{address}"
            );
        }
        for address in ["https://example.co.uk/news", "https://example.org/a?q=de", "", "::"] {
            assert_eq!(language_in_address(address), None, "{address}");
        }
    }

    #[test]
    fn relative_addresses_are_resolved() {
        let base = "https://example.org/de/news/port.html";
        assert_eq!(resolve(base, "../../uk/port").as_deref(), Some("https://example.org/uk/port"));
        assert_eq!(resolve(base, "//b.example/x").as_deref(), Some("https://b.example/x"));
        assert_eq!(resolve("no base", "x"), None);
    }
}
