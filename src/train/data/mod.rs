//! Reads the inputs of a training run and prepares them: texts as lists of word
//! ids, pairs grouped by source, the subword vocabulary, the segmentation of every
//! word, and the sample of texts for the teacher.

mod corpus;
mod files;
mod inputs;
mod segmentation;
mod teacher_sample;
mod training_data;
mod vocabulary;

pub use inputs::{PairFile, TextFile, TrainInputs, WordFile};

pub(super) use corpus::{Corpus, PairGroup, language_index};
pub(super) use files::write_atomically;
pub(super) use segmentation::{Segmentation, SubwordNoise};
pub(super) use teacher_sample::TeacherSample;
pub(super) use training_data::TrainingData;
