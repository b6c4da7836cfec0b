//! Groups of article versions, built from links between two articles.

use super::ArticleVectors;

/// Two articles that are versions of each other, unless one of them has a better link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ArticleLink {
    /// Index of the article in the language that comes first.
    pub one: usize,
    /// Index of the article in the other language.
    pub other: usize,
    /// The [margin](super::ArticleCandidate::margin) of their vectors.
    pub margin: f32,
    /// The [coverage](super::Coverage::both) of their alignment.
    pub coverage: f32,
}

impl ArticleLink {
    fn score(&self) -> f32 {
        self.coverage + self.margin
    }
}

/// Two or three versions of one article.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ArticleGroup {
    /// Indices of the articles, in the order of their languages.
    pub members: Vec<usize>,
    /// The lowest coverage of the links in the group, 0 to 1.
    pub coverage: f32,
    /// The lowest margin of the links in the group, -2 to 2.
    pub margin: f32,
}

/// Merges articles into groups, best links first. A link is ignored if the merged group would have two
/// articles of one language or more than three articles. Groups are sorted by their first article.
pub(crate) fn group_articles(
    vectors: &ArticleVectors,
    mut links: Vec<ArticleLink>,
) -> Vec<ArticleGroup> {
    links.retain(|link| {
        let (one, other) = (vectors.language(link.one), vectors.language(link.other));
        one.is_some() && other.is_some() && one != other
    });
    links.sort_by(|one, other| {
        let places = (one.one, one.other).cmp(&(other.one, other.other));
        other.score().total_cmp(&one.score()).then(places)
    });
    // The group of each article. A group that was merged into another one is empty.
    let mut group_of: Vec<Option<usize>> = vec![None; vectors.len()];
    let mut groups: Vec<ArticleGroup> = Vec::new();
    for link in links {
        let mut of = |article: usize| {
            *group_of[article].get_or_insert_with(|| {
                let alone =
                    ArticleGroup { members: vec![article], coverage: 1.0, margin: f32::MAX };
                groups.push(alone);
                groups.len() - 1
            })
        };
        let (into, from) = (of(link.one), of(link.other));
        let languages = |group: &ArticleGroup| -> Vec<_> {
            group.members.iter().map(|at| vectors.language(*at)).collect()
        };
        let taken = languages(&groups[into]);
        let members = groups[into].members.len() + groups[from].members.len();
        if into == from
            || members > 3
            || languages(&groups[from]).iter().any(|one| taken.contains(one))
        {
            continue;
        }
        let absorbed = std::mem::replace(
            &mut groups[from],
            ArticleGroup { members: Vec::new(), coverage: 1.0, margin: f32::MAX },
        );
        for member in &absorbed.members {
            group_of[*member] = Some(into);
        }
        let group = &mut groups[into];
        group.members.extend(absorbed.members);
        group.coverage = group.coverage.min(absorbed.coverage).min(link.coverage);
        group.margin = group.margin.min(absorbed.margin).min(link.margin);
    }
    groups.retain(|group| group.members.len() > 1);
    for group in &mut groups {
        group.members.sort_by_key(|at| (vectors.language(*at), *at));
    }
    groups.sort_by_key(|group| group.members[0]);
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    const LANGUAGES: [Language; 3] = [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN];

    /// Articles by the index of their language.
    fn vectors(languages: &[usize]) -> ArticleVectors {
        let mut vectors = ArticleVectors::new();
        for at in languages {
            vectors.push(LANGUAGES[*at], None, &[1.0]).unwrap();
        }
        vectors
    }

    fn link(one: usize, other: usize, coverage: f32) -> ArticleLink {
        ArticleLink { one, other, margin: 0.2, coverage }
    }

    #[test]
    fn two_links_make_a_group_of_three_and_the_better_link_is_used() {
        // English 0 and 3, Ukrainian 1, German 2.
        let vectors = vectors(&[0, 1, 2, 0]);
        let links = vec![link(3, 1, 0.5), link(0, 1, 0.9), link(1, 2, 0.8), link(3, 2, 0.7)];
        let found = group_articles(&vectors, links.clone());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].members, [0, 1, 2]);
        assert_eq!((found[0].coverage, found[0].margin), (0.8, 0.2));
        let reversed: Vec<ArticleLink> = links.into_iter().rev().collect();
        assert_eq!(group_articles(&vectors, reversed), found);
    }

    #[test]
    fn two_groups_with_a_language_in_common_stay_apart() {
        let vectors = vectors(&[0, 1, 0, 2]);
        let links = vec![link(0, 1, 0.9), link(2, 3, 0.9), link(1, 3, 0.8)];
        let found: Vec<Vec<usize>> =
            group_articles(&vectors, links).into_iter().map(|group| group.members).collect();
        assert_eq!(found, [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn invalid_links_are_ignored() {
        let vectors = vectors(&[0, 0, 1]);
        let links = vec![link(0, 1, 0.9), link(0, 7, 0.9), link(0, 0, 0.9)];
        assert!(group_articles(&vectors, links).is_empty());
    }

    #[test]
    fn the_article_with_the_better_coverage_joins_the_group() {
        use crate::Language;
        use crate::corpus::pairing::{ArticleLink, ArticleVectors, group_articles};
        let mut vectors = ArticleVectors::new();
        for language in [Language::ENGLISH, Language::GERMAN, Language::GERMAN] {
            vectors.push(language, None, &[1.0]).unwrap();
        }
        let link = |other, coverage| ArticleLink { one: 0, other, margin: 0.3, coverage };
        let found = group_articles(&vectors, vec![link(1, 0.6), link(2, 0.9)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].members, [0, 2]);
    }
}
