//! Parallel documents, and the kinds of noise that are made of them.

use crate::{Error, Language, Result};

/// A document in two or three languages, whose segments correspond one to one.
#[derive(Clone, Debug, PartialEq)]
pub struct ParallelDocument {
    pub(super) id: String,
    pub(super) sides: Vec<(Language, Vec<String>)>,
}

impl ParallelDocument {
    /// Takes the segments of each language. The `id` seeds the random numbers of the noise, and
    /// should be unique.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) if there are less than two
    /// languages, or they have not the same number of segments, at least one.
    pub fn new(
        id: impl Into<String>,
        sides: Vec<(Language, Vec<String>)>,
    ) -> Result<ParallelDocument> {
        let count = sides.first().map_or(0, |(_, segments)| segments.len());
        if sides.len() < 2 || count == 0 || sides.iter().any(|(_, all)| all.len() != count) {
            let reason = "need two or more languages with equally many segments, at least one";
            return Err(Error::config("sides", reason));
        }
        Ok(ParallelDocument { id: id.into(), sides })
    }
}

/// The changes to a parallel document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Noise {
    /// Nothing.
    Clean,
    /// Some neighbouring segments become one.
    Merge,
    /// Some segments are missing, and some say something else.
    Drop,
    /// Segments of other documents follow the text.
    Tail,
    /// All of these, and in all languages but one a passage of another document is inserted.
    Mixed,
    /// Each language has another document, so nothing corresponds.
    Unrelated,
    /// At some places each language says something else, as local versions do.
    Replace,
    /// Short lines of a website stand between the segments: labels, bylines, captions.
    Lines,
    /// Some lines of a website stand before or after the text.
    Ends,
}

impl Noise {
    /// All kinds of noise, as `bitext fit` uses them.
    pub const ALL: [Noise; 9] = [
        Noise::Clean,
        Noise::Merge,
        Noise::Drop,
        Noise::Tail,
        Noise::Mixed,
        Noise::Unrelated,
        Noise::Replace,
        Noise::Lines,
        Noise::Ends,
    ];
}
