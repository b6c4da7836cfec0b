//! Reports of a training run.

/// The progress of a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TrainProgress {
    /// The inputs were read.
    InputsRead {
        /// The number of distinct texts.
        texts: usize,
        /// The number of pairs.
        pairs: usize,
    },
    /// The vocabulary was learnt or read.
    VocabularyReady {
        /// The number of subwords.
        subwords: usize,
    },
    /// The teacher embedded some texts.
    TeacherEmbedded {
        /// The number of texts so far, including subwords.
        texts: usize,
        /// The number of texts in total.
        total: usize,
    },
    /// A checkpoint was found.
    Resumed {
        /// The number of steps that were done before.
        step: u64,
    },
    /// Some steps were done.
    StepsDone {
        /// The number of steps so far.
        step: u64,
        /// The mean loss since the last report, in nats.
        loss: f64,
        /// The accuracies on the dev pairs. They are empty except at the checkpoint
        /// interval.
        accuracies: Vec<RetrievalAccuracy>,
    },
}

/// The accuracy of translation retrieval in a set of dev pairs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetrievalAccuracy {
    /// The name of the set: its languages and its source.
    pub set: String,
    /// The number of pairs.
    pub pairs: usize,
    /// The share of texts whose nearest text of the other language is their
    /// translation, 0 to 1, averaged over both directions. Nearness is measured by
    /// CSLS with 4 neighbours (Conneau et al. 2018).
    pub accuracy: f64,
}
