//! The features of a bead, and vectors with one number per feature.

use std::ops::{Index, IndexMut};

use crate::align::features::named_enum::named_enum;
use crate::align::features::shape::{Shape, ShapeClass};

named_enum! {
    /// A feature of a bead. Its documentation says what its value is.
    Feature {
        /// 1 for every bead.
        Bias = "bias",
        /// The similarity of both sides relative to the default cosine of their neighbours.
        Margin = "margin",
        /// The part of the margin above 0.1. This and the next two make the score a piecewise
        /// linear function of the margin.
        MarginAbove01 = "margin_above_0.1",
        /// The part of the margin above 0.3.
        MarginAbove03 = "margin_above_0.3",
        /// The part of the margin above 0.5.
        MarginAbove05 = "margin_above_0.5",
        /// The margin over the best competitor: the most similar pair of either side with a
        /// single sentence outside the bead.
        CompetitorMargin = "competitor_margin",
        /// The part of the competitor margin above 0.
        CompetitorMarginAbove0 = "competitor_margin_above_0",
        /// The squared standard score of the logarithm of the length ratio.
        LengthMismatch = "length_mismatch",
        /// The square root of the length mismatch.
        LengthMismatchRoot = "length_mismatch_root",
        /// The mean logarithm of both lengths, relative to a usual sentence.
        LogLength = "log_length",
        /// The product of margin and `log_length`: margins of short texts say less.
        MarginTimesLogLength = "margin_times_log_length",
        /// The cosine of both sides in standard deviations of the cosines of unrelated
        /// sentences, above their mean. Unlike a margin it does not depend on the other sentences
        /// of the articles.
        Similarity = "similarity",
        /// The part of the similarity above 2. This and the next two make the score a piecewise
        /// linear function of the similarity.
        SimilarityAbove2 = "similarity_above_2",
        /// The part of the similarity above 4.
        SimilarityAbove4 = "similarity_above_4",
        /// The part of the similarity above 6.
        SimilarityAbove6 = "similarity_above_6",
        /// The product of similarity and `log_length`: chance similarities of long texts are lower.
        SimilarityTimesLogLength = "similarity_times_log_length",
        /// The number of segment boundaries inside the bead.
        BoundaryInside = "boundary_inside",
        /// At how many ends of the bead (0 to 2) a segment ends on one side only.
        BoundaryMismatch = "boundary_mismatch",
        /// At how many ends of the bead (0 to 2) a segment ends on neither side.
        NoBoundary = "no_boundary",
        /// The weight of the words on both sides whose consonants are alike: names and cognates.
        SharedCognates = "shared_cognates",
        /// The weight of the numbers that are on both sides.
        SharedNumbers = "shared_numbers",
        /// The weight of the numbers that are on one side only.
        UnsharedNumbers = "unshared_numbers",
        /// 1 if one side only ends in a question mark.
        QuestionMarkMismatch = "question_mark_mismatch",
        /// 1 if one side only ends in a sentence-final mark.
        FinalMarkMismatch = "final_mark_mismatch",
        /// 1 if one side only starts with a quotation mark or a dash.
        OpeningQuoteMismatch = "opening_quote_mismatch",
        /// By how much the words of the bead match nearby sentences better than the bead.
        BetterMatchNearby = "better_match_nearby",
        /// By how much the words of the bead fall short of a match in the bead.
        UnmatchedWords = "unmatched_words",
        /// The product of `unmatched_words` and `log_length`: long texts have more words to match.
        UnmatchedWordsTimesLogLength = "unmatched_words_times_log_length",
        /// 1 if the model has no vectors of words, so that the features of words are 0.
        WithoutWords = "without_words",
        /// The similarity if the model has no vectors of words: it must then say more.
        SimilarityWithoutWords = "similarity_without_words",
    }
}

/// One number per feature: values, or weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::align) struct FeatureVector([f32; Feature::COUNT]);

impl FeatureVector {
    pub(in crate::align) const ZERO: FeatureVector = FeatureVector([0.0; Feature::COUNT]);

    /// The number of each feature, in the order of [`Feature::ALL`].
    pub(in crate::align) fn from_fn(value: impl FnMut(usize) -> f32) -> FeatureVector {
        FeatureVector(std::array::from_fn(value))
    }

    /// The numbers in the order of [`Feature::ALL`].
    pub(in crate::align) fn iter(&self) -> std::slice::Iter<'_, f32> {
        self.0.iter()
    }
}

impl Index<Feature> for FeatureVector {
    type Output = f32;

    #[inline]
    fn index(&self, feature: Feature) -> &f32 {
        &self.0[feature.index()]
    }
}

impl IndexMut<Feature> for FeatureVector {
    #[inline]
    fn index_mut(&mut self, feature: Feature) -> &mut f32 {
        &mut self.0[feature.index()]
    }
}

/// The weights of the features, for each class of shapes.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::align) struct BeadWeights(pub(in crate::align) [FeatureVector; ShapeClass::COUNT]);

impl BeadWeights {
    pub(in crate::align) const ZERO: BeadWeights =
        BeadWeights([FeatureVector::ZERO; ShapeClass::COUNT]);

    /// The weights for beads of a shape.
    #[inline]
    pub(in crate::align) fn of(&self, shape: Shape) -> &FeatureVector {
        &self.0[ShapeClass::of(shape).index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_lead_back_to_their_features() {
        for feature in Feature::ALL {
            assert_eq!(Feature::ALL[feature.index()], feature);
            assert_eq!(Feature::from_name(feature.name()), Some(feature));
        }
        assert_eq!(Feature::from_name("rival"), None);
    }
}
