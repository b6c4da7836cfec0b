//! The beads of two languages in the order of both texts, and what is known of the sentences.

use crate::article::Origin;
use crate::format::fold;
use crate::text::{Newlines, Span, paragraphs};
use crate::{Article, Unit};

/// What the filters and the confidence say about a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitState {
    Accepted,
    /// A filter rejects it: its sentences are in no row, but a row may cross it.
    Rejected,
    /// Its confidence is too low: no row crosses it.
    Uncertain,
}

/// A bead of the chain.
pub struct ChainUnit<'a> {
    /// Its number among the beads of the language pair.
    pub number: usize,
    pub unit: &'a Unit,
    /// The numbers of its sentences, by side; not empty.
    pub sentences: [&'a [usize]; 2],
    pub state: UnitState,
}

impl ChainUnit<'_> {
    pub fn first(&self, side: usize) -> usize {
        self.sentences[side].first().copied().unwrap_or_default()
    }

    pub fn last(&self, side: usize) -> usize {
        self.sentences[side].last().copied().unwrap_or_default()
    }
}

/// An article as one side of passages.
pub struct PassageSide<'a> {
    pub article: &'a Article,
    /// For each sentence, the number of the paragraph that it begins in.
    paragraph_of: Vec<usize>,
    /// For each sentence, its characters with white space folded.
    characters: Vec<usize>,
    /// For each sentence, whether it belongs to a unit that is not in any row.
    pub rejected: Vec<bool>,
}

impl<'a> PassageSide<'a> {
    fn new(article: &'a Article, newlines: Newlines) -> PassageSide<'a> {
        // In a list of sentences, only a blank sentence separates paragraphs.
        let newlines = match article.origin() {
            Origin::Sentences => Newlines::Never,
            Origin::Raw => newlines,
        };
        let borders = paragraphs(article.text(), newlines);
        let paragraph = |span: &Span| borders.partition_point(|border| border.end <= span.start);
        PassageSide {
            article,
            paragraph_of: article.spans().iter().map(paragraph).collect(),
            characters: article.sentences().map(|text| fold(text).chars().count()).collect(),
            rejected: vec![false; article.len()],
        }
    }

    pub fn paragraph(&self, sentence: usize) -> usize {
        self.paragraph_of.get(sentence).copied().unwrap_or_default()
    }

    pub fn characters(&self, sentence: usize) -> usize {
        self.characters.get(sentence).copied().unwrap_or_default()
    }

    /// What separates two sentences in the text of a row.
    pub fn separator(&self, before: usize, sentence: usize) -> &'static str {
        if self.paragraph(before) != self.paragraph(sentence) {
            return "\n\n";
        }
        // Chinese and Japanese have no spaces between sentences.
        let spans = self.article.spans();
        let previous = sentence.checked_sub(1).and_then(|at| spans.get(at));
        let (Some(previous), Some(span)) = (previous, spans.get(sentence)) else { return " " };
        let (before, after) = self.article.text().split_at(span.start);
        let has_space =
            before.ends_with(char::is_whitespace) || after.starts_with(char::is_whitespace);
        if previous.end == span.start && !has_space { "" } else { " " }
    }
}

/// The units of a language pair from which its passages are made.
pub struct Chain<'a> {
    pub sides: [PassageSide<'a>; 2],
    /// Their sentences ascend on both sides.
    pub units: Vec<ChainUnit<'a>>,
    /// The number of accepted beads that cross others, and are therefore in no passage.
    pub crossing: u64,
}

impl<'a> Chain<'a> {
    /// Makes a chain of beads with their states. A bead that would be out of order on a side is left
    /// out: its sentences count as unaligned.
    pub fn new(
        articles: [&'a Article; 2],
        beads: &'a [Unit],
        states: &[UnitState],
        newlines: Newlines,
    ) -> Chain<'a> {
        let mut sides = articles.map(|article| PassageSide::new(article, newlines));
        let (mut units, mut crossing) = (Vec::<ChainUnit<'a>>::new(), 0);
        for (number, (unit, &state)) in beads.iter().zip(states).enumerate() {
            let languages = articles.map(Article::language);
            let [Some(one), Some(other)] = languages.map(|language| unit.sentences(language))
            else {
                continue;
            };
            let new = ChainUnit { number, unit, sentences: [one, other], state };
            if state != UnitState::Accepted {
                for (side, sentences) in sides.iter_mut().zip(new.sentences) {
                    sentences.iter().for_each(|&sentence| side.rejected[sentence] = true);
                }
            }
            let ascends =
                |last: &ChainUnit<'_>| (0..2).all(|side| last.last(side) < new.first(side));
            if unit.crossing() || !units.last().is_none_or(ascends) {
                crossing += u64::from(state == UnitState::Accepted);
                continue;
            }
            units.push(new);
        }
        Chain { sides, units, crossing }
    }
}
