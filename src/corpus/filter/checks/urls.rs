//! Web and mail addresses: whether each side has those of the other.

use std::collections::HashSet;

/// A web or mail address in the form that is compared.
///
/// Language versions of a site often have other hosts or paths. So two hosts agree if the longest label of
/// one is a label of the other: `example` in `de.example.org`. Protocol and path are ignored.
#[derive(Debug, PartialEq, Eq)]
struct Address {
    /// The labels of a host without `www`, or one label with the whole mail address.
    labels: Vec<String>,
}

impl Address {
    fn longest(&self) -> &str {
        self.labels.iter().max_by_key(|label| label.len()).map_or("", String::as_str)
    }
}

/// Parses a word with a protocol, `www.` or `@` as an address.
fn address(word: &str) -> Option<Address> {
    let word = trimmed(word);
    if let Some((_, rest)) = word.split_once("://") {
        return host(rest);
    }
    if word.starts_with("www.") {
        return host(&word);
    }
    let word = word.strip_prefix("mailto:").map_or(word.clone(), str::to_string);
    let (user, domain) = word.split_once('@')?;
    let plain = |c: char| c.is_alphanumeric() || "._-+".contains(c);
    let dotted = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    let is_mail = !user.is_empty() && dotted && user.chars().chain(domain.chars()).all(plain);
    is_mail.then(|| Address { labels: vec![word] })
}

fn trimmed(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/').to_lowercase()
}

/// The host at the start of a text, without user and port. A host without a dot is a placeholder, not an
/// address.
fn host(rest: &str) -> Option<Address> {
    let part = |c: char| c.is_alphanumeric() || "-_.%@:<>".contains(c);
    let host = rest.split(|c| !part(c)).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let labels = host.split('.').filter(|label| *label != "www" && !label.is_empty());
    let labels: Vec<String> = labels.map(str::to_string).collect();
    (labels.len() > 1).then_some(Address { labels })
}

/// A host without a protocol, such as `example.org`.
fn bare_host(word: &str) -> Option<Address> {
    if !word.contains('.') || word.contains('@') {
        return None;
    }
    let word = trimmed(word);
    let found = host(&word)?;
    let plain = |label: &String| label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let top = found
        .labels
        .last()
        .is_some_and(|top| top.len() >= 2 && top.chars().all(char::is_alphabetic));
    (top && found.labels.iter().all(plain)).then_some(found)
}

/// The words of a text that are not addresses.
pub(super) fn words_without_addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter(|word| !may_be_address(word) || !is_address(word))
}

fn is_address(word: &str) -> bool {
    trimmed(word).contains("://") || address(word).is_some()
}

/// A quick check that most words fail.
fn may_be_address(word: &str) -> bool {
    word.contains("://") || word.contains('@') || word.contains("www.")
}

/// The addresses of a text, each once. The target of a Markdown link, `[text](https://example.org)`, is
/// skipped, because readers do not see it.
fn addresses(text: &str) -> Vec<Address> {
    let mut before = "";
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        let is_target = word.contains("](") || (before.ends_with(']') && word.starts_with('('));
        if may_be_address(word) && !is_target {
            found.extend(address(word));
        }
        before = word;
    }
    found.sort_unstable_by(|a, b| a.labels.cmp(&b.labels));
    found.dedup();
    found
}

/// The share of the addresses on both sides that the other side does not have, 0 to 1; 0 without
/// addresses.
pub(in crate::corpus) fn mismatch(source: &str, target: &str) -> f32 {
    let found = [addresses(source), addresses(target)];
    let all = found[0].len() + found[1].len();
    if all == 0 {
        return 0.0;
    }
    let lacking = |own: &[Address], other: &[Address], text: &str| {
        let bare: Vec<Address> = text.split_whitespace().filter_map(bare_host).collect();
        let known = || other.iter().chain(&bare);
        let labels: HashSet<&str> =
            known().flat_map(|known| &known.labels).map(String::as_str).collect();
        let longest: HashSet<&str> = known().map(Address::longest).collect();
        let lacks = |own: &&Address| {
            !labels.contains(own.longest())
                && !own.labels.iter().any(|label| longest.contains(label.as_str()))
        };
        own.iter().filter(lacks).count()
    };
    let lacking = lacking(&found[0], &found[1], target) + lacking(&found[1], &found[0], source);
    lacking as f32 / all as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_language_versions_agree() {
        let same = [
            ("See https://www.example.org/en/.", "Siehe https://de.example.org/de/a?b=1"),
            ("(www.example.org)", "див. http://example.org"),
            ("write to Ann@example.org", "пишіть на ann@example.org."),
            ("none", "keine @ferry a@b"),
            ("Visit example.org for help.", "Hilfe gibt es unter https://example.org."),
            ("See http://example.org/en/", "Див. https://www.example.org/uk"),
            ("Visit <https://example.org/>!", "Завітайте на example.org!"),
            ("See “https://tern.org”—now", "Siehe https://tern.org"),
            ("Write to <mailto:ann@example.org>.", "Schreiben Sie an ann@example.org."),
            ("See https://tern.org", "Siehe https://tern.sourceforge.net"),
            ("Use [tern](https://tern.org/en).", "Verwenden Sie tern."),
            ("Use tern.", "Verwenden Sie [tern] (https://tern.org/en)."),
            ("Type fish://user@machine", "Введіть fish://ім’я@вузол"),
        ];
        for (one, other) in same {
            assert_eq!(mismatch(one, other), 0.0, "{one}");
        }
        assert_eq!(mismatch("https://example.org", "https://elsewhere.net"), 1.0);
        assert_eq!(mismatch("https://example.org", "Тут"), 1.0);
        assert_eq!(mismatch("https://a.org b@a.org", "b@a.org"), 1.0 / 3.0);
    }

    #[test]
    fn words_without_addresses_keep_their_order() {
        let words: Vec<&str> = words_without_addresses("see https://a.org or @ferry").collect();
        assert_eq!(words, ["see", "or", "@ferry"]);
    }
}
