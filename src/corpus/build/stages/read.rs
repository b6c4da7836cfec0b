//! The first stage reads every article once. Then the versions of one article are paired.
//!
//! In: the sources. Out: the groups of articles to align, and what cannot be used. The stage keeps
//! an entry for each article, with its vector, so that later stages read only what they align.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::address::{ArticleAddress, linked_by_address};
use super::hex::{from_hex, to_hex};
use super::ids::UniqueIds;
use super::pair::PairStage;
use crate::corpus::build::error::{BuildError, cannot_serialize};
use crate::corpus::build::event::{Observer, Problem, Stage, StageProgress};
use crate::corpus::build::sources::{
    ArticleItem, ArticlePlace, ArticleSources, PlacedBytes, VerifiedPlace,
};
use crate::corpus::build::work::{Shards, damaged_stage, parse_line};
use crate::corpus::{ArticleVectors, Contradiction, PairingConfig, article_vector};
use crate::threads::in_order::in_order;
use crate::{Aligner, Article, Language, Result};

/// The folder of this stage in the work folder.
pub const READ_FOLDER: &str = "index";
/// Articles in a shard of this stage.
const ARTICLES_PER_SHARD: u64 = 512;

/// What the stage keeps of an article or group.
#[derive(Serialize, Deserialize)]
struct ArticleEntry {
    place: ArticlePlace,
    id: String,
    /// XXH3 of the bytes.
    hash: u64,
    /// `None` for a group, and if there is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lang: Option<Language>,
    /// The languages of a group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    languages: Vec<Language>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<i32>,
    /// Address and versions, if they may help to pair the article.
    #[serde(default, skip_serializing_if = "ArticleAddress::is_empty")]
    address: ArticleAddress,
    /// The vector, in hexadecimal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    vector: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// A group of articles to align.
#[derive(Clone, Debug)]
pub struct PairingTask {
    /// The id of the group, which no other group has.
    pub id: String,
    /// The id of the article in its first language, or of the group in the input.
    pub article: String,
    /// Where the versions are. A group of the input has one place.
    pub places: Vec<VerifiedPlace>,
    /// Least coverage and margin between the versions; `None` for a group of the input.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub found: Option<(f32, f32)>,
}

/// The result of reading and pairing.
#[derive(Clone, Debug, Default)]
pub struct PairedArticles {
    /// The groups of articles to align.
    pub tasks: Vec<PairingTask>,
    /// What cannot be used.
    pub problems: Vec<Problem>,
    /// Number of single articles by language.
    pub singles: Vec<(Language, u64)>,
    /// Number of groups in the input.
    pub given_groups: u64,
    /// The languages of these groups.
    pub given_languages: BTreeSet<Language>,
    /// Number of single articles that are in a group now.
    pub paired: u64,
    /// Number of candidates that align but contradict each other, by reason.
    pub vetoed: Vec<(Contradiction, u64)>,
    /// Identifies the content of the input.
    pub fingerprint: String,
}

impl PairedArticles {
    /// Fails if there is nothing that could be aligned.
    ///
    /// # Errors
    ///
    /// [`BuildError::NoArticles`], [`BuildError::NoUsableArticles`] or [`BuildError::OneLanguage`].
    pub fn check_languages(&self) -> Result<()> {
        match &self.singles[..] {
            _ if self.given_groups > 0 => Ok(()),
            [] if self.problems.is_empty() => Err(BuildError::NoArticles.into()),
            [] => Err(BuildError::NoUsableArticles.into()),
            [(language, articles)] => {
                let (language, articles) = (*language, *articles);
                Err(BuildError::OneLanguage { language, articles }.into())
            }
            _ => Ok(()),
        }
    }
}

/// Reads all sources and pairs the articles. Keeps its work in `work`, for the build with this key.
///
/// # Errors
///
/// A source changed, work is damaged or cannot be written, or the caller cancelled.
pub fn pair_articles(
    sources: &ArticleSources,
    aligner: &Aligner,
    pairing: &PairingConfig,
    work: &Path,
    key: &str,
    observer: &mut Observer<'_>,
) -> Result<PairedArticles> {
    let folder = work.join(READ_FOLDER);
    let mut shards = Shards::open(&folder, key)?;
    read_all(sources, aligner, pairing.threads, &mut shards, &folder, observer)?;
    let mut paired =
        PairedArticles { problems: sources.problems.clone(), ..PairedArticles::default() };
    let mut vectors = ArticleVectors::new();
    // Place and id of each article with a vector.
    let mut singles: Vec<(VerifiedPlace, String)> = Vec::new();
    let mut addresses = Vec::new();
    let mut ids = UniqueIds::default();
    let mut hasher = Xxh3::new();
    for line in shards.lines() {
        let entry: ArticleEntry = parse_line(&line?, &folder)?;
        hasher.update(sources.label(entry.place).as_bytes());
        hasher.update(&entry.hash.to_le_bytes());
        if let Some(error) = entry.error {
            let place = sources.label(entry.place);
            paired.problems.push(Problem { id: entry.id, place, error });
            continue;
        }
        if let Some(first) = ids.take(&entry.id, entry.lang, entry.place) {
            let (place, first) = (sources.label(entry.place), sources.label(first));
            let error =
                format!("its id, `{}`, is that of {first} already: give it another", entry.id);
            paired.problems.push(Problem { id: entry.id, place, error });
            continue;
        }
        let verified = VerifiedPlace { place: entry.place, hash: entry.hash };
        if let Some(language) = entry.lang {
            let vector = from_hex(&entry.vector).ok_or_else(|| damaged_stage(&folder))?;
            vectors.push(language, entry.day, &vector)?;
            singles.push((verified, entry.id));
            addresses.push(entry.address);
        } else {
            paired.given_groups += 1;
            paired.given_languages.extend(entry.languages);
            let id = ids.for_group(&entry.id, None);
            let (article, places) = (entry.id, vec![verified]);
            paired.tasks.push(PairingTask { id, article, places, found: None });
        }
    }
    paired.fingerprint = format!("{:032x}", hasher.digest128());
    for language in vectors.languages() {
        let articles = (0..vectors.len()).filter(|&at| vectors.language(at) == Some(language));
        paired.singles.push((language, articles.count() as u64));
    }
    let linked = linked_by_address(&addresses, &vectors);
    let stage = PairStage {
        sources,
        aligner,
        config: pairing,
        vectors: &vectors,
        linked: &linked,
        singles: &singles,
    };
    let found = stage.run(work, key, observer)?;
    paired.problems.extend(found.problems);
    paired.vetoed = found.vetoed;
    for group in found.groups {
        let first = group.members[0];
        let article = singles[first].1.clone();
        let id = ids.for_group(&article, vectors.language(first));
        let places = group.members.iter().map(|&at| singles[at].0).collect();
        let found = Some((group.coverage, group.margin));
        paired.paired += group.members.len() as u64;
        paired.tasks.push(PairingTask { id, article, places, found });
    }
    Ok(paired)
}

/// Adds an entry to the shards for each article that has none yet.
fn read_all(
    sources: &ArticleSources,
    aligner: &Aligner,
    threads: usize,
    shards: &mut Shards,
    folder: &Path,
    observer: &mut Observer<'_>,
) -> Result<()> {
    if shards.is_complete() {
        return Ok(());
    }
    let (mut last, mut resumed) = (None, 0);
    for line in shards.lines() {
        let entry: ArticleEntry = parse_line(&line?, folder)?;
        last = Some(entry.place);
        resumed += entry.place.len;
    }
    let mut progress = StageProgress::start(observer, Stage::Read, sources.size(), resumed)?;
    let read = |send: &mut dyn FnMut(PlacedBytes) -> bool| {
        sources.scan(last, send);
        Ok(())
    };
    let work = |_, (place, bytes): PlacedBytes| {
        let entry = catch_unwind(AssertUnwindSafe(|| entry(sources, aligner, place, bytes)));
        // A panic over one article must not end the build.
        let entry = entry.unwrap_or_else(|_| ArticleEntry {
            error: Some("internal error".to_string()),
            ..ArticleEntry::new(place, sources.label(place), 0)
        });
        (place.len, serde_json::to_string(&entry))
    };
    let bytes_of = |(_, bytes): &PlacedBytes| bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
    let mut out = shards.writer(ARTICLES_PER_SHARD);
    let worked = in_order(threads, bytes_of, read, work, |(len, line), _| {
        sources.check_unchanged()?;
        out.write(&line.map_err(cannot_serialize)?)?;
        progress.advance(len)
    });
    out.finish(worked.and_then(|()| sources.check_unchanged()))?;
    progress.finish()
}

impl ArticleEntry {
    fn new(place: ArticlePlace, id: String, hash: u64) -> ArticleEntry {
        ArticleEntry {
            place,
            id,
            hash,
            lang: None,
            languages: Vec::new(),
            day: None,
            address: ArticleAddress::default(),
            vector: String::new(),
            error: None,
        }
    }
}

fn entry(
    sources: &ArticleSources,
    aligner: &Aligner,
    place: ArticlePlace,
    bytes: Result<Vec<u8>, String>,
) -> ArticleEntry {
    let hash = bytes.as_ref().map_or(0, |bytes| xxh3_64(bytes));
    let (id, item) = match bytes {
        Ok(bytes) => sources.parse(place, &bytes),
        Err(error) => (sources.label(place), Err(error)),
    };
    let mut entry = ArticleEntry::new(place, id, hash);
    match item {
        Err(error) => entry.error = Some(error),
        Ok(ArticleItem::Group(articles)) => {
            entry.languages = articles.iter().map(Article::language).collect();
        }
        Ok(ArticleItem::Single { article, day, links }) => {
            match article_vector(aligner, &article) {
                Err(error) => entry.error = Some(error.to_string()),
                Ok(vector) => {
                    entry.lang = Some(article.language());
                    entry.day = day;
                    entry.address = ArticleAddress::of(&links);
                    entry.vector = to_hex(&vector);
                }
            }
        }
    }
    entry
}
