//! The changes that noise makes to the segments of a document.

use xxhash_rust::xxh3::xxh3_64;

use crate::Language;
use crate::align::fit::noise::document::{Noise, ParallelDocument};
use crate::split_mix::SplitMix64;

/// Chance that a segment is merged with the one before.
const MERGE_CHANCE: f64 = 0.2;

/// Share of the segments that are dropped; at least one is.
const DROPPED_SHARE: f64 = 0.1;

/// Least number of segments that are inserted together, and by how many there may be more.
const MIN_INSERTED: usize = 3;
const MORE_INSERTED: usize = 5;

/// Least number of segments that are appended, and by how many there may be more.
const MIN_APPENDED: usize = 8;
const MORE_APPENDED: usize = 8;

/// Chance that an appended segment is the headline of its document, as in a list of teasers.
const HEADLINE_CHANCE: f64 = 0.7;

/// Share of the segments at which languages say something else, the chance that two of three do, and
/// the sizes (old, new) of what is replaced.
const REPLACED_SHARE: f64 = 0.12;
const BOTH_REPLACED_CHANCE: f64 = 0.5;
const REPLACED_SIZES: [(usize, usize); 10] =
    [(1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (2, 2), (1, 2), (2, 1)];

/// Segments of other documents that a replacement is chosen from, by its length.
const REPLACEMENT_CANDIDATES: usize = 4;

/// Segments of the text for each short line that is inserted.
const SEGMENTS_PER_LINE: usize = 6;

/// Chance that a short line is one of [`SITE_LINES`]. Else it is some words of another document.
const SITE_LINE_CHANCE: f64 = 0.6;
const MAX_LINE_WORDS: usize = 5;

/// Numbers of lines at an end of the text, equally likely, and the chance of lines at the start.
const END_LINES: [usize; 9] = [1, 1, 2, 2, 3, 4, 6, 10, 16];
const START_LINES_CHANCE: f64 = 0.4;

/// Chance that a line at an end is a short line.
const SHORT_END_CHANCE: f64 = 0.3;

/// Lines of websites, written for this project: a kind per row, in English, Ukrainian and German.
const SITE_LINES: &str = include_str!("../../data/site-lines.tsv");

impl Noise {
    /// The name in seeds: another name gives other random numbers.
    pub(super) fn seed_name(self) -> &'static str {
        match self {
            Noise::Clean => "Clean",
            Noise::Merge => "Merge",
            Noise::Drop => "Drop",
            Noise::Tail => "Tail",
            Noise::Mixed => "Mixed",
            Noise::Unrelated => "Unrelated",
            Noise::Replace => "Replace",
            Noise::Lines => "Lines",
            Noise::Ends => "Ends",
        }
    }

    fn merges(self) -> bool {
        matches!(self, Noise::Merge | Noise::Mixed)
    }

    fn drops(self) -> bool {
        matches!(self, Noise::Drop | Noise::Mixed)
    }

    fn replaces(self) -> bool {
        matches!(self, Noise::Replace | Noise::Drop | Noise::Mixed)
    }

    fn appends(self) -> bool {
        matches!(self, Noise::Tail | Noise::Mixed)
    }
}

/// A segment of a noisy article.
pub(super) struct NoisySegment {
    pub(super) text: String,
    /// The segments of the document that it was made of; empty for other documents' segments.
    pub(super) origins: Vec<usize>,
}

