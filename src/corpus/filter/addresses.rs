//! Web and mail addresses.

/// The name of an address that both sides should have: of a host without `www.`
/// the longest label (`example` of `de.example.org`: versions of a site are often
/// at other hosts), of a mail address all.
fn name(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/').to_lowercase();
    if let Some((_, rest)) = word.split_once("://") {
        return Some(host(rest));
    }
    if word.starts_with("www.") {
        return Some(host(&word));
    }
    let (user, domain) = word.split_once('@')?;
    let plain = |c: char| c.is_alphanumeric() || "._-+".contains(c);
    let dotted = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    let is_mail = !user.is_empty() && dotted && user.chars().chain(domain.chars()).all(plain);
    is_mail.then_some(word)
}

fn host(rest: &str) -> String {
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let labels = host.split('.').filter(|label| *label != "www");
    labels.max_by_key(|label| label.len()).unwrap_or_default().to_string()
}

/// The words that are no addresses.
pub(super) fn others(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter(|word| !may_be(word) || name(word).is_none())
}

/// A quick look: most words have none of these.
fn may_be(word: &str) -> bool {
    word.contains("://") || word.contains('@') || word.contains("www.")
}

/// The share of addresses that the other side does not have, 0 where there are
/// none.
pub(super) fn mismatch(source: &str, target: &str) -> f32 {
    let found = |text: &str| {
        let mut names: Vec<String> =
            text.split_whitespace().filter(|word| may_be(word)).filter_map(name).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    let (source, target) = (found(source), found(target));
    let lacking =
        |own: &[String], other: &[String]| own.iter().filter(|name| !other.contains(name)).count();
    let all = source.len() + target.len();
    (lacking(&source, &target) + lacking(&target, &source)) as f32 / all.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_by_name() {
        let same = [
            ("See https://www.example.org/en/.", "Siehe https://de.example.org/de/a?b=1"),
            ("(www.example.org)", "див. http://example.org"),
            ("write to Ann@example.org", "пишіть на ann@example.org."),
            ("none", "keine @ferry a@b"),
        ];
        for (one, other) in same {
            assert_eq!(mismatch(one, other), 0.0, "{one}");
        }
        assert_eq!(mismatch("https://example.org", "https://elsewhere.net"), 1.0);
        assert_eq!(mismatch("https://example.org", "Тут"), 1.0);
        assert_eq!(mismatch("https://a.org b@a.org", "b@a.org"), 1.0 / 3.0);
    }

    #[test]
    fn other_words() {
        let words: Vec<&str> = others("see https://a.org or @ferry").collect();
        assert_eq!(words, ["see", "or", "@ferry"]);
    }
}
