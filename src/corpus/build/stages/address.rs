//! Candidates from the addresses of articles: versions that pages name (`hreflang`), and addresses that
//! differ only in the part that names the language.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::article::ArticleLinks;
use crate::corpus::ArticleVectors;
use crate::html::{address_key, language_in_address};

/// Hashes (XXH3) of the keys of an article's address and of its versions. Equal hashes of different keys only
/// add a candidate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ArticleAddress {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own: Option<u64>,
    /// The address with a star in place of the language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    starred: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    alternates: Vec<u64>,
}

impl ArticleAddress {
    pub fn of(links: &ArticleLinks) -> ArticleAddress {
        let Some(address) = &links.address else { return ArticleAddress::default() };
        let hash = |address: &str| xxh3_64(address_key(address).as_bytes());
        let own = hash(address);
        let mut alternates: Vec<u64> = links.alternates.iter().map(|one| hash(one)).collect();
        alternates.retain(|one| *one != own);
        alternates.sort_unstable();
        alternates.dedup();
        let starred = language_in_address(address);
        let starred = starred.map(|(starred, _)| xxh3_64(starred.as_bytes()));
        ArticleAddress { own: Some(own), starred, alternates }
    }

    pub fn is_empty(&self) -> bool {
        self.own.is_none()
    }
}

/// Pairs of articles in different languages whose addresses say that they may be versions of one another,
/// sorted. In each pair, the article whose language comes first is first.
pub fn linked_by_address(
    addresses: &[ArticleAddress],
    vectors: &ArticleVectors,
) -> Vec<(usize, usize)> {
    let mut by_address: HashMap<u64, usize> = HashMap::new();
    for (at, address) in addresses.iter().enumerate() {
        if let Some(own) = address.own {
            by_address.entry(own).or_insert(at);
        }
    }
    // The first article of each language. A page that has several is a list or a copy.
    let mut by_starred: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, address) in addresses.iter().enumerate() {
        let Some(starred) = address.starred else { continue };
        let versions = by_starred.entry(starred).or_default();
        if versions.iter().all(|other| vectors.language(*other) != vectors.language(at)) {
            versions.push(at);
        }
    }
    let mut pairs = Vec::new();
    let mut add = |one: usize, other: usize| {
        let (first, second) = (vectors.language(one), vectors.language(other));
        match first.cmp(&second) {
            std::cmp::Ordering::Less => pairs.push((one, other)),
            std::cmp::Ordering::Greater => pairs.push((other, one)),
            std::cmp::Ordering::Equal => {}
        }
    };
    for (at, address) in addresses.iter().enumerate() {
        for alternate in &address.alternates {
            if let Some(&other) = by_address.get(alternate) {
                add(at, other);
            }
        }
        let starred = address.starred.and_then(|starred| by_starred.get(&starred));
        if let Some([first, others @ ..]) = starred.map(Vec::as_slice) {
            if *first == at {
                let versions = || std::iter::once(first).chain(others);
                for (place, one) in versions().enumerate() {
                    versions().skip(place + 1).for_each(|other| add(*one, *other));
                }
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn addresses_and_alternates_link_articles_of_different_languages() {
        let address = |own: &str, alternates: &[&str]| {
            let absolute = |path: &&str| format!("http://www.example.org{path}#top");
            ArticleAddress::of(&ArticleLinks {
                address: Some(format!("https://example.org{own}")),
                alternates: alternates.iter().map(absolute).collect(),
            })
        };
        let (en, uk, de) = (Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN);
        let articles = [
            (de, address("/de/port", &[])),
            (en, address("/ferry", &["/porom", "/ferry", "/missing"])),
            (uk, address("/porom", &[])),
            (en, address("/en/port/", &[])),
            (en, address("/en/port/index.html", &[])),
            (uk, address("/uk/port", &["/uk/port"])),
            (de, ArticleAddress::default()),
        ];
        let mut vectors = ArticleVectors::new();
        for (language, _) in &articles {
            vectors.push(*language, None, &[1.0]).unwrap();
        }
        let addresses = articles.map(|(_, address)| address);
        // Languages are in the order en, uk, de or by code: the pair follows `Language`'s order.
        let mut expected = vec![(1, 2), (3, 5), (3, 0), (5, 0)];
        for pair in &mut expected {
            if vectors.language(pair.0) > vectors.language(pair.1) {
                *pair = (pair.1, pair.0);
            }
        }
        expected.sort_unstable();
        assert_eq!(linked_by_address(&addresses, &vectors), expected);
        let json = serde_json::to_string(&addresses[1]).unwrap();
        assert_eq!(serde_json::from_str::<ArticleAddress>(&json).unwrap(), addresses[1]);
    }
}
