//! Where an article was published, and which versions it names.

/// The address of an article, and those of its versions in other languages. Articles that name each other
/// are paired before others, if their texts correspond.
///
/// `format::ArticlesLine` has the links of an article in JSON, and `html::Metadata` those of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ArticleLinks {
    /// The address of the article.
    pub address: Option<String>,
    /// The addresses of the versions that the article names.
    pub alternates: Vec<String>,
}
