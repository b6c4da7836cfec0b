//! The features of a gap, that is of a run of unaligned sentences.

use std::ops::{Index, IndexMut};

use crate::align::features::bead_features::NULL_FEATURES;
use crate::align::features::named_enum::named_enum;

named_enum! {
    /// A feature of a gap. Its documentation says what its value is.
    Gap {
        /// 1 per gap, whatever its length.
        Open = "gap_open",
        /// 1 per sentence.
        Extend = "gap_extend",
        /// The logarithmic length of each sentence, relative to a usual sentence.
        LogLength = "gap_log_length",
        /// 1 for a gap at the start of both articles.
        AtStart = "gap_at_start",
        /// 1 for a gap at the end of both articles.
        AtEnd = "gap_at_end",
        /// 1 for a gap with sentences of both sides.
        BothSides = "gap_both_sides",
        /// 1 for such a gap at the start of both articles.
        BothSidesAtStart = "gap_both_sides_at_start",
        /// 1 for such a gap at the end of both articles. Unrelated text on both sides is common
        /// there.
        BothSidesAtEnd = "gap_both_sides_at_end",
        /// The similarity of each sentence with the most similar sentence of the other side.
        BestSimilarity = "gap_best_similarity",
        /// The part of the best similarity above 2.
        BestSimilarityAbove2 = "gap_best_similarity_above_2",
        /// The part of the best similarity above 4.
        BestSimilarityAbove4 = "gap_best_similarity_above_4",
        /// The product of the best similarity and the logarithmic length.
        BestSimilarityTimesLogLength = "gap_best_similarity_times_log_length",
        /// By how much the most similar sentence of the other side is more similar to another one.
        BetterPartner = "gap_better_partner",
        /// 1 for each sentence without a sentence-final mark.
        NoFinalMark = "gap_no_final_mark",
        /// 1 for each line that is known to surround articles on websites.
        Boilerplate = "gap_boilerplate",
        /// By how much the logarithmic length of each sentence is below that of 24 characters.
        Short = "gap_short",
        /// By how much the words of each sentence fall short of a match in the nearby sentence of
        /// the other side that matches them best.
        UnmatchedWords = "gap_unmatched_words",
        /// The product of both: the words of a short line say most.
        ShortTimesUnmatchedWords = "gap_short_times_unmatched_words",
        /// 1 for each sentence if the model has no vectors of words.
        WithoutWords = "gap_without_words",
    }
}

impl Gap {
    /// The features of single sentences, in the order of
    /// [`Features::of_null`](crate::align::features::bead_features::Features::of_null).
    pub(in crate::align) const OF_SENTENCES: [Gap; NULL_FEATURES] = [
        Gap::Extend,
        Gap::LogLength,
        Gap::BestSimilarity,
        Gap::BestSimilarityAbove2,
        Gap::BestSimilarityAbove4,
        Gap::BestSimilarityTimesLogLength,
        Gap::BetterPartner,
        Gap::NoFinalMark,
        Gap::Boilerplate,
        Gap::Short,
        Gap::UnmatchedWords,
        Gap::ShortTimesUnmatchedWords,
        Gap::WithoutWords,
    ];
}

/// One weight per feature of gaps.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::align) struct GapWeights(pub(in crate::align) [f32; Gap::COUNT]);

impl Index<Gap> for GapWeights {
    type Output = f32;

    fn index(&self, gap: Gap) -> &f32 {
        &self.0[gap.index()]
    }
}

impl IndexMut<Gap> for GapWeights {
    fn index_mut(&mut self, gap: Gap) -> &mut f32 {
        &mut self.0[gap.index()]
    }
}