/// The segments of one language of a document after the noise.
pub(super) fn noisy_segments(
    documents: &[ParallelDocument],
    at: usize,
    language: usize,
    noise: Noise,
) -> Vec<NoisySegment> {
    let document = &documents[at];
    let (code, segments) = &document.sides[language];
    let mut random = NoiseRandom::new(&format!("{}|{}|{code}", document.id, noise.seed_name()));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for segment in 0..segments.len() {
        match groups.last_mut() {
            Some(last) if noise.merges() && last.len() == 1 && random.chance(MERGE_CHANCE) => {
                last.push(segment);
            }
            _ => groups.push(vec![segment]),
        }
    }
    if noise.drops() {
        for _ in 0..(groups.len() as f64 * DROPPED_SHARE).round().max(1.0) as usize {
            groups.remove(random.below(groups.len()));
        }
    }
    let join = |origins: Vec<usize>| {
        let texts: Vec<&str> = origins.iter().map(|&segment| segments[segment].as_str()).collect();
        NoisySegment { text: texts.join(" "), origins }
    };
    let mut noisy: Vec<NoisySegment> = groups.into_iter().map(join).collect();
    // Two languages never borrow from one document, or the borrowed text would correspond.
    let lenders: Vec<&[String]> = (0..documents.len())
        .filter(|&other| other != at && other % document.sides.len() == language)
        .filter_map(|other| documents[other].sides.get(language))
        .map(|(_, segments)| segments.as_slice())
        .collect();
    if lenders.is_empty() {
        return noisy;
    }
    let borrowed = |text: &String| NoisySegment { text: text.clone(), origins: Vec::new() };
    let lender = lenders[random.below(lenders.len())];
    let untouched = NoiseRandom::new(&format!("{}|inserted", document.id)).below(3);
    if noise == Noise::Mixed && untouched != language {
        let count = (MIN_INSERTED + random.below(MORE_INSERTED + 1)).min(lender.len());
        let start = random.below(lender.len() - count + 1);
        // In the middle half of the article.
        let place = noisy.len() / 4 + random.below(noisy.len() / 2 + 1);
        noisy.splice(place..place, lender[start..start + count].iter().map(borrowed));
    }
    if noise.replaces() {
        replace(&mut noisy, documents, at, language, &lenders, &mut random);
    }
    if noise == Noise::Lines {
        for _ in 0..(noisy.len() / SEGMENTS_PER_LINE).max(1) {
            let place = random.below(noisy.len() + 1);
            noisy.insert(place, line(*code, language, &lenders, &mut random));
        }
    }
    if noise == Noise::Ends {
        let some = |random: &mut NoiseRandom| -> Vec<NoisySegment> {
            let count = END_LINES[random.below(END_LINES.len())];
            (0..count).map(|_| end_line(*code, language, &lenders, random)).collect()
        };
        if random.chance(START_LINES_CHANCE) {
            let lines = some(&mut random);
            noisy.splice(0..0, lines);
        }
        let lines = some(&mut random);
        noisy.extend(lines);
    }
    if noise.appends() {
        for _ in 0..MIN_APPENDED + random.below(MORE_APPENDED + 1) {
            let lender = lenders[random.below(lenders.len())];
            let headline = random.chance(HEADLINE_CHANCE);
            let segment = if headline { 0 } else { random.below(lender.len()) };
            noisy.push(borrowed(&lender[segment]));
        }
    }
    noisy
}

/// Replaces some segments. All languages agree on the places, and one or two of three differ at each
/// of them, so that no two languages that were changed correspond there.
fn replace(
    noisy: &mut Vec<NoisySegment>,
    documents: &[ParallelDocument],
    at: usize,
    language: usize,
    lenders: &[&[String]],
    random: &mut NoiseRandom,
) {
    let document = &documents[at];
    let mut places = NoiseRandom::new(&format!("{}|replaced", document.id));
    let languages = document.sides.len();
    for _ in 0..(noisy.len() as f64 * REPLACED_SHARE).ceil() as usize {
        let place = places.below(noisy.len().max(1));
        let (one, both) = (places.below(languages), places.chance(BOTH_REPLACED_CHANCE));
        let (old, new) = REPLACED_SIZES[places.below(REPLACED_SIZES.len())];
        let is_changed = one == language || both && (one + 1) % languages == language;
        if !is_changed || place >= noisy.len() {
            continue;
        }
        let end = (place + old).min(noisy.len());
        let length = noisy[place].text.len();
        let mut another = || {
            // The most similar in length of some, since local versions differ little in it.
            let candidates = (0..REPLACEMENT_CANDIDATES).map(|_| {
                let lender = lenders[random.below(lenders.len())];
                &lender[random.below(lender.len())]
            });
            let nearest = candidates.min_by_key(|text| text.len().abs_diff(length));
            NoisySegment { text: nearest.cloned().unwrap_or_default(), origins: Vec::new() }
        };
        let replacements: Vec<NoisySegment> = (0..new).map(|_| another()).collect();
        noisy.splice(place..end, replacements);
    }
}

/// A short line: of a website, or some words of another document, such as a section name.
fn line(
    code: Language,
    language: usize,
    lenders: &[&[String]],
    random: &mut NoiseRandom,
) -> NoisySegment {
    let known = site_lines(code, language);
    let text = if !known.is_empty() && random.chance(SITE_LINE_CHANCE) {
        known[random.below(known.len())].to_string()
    } else {
        let lender = lenders[random.below(lenders.len())];
        let words: Vec<&str> = lender[random.below(lender.len())].split_whitespace().collect();
        let count = (1 + random.below(MAX_LINE_WORDS)).min(words.len());
        let start = random.below(words.len() - count + 1);
        words[start..start + count].join(" ")
    };
    NoisySegment { text, origins: Vec::new() }
}

/// A line before or after an article: a headline or sentence of another one, or a short line.
fn end_line(
    code: Language,
    language: usize,
    lenders: &[&[String]],
    random: &mut NoiseRandom,
) -> NoisySegment {
    if random.chance(SHORT_END_CHANCE) {
        return line(code, language, lenders, random);
    }
    let lender = lenders[random.below(lenders.len())];
    let segment = if random.chance(HEADLINE_CHANCE) { 0 } else { random.below(lender.len()) };
    NoisySegment { text: lender[segment].clone(), origins: Vec::new() }
}

