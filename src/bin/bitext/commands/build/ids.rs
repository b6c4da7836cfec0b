//! Ids, of which no two rows may have one.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use bitext::Language;
use bitext::format::fold;
use xxhash_rust::xxh3::xxh3_128;

use crate::io::read::sources::Place;

/// What has an id already, by hashes.
#[derive(Default)]
pub struct Ids {
    articles: HashMap<u128, Place>,
    groups: HashSet<u128>,
}

impl Ids {
    /// Takes an id for an article of a language, or for a group that was given; says
    /// where the one stands that has it already. Versions in different languages may share one.
    pub fn take(&mut self, id: &str, language: Option<Language>, place: Place) -> Option<Place> {
        let code = language.as_ref().map_or("", Language::code);
        match self.articles.entry(key(code, id)) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(place);
                None
            }
        }
    }

    /// The id of a group to be aligned: that of its first article, of this language. Where another
    /// group has it, since articles in different languages share it and are no versions of
    /// one another, the language stands behind it.
    pub fn of_group(&mut self, id: &str, language: Option<Language>) -> String {
        let mut own = id.to_string();
        let mut number = 1;
        while !self.groups.insert(key("", &own)) {
            let code = language.as_ref().map_or("group", Language::code);
            own = match number {
                1 => format!("{id}@{code}"),
                _ => format!("{id}@{code}{number}"),
            };
            number += 1;
        }
        own
    }
}

/// Ids are the same where some format writes them alike.
fn key(code: &str, id: &str) -> u128 {
    let id: String = fold(id).chars().filter(|c| !c.is_control()).collect();
    xxh3_128(format!("{code}\n{id}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_groups_have_one_id() {
        let mut ids = Ids::default();
        let (uk, de) = (Some(Language::UKRAINIAN), Some(Language::GERMAN));
        let given = [("7", None), ("7", uk), ("7@uk", de), ("7", uk), (" 7", de), ("7", None)];
        let taken = given.map(|(id, language)| ids.of_group(id, language));
        assert_eq!(taken, ["7", "7@uk", "7@uk@de", "7@uk2", " 7@de", "7@group"]);
    }

    #[test]
    fn languages_may_share_an_id_and_articles_of_one_may_not() {
        let mut ids = Ids::default();
        let place = |line| Place { file: 0, line, start: 0, len: 0, end: 0 };
        assert_eq!(ids.take("7", Some(Language::ENGLISH), place(1)), None);
        assert_eq!(ids.take("7", Some(Language::GERMAN), place(2)), None);
        assert_eq!(ids.take("7", None, place(3)), None);
        assert_eq!(ids.take("7\u{1}", Some(Language::GERMAN), place(4)), Some(place(2)));
        assert_eq!(ids.take("7", None, place(5)), Some(place(3)));
    }
}
