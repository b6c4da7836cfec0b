//! The first stages: every article is read once, and then paired.

use std::path::Path;

use bitext::corpus::{ArticleVectors, Contradiction, PairingConfig, article_vector};
use bitext::{Aligner, Language};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::ids::Ids;
use super::links::Pairing;
use super::progress::Progress;
use super::shards::Shards;
use crate::Failure;
use crate::io::messages::complaints::Complaints;
use crate::io::messages::counted::counted;
use crate::io::read::sources::{Found, Item, Place, Planned, Sources};
use crate::io::stream::in_order;

/// Articles a shard of the index has.
const ARTICLES_PER_SHARD: u64 = 512;

/// What is known of an article or group before anything is aligned.
#[derive(Serialize, Deserialize)]
struct IndexEntry {
    place: Place,
    id: String,
    /// Of the bytes.
    hash: u64,
    /// Nothing for a group that is given, and where there is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lang: Option<Language>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<i32>,
    /// The vector, in hexadecimal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    vector: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Articles that are to be aligned.
pub struct Task {
    /// No other has it.
    pub id: String,
    /// The id of its first language's article, or of the group that was given.
    pub article: String,
    /// Where the versions stand; one place for a group that is given.
    pub places: Vec<Planned>,
    /// Least coverage and margin of a group that was found.
    pub found: Option<(f32, f32)>,
}

/// What could not be used, and why.
#[derive(Clone, Serialize, Deserialize)]
pub struct Problem {
    pub id: String,
    pub place: String,
    pub error: String,
}

impl Problem {
    /// Tells it on standard error.
    pub fn tell(&self, complaints: &mut Complaints) {
        let place = if self.place.is_empty() { &self.id } else { &self.place };
        // Some errors name the place themselves.
        let error =
            self.error.strip_prefix(place.as_str()).and_then(|rest| rest.strip_prefix(": "));
        complaints.tell(place, error.unwrap_or(&self.error));
    }
}

/// What the first stages found.
pub struct Index {
    pub tasks: Vec<Task>,
    pub problems: Vec<Problem>,
    /// Single articles by language.
    pub singles: Vec<(Language, u64)>,
    pub given_groups: u64,
    pub paired: u64,
    /// Candidates that align and were not paired, by reason.
    pub vetoed: Vec<(Contradiction, u64)>,
    /// Names the content of the corpus.
    pub fingerprint: String,
}

impl Index {
    /// Refuses what can have no pair.
    pub fn check_languages(&self) -> Result<(), Failure> {
        match &self.singles[..] {
            _ if self.given_groups > 0 => Ok(()),
            [] if self.problems.is_empty() => Err("no article in all that was named".into()),
            [] => Err("no article of all that were named can be used".into()),
            [(language, count)] => Err(format!(
                "one language only, `{language}` ({}): articles in two of `en`, `uk` \
                 and `de` are needed, told by names (`a.uk.txt`), folders (`uk/a.txt`) or `lang`",
                counted(*count, "article")
            )
            .into()),
            _ => Ok(()),
        }
    }
}

/// Reads and pairs; what is done is kept in `work`, for the build that `key` names.
pub fn index(
    sources: &Sources,
    aligner: &Aligner,
    pairing: &PairingConfig,
    work: &Path,
    key: &str,
) -> Result<Index, Failure> {
    let mut shards = Shards::open(&work.join("index"), key)?;
    read_all(sources, aligner, pairing.threads, &mut shards)?;
    let mut index = Index {
        tasks: Vec::new(),
        problems: Vec::new(),
        singles: Vec::new(),
        given_groups: 0,
        paired: 0,
        vetoed: Vec::new(),
        fingerprint: String::new(),
    };
    index.problems.extend(sources.problems.iter().map(|(place, error)| Problem {
        id: String::new(),
        place: place.clone(),
        error: error.clone(),
    }));
    let mut vectors = ArticleVectors::new();
    // By article with a vector: where it stands.
    let mut singles: Vec<(Planned, String)> = Vec::new();
    let mut ids = Ids::default();
    let mut hasher = Xxh3::new();
    for line in shards.lines() {
        let entry: IndexEntry = serde_json::from_str(&line?)?;
        hasher.update(sources.label(entry.place).as_bytes());
        hasher.update(&entry.hash.to_le_bytes());
        if let Some(error) = entry.error {
            let place = sources.label(entry.place);
            index.problems.push(Problem { id: entry.id, place, error });
        } else if let Some(first) = ids.take(&entry.id, entry.lang, entry.place) {
            let (place, first) = (sources.label(entry.place), sources.label(first));
            let error =
                format!("its id, `{}`, is that of {first} already: give it another", entry.id);
            index.problems.push(Problem { id: entry.id, place, error });
        } else if let Some(language) = entry.lang {
            let vector = from_hex(&entry.vector).ok_or("the index is damaged: use --fresh")?;
            vectors.push(language, entry.day, &vector)?;
            singles.push((Planned { place: entry.place, hash: entry.hash }, entry.id));
        } else {
            index.given_groups += 1;
            let planned = Planned { place: entry.place, hash: entry.hash };
            let (id, places) = (ids.of_group(&entry.id, None), vec![planned]);
            index.tasks.push(Task { id, article: entry.id, places, found: None });
        }
    }
    index.fingerprint = format!("{:032x}", hasher.digest128());
    for language in vectors.languages() {
        let of = (0..vectors.len()).filter(|&at| vectors.language(at) == Some(language));
        index.singles.push((language, of.count() as u64));
    }
    let pairs = Pairing { sources, aligner, config: pairing, vectors: &vectors, singles: &singles };
    let paired = pairs.groups(&work.join("links"), key)?;
    index.problems.extend(paired.problems);
    index.vetoed = paired.vetoed;
    for group in paired.groups {
        let first = group.members[0];
        let article = singles[first].1.clone();
        let id = ids.of_group(&article, vectors.language(first));
        let places = group.members.iter().map(|&at| singles[at].0).collect();
        let found = Some((group.coverage, group.margin));
        index.paired += group.members.len() as u64;
        index.tasks.push(Task { id, article, places, found });
    }
    Ok(index)
}

fn read_all(
    sources: &Sources,
    aligner: &Aligner,
    threads: usize,
    shards: &mut Shards,
) -> Result<(), Failure> {
    if shards.is_complete() {
        return Ok(());
    }
    let mut last = None;
    let mut before = 0;
    for line in shards.lines() {
        let entry: IndexEntry = serde_json::from_str(&line?)?;
        last = Some(entry.place);
        before += entry.place.len;
    }
    let mut progress = Progress::new("read", "bytes", sources.size(), before);
    let read = |send: &mut dyn FnMut(Found) -> bool| {
        sources.scan(last, send);
        Ok(())
    };
    let work = |_, (place, bytes): Found| {
        let entry = guarded(sources, place, || entry(sources, aligner, place, bytes));
        let line = serde_json::to_string(&entry).unwrap_or_default();
        (place.len, line)
    };
    let mut out = shards.writer(ARTICLES_PER_SHARD);
    let weigh = |(_, bytes): &Found| bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
    in_order(threads, weigh, read, work, |(len, line), _| {
        sources.check_unchanged()?;
        progress.advance(len);
        out.write(&line)
    })?;
    sources.check_unchanged()?;
    out.finish()?;
    progress.finish();
    Ok(())
}

/// One article must never take the others with it.
fn guarded(sources: &Sources, place: Place, work: impl FnOnce() -> IndexEntry) -> IndexEntry {
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    caught.unwrap_or_else(|_| IndexEntry {
        place,
        id: sources.label(place),
        hash: 0,
        lang: None,
        day: None,
        vector: String::new(),
        error: Some("internal error".to_string()),
    })
}

fn entry(
    sources: &Sources,
    aligner: &Aligner,
    place: Place,
    bytes: Result<Vec<u8>, String>,
) -> IndexEntry {
    let hash = bytes.as_ref().map_or(0, |bytes| xxh3_64(bytes));
    let (id, item) = match bytes {
        Ok(bytes) => sources.parse(place, &bytes),
        Err(error) => (sources.label(place), Err(error)),
    };
    let mut entry =
        IndexEntry { place, id, hash, lang: None, day: None, vector: String::new(), error: None };
    match item {
        Err(error) => entry.error = Some(error),
        Ok(Item::Group(_)) => {}
        Ok(Item::One { article, day }) => match article_vector(aligner, &article) {
            Err(error) => entry.error = Some(error.to_string()),
            Ok(vector) => {
                entry.lang = Some(article.language());
                entry.day = day;
                entry.vector = to_hex(&vector);
            }
        },
    }
    entry
}

fn to_hex(vector: &[f32]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let bytes = vector.iter().flat_map(|value| value.to_le_bytes());
    let digits = bytes.flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| DIGITS[usize::from(digit)] as char).collect()
}

fn from_hex(text: &str) -> Option<Vec<f32>> {
    let value = |digits: &[u8]| -> Option<f32> {
        let mut bytes = [0; 4];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |at: usize| char::from(pair[at]).to_digit(16);
            *byte = (digit(0)? * 16 + digit(1)?) as u8;
        }
        Some(f32::from_le_bytes(bytes))
    };
    text.as_bytes().chunks(8).map(|digits| (digits.len() == 8).then(|| value(digits))?).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_come_back_bit_by_bit() {
        let vector = [0.0, -1.5, f32::MIN_POSITIVE, 0.1];
        assert_eq!(from_hex(&to_hex(&vector)).unwrap(), vector);
        assert_eq!(from_hex("123"), None);
        assert_eq!(from_hex("1234567x"), None);
    }
}
