//! Unique ids: no two articles of one language, no two groups and no two rows share one.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use xxhash_rust::xxh3::xxh3_128;

use crate::Language;
use crate::corpus::build::sources::ArticlePlace;
use crate::format::fold;

/// The ids that are taken, as hashes.
#[derive(Default)]
pub struct UniqueIds {
    articles: HashMap<u128, ArticlePlace>,
    groups: HashSet<u128>,
}

impl UniqueIds {
    /// Takes an id for an article in `language`, or for a group of the input if `None`. If the id is
    /// taken already, returns the place of its owner. Versions in different languages may share an id.
    pub fn take(
        &mut self,
        id: &str,
        language: Option<Language>,
        place: ArticlePlace,
    ) -> Option<ArticlePlace> {
        let code = language.as_ref().map_or("", Language::code);
        match self.articles.entry(key(code, id)) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(place);
                None
            }
        }
    }

    /// The id of a group: that of its first article, which is in `language`. Two groups may have the
    /// same first id, if articles share an id and are not versions of each other. Then the id of the
    /// second group gets the language as a suffix.
    pub fn for_group(&mut self, id: &str, language: Option<Language>) -> String {
        let mut unique = id.to_string();
        let mut number = 1;
        while !self.groups.insert(key("", &unique)) {
            let code = language.as_ref().map_or("group", Language::code);
            unique =
                if number == 1 { format!("{id}@{code}") } else { format!("{id}@{code}{number}") };
            number += 1;
        }
        unique
    }
}

/// The same for ids that some format writes in the same way.
fn key(code: &str, id: &str) -> u128 {
    let id: String = fold(id).chars().filter(|c| !c.is_control()).collect();
    xxh3_128(format!("{code}\n{id}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_groups_share_an_id() {
        let mut ids = UniqueIds::default();
        let (uk, de) = (Some(Language::UKRAINIAN), Some(Language::GERMAN));
        let given = [("7", None), ("7", uk), ("7@uk", de), ("7", uk), (" 7", de), ("7", None)];
        let taken = given.map(|(id, language)| ids.for_group(id, language));
        assert_eq!(taken, ["7", "7@uk", "7@uk@de", "7@uk2", " 7@de", "7@group"]);
    }

    #[test]
    fn only_articles_in_different_languages_may_share_an_id() {
        let mut ids = UniqueIds::default();
        let place = |line| ArticlePlace { file: 0, line, start: 0, len: 0, end: 0 };
        assert_eq!(ids.take("7", Some(Language::ENGLISH), place(1)), None);
        assert_eq!(ids.take("7", Some(Language::GERMAN), place(2)), None);
        assert_eq!(ids.take("7", None, place(3)), None);
        assert_eq!(ids.take("7\u{1}", Some(Language::GERMAN), place(4)), Some(place(2)));
        assert_eq!(ids.take("7", None, place(5)), Some(place(3)));
    }
}