/// The lines of websites in a language. The second number chooses every third of them, so that no two
/// languages of a document have lines of one kind.
fn site_lines(code: Language, language: usize) -> Vec<&'static str> {
    let column = match code.primary() {
        "en" => 0,
        "uk" => 1,
        "de" => 2,
        _ => return Vec::new(),
    };
    let rows = SITE_LINES.lines().skip(language % 3).step_by(3);
    rows.filter_map(|row| row.split('\t').nth(column)).collect()
}

/// Random numbers that depend on a name alone.
pub(super) struct NoiseRandom(SplitMix64);

impl NoiseRandom {
    pub(super) fn new(name: &str) -> NoiseRandom {
        NoiseRandom(SplitMix64::new(xxh3_64(name.as_bytes())))
    }

    /// An index below `end`, which is at least 1.
    fn below(&mut self, end: usize) -> usize {
        (self.0.next_u64() % end.max(1) as u64) as usize
    }

    pub(super) fn chance(&mut self, chance: f64) -> bool {
        self.0.unit() < chance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(id: &str, count: usize) -> ParallelDocument {
        let side = |language: Language| {
            let segment = |at| format!("Sentence {at} of {id} in {language}.");
            (language, (0..count).map(segment).collect())
        };
        let sides = vec![side(Language::ENGLISH), side(Language::GERMAN)];
        ParallelDocument::new(id, sides).unwrap()
    }

    fn origins(noisy: &[NoisySegment]) -> Vec<usize> {
        noisy.iter().flat_map(|segment| segment.origins.iter().copied()).collect()
    }

    #[test]
    fn each_noise_does_what_its_name_says() {
        let documents: Vec<_> = (0..4).map(|at| document(&format!("d{at}"), 20)).collect();
        let all: Vec<usize> = (0..20).collect();
        let noisy = |noise| noisy_segments(&documents, 0, 1, noise);
        let clean = noisy(Noise::Clean);
        assert!(clean.iter().map(|segment| &segment.text).eq(&documents[0].sides[1].1));
        let merged = noisy(Noise::Merge);
        assert!(merged.len() < 20 && origins(&merged) == all);
        let dropped = noisy(Noise::Drop);
        assert!(origins(&dropped).len() < 20 && origins(&dropped).is_sorted_by(|a, b| a < b));
        let replaced = noisy(Noise::Replace);
        assert!(origins(&replaced).len() < 20 && replaced.len() > 15);
        assert!(replaced.iter().any(|segment| segment.origins.is_empty()));
        let lines = noisy(Noise::Lines);
        assert_eq!(origins(&lines), all);
        let inserted = lines.iter().filter(|segment| segment.origins.is_empty());
        assert!(inserted.clone().count() >= 3 && inserted.clone().all(|one| one.text.len() < 60));
        let ends = noisy(Noise::Ends);
        assert_eq!(origins(&ends), all);
        assert!(ends.last().is_some_and(|segment| segment.origins.is_empty()));
        let tail = noisy(Noise::Tail);
        assert_eq!(origins(&tail), all);
        assert!(tail.len() > 20 && tail[20..].iter().all(|segment| segment.origins.is_empty()));
        assert!(tail[20..].iter().all(|segment| !segment.text.contains("of d0 in")));
    }

    #[test]
    fn replaced_segments_correspond_in_no_two_languages() {
        let documents: Vec<_> = (0..8).map(|at| document(&format!("d{at}"), 30)).collect();
        for at in 0..8 {
            let sides =
                [0, 1].map(|language| noisy_segments(&documents, at, language, Noise::Replace));
            let missing = sides.each_ref().map(|side| 30 - origins(side).len());
            assert!(missing.iter().any(|missing| *missing > 0), "{at}");
            assert!(missing.iter().all(|missing| *missing <= 12), "{at} {missing:?}");
        }
    }

    #[test]
    fn no_two_languages_have_site_lines_of_one_kind() {
        let kinds = |language: Language, at: usize| -> Vec<usize> {
            let all: Vec<Vec<&str>> =
                SITE_LINES.lines().map(|row| row.split('\t').collect()).collect();
            let column = ["en", "uk", "de"].iter().position(|code| *code == language.primary());
            let own = site_lines(language, at);
            own.iter()
                .map(|line| all.iter().position(|row| row[column.unwrap()] == *line).unwrap())
                .collect()
        };
        let english = kinds(Language::ENGLISH, 0);
        let german = kinds(Language::GERMAN, 1);
        assert!(english.len() >= 8 && german.len() >= 8);
        assert!(english.iter().all(|kind| !german.contains(kind)));
        assert!(SITE_LINES.lines().all(|row| row.split('\t').count() == 3));
    }
}
