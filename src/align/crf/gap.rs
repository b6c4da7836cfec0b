//! The features of a gap, that is of a run of unaligned sentences.

use std::ops::{Index, IndexMut};

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
    }
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
