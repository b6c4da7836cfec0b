//! What users may rely on: types that go between threads, errors that can be
//! matched and passed on, traits that can be objects, settings with defaults.
//!
//! `.ci/api` finds all public types, readers and writers among them, and checks that they are `Send`, `Sync`
//! and `Debug`.

use std::error::Error as _;

use bitext::align::{
    AlignConfig, ExplainedBitext, FitConfig, LatticeRegion, PairAlignment, Side, UnitExplanation,
    Weights,
};
use bitext::corpus::filter::{CandidatePair, DedupConfig, Deduplicator, FilterConfig, Verdict};
use bitext::corpus::{ArticleGroup, PairingConfig, SetsConfig};
use bitext::embed::{EmbedError, ModelError, Words};
use bitext::evaluate::{
    Alignment, AlignmentError, AlignmentFile, GoldTask, Predictions, Reliability, ScoreCounts,
};
use bitext::format::{ArticlesLine, HfJsonlReader, MosesWriter, Record, Selection};
use bitext::{
    Aligner, Article, Bitext, Detection, Embedder, Embeddings, Error, ErrorKind, Id, Language,
    LanguagePair, Part, RuleSplitter, Splitter, StaticEmbedder, Unit,
};

fn goes_between_threads<T: Send + Sync>() {}

fn is_an_error<T: std::error::Error + Send + Sync + 'static>() {}

fn is_a_setting<T: Default + Clone + std::fmt::Debug + PartialEq + Send + Sync>() {}

#[test]
fn types_go_between_threads() {
    goes_between_threads::<Aligner>();
    goes_between_threads::<Article>();
    goes_between_threads::<Bitext>();
    goes_between_threads::<(Unit, LanguagePair, Part, Id, Language, Detection)>();
    goes_between_threads::<(Embeddings, Words, StaticEmbedder, RuleSplitter)>();
    goes_between_threads::<(Box<dyn Embedder>, Box<dyn Splitter>)>();
    goes_between_threads::<(Side, PairAlignment, Weights, FitConfig)>();
    goes_between_threads::<(ExplainedBitext, UnitExplanation, LatticeRegion)>();
    goes_between_threads::<(ArticleGroup, CandidatePair<'_>, Verdict, Deduplicator)>();
    goes_between_threads::<(
        Alignment,
        Reliability,
        ScoreCounts,
        AlignmentFile,
        Predictions,
        GoldTask,
    )>();
    goes_between_threads::<(ArticlesLine, Record)>();
}

#[cfg(feature = "embedded-model")]
#[test]
fn boxed_splitters_and_embedders_are_accepted() {
    let splitters: [Box<dyn Splitter>; 2] =
        [Box::new(RuleSplitter::default()), Box::new(std::sync::Arc::new(RuleSplitter::default()))];
    let embedder = || -> Box<dyn Embedder> { Box::new(StaticEmbedder::embedded()) };
    for splitter in splitters {
        let spans = splitter.split(Language::ENGLISH, "One. Two.");
        assert_eq!(spans, [0..4, 5..9]);
        let aligner = Aligner::with_embedder(embedder()).with_splitter(splitter);
        let articles =
            [(Language::ENGLISH, "It rained. It snowed."), (Language::GERMAN, "Es regnete.")];
        let bitext = aligner.align(articles.map(|(language, text)| Article::new(language, text)));
        assert_eq!(bitext.unwrap().articles()[0].len(), 2);
    }
}

#[cfg(feature = "report")]
#[test]
fn reports_go_between_threads() {
    use bitext::report::{CorrectionError, Corrections, Report};
    goes_between_threads::<(Report, Corrections)>();
    is_an_error::<CorrectionError>();
}

#[cfg(feature = "train")]
#[test]
fn training_goes_between_threads() {
    use bitext::train::{
        TrainConfig, TrainError, TrainInputs, TrainedModel, Trainer, VocabularyConfig,
    };
    goes_between_threads::<(TrainedModel, Trainer<'_>)>();
    is_a_setting::<(TrainInputs, TrainConfig, VocabularyConfig)>();
    is_an_error::<TrainError>();
}

#[cfg(feature = "cache")]
#[test]
fn caches_go_between_threads() {
    goes_between_threads::<bitext::embed::CachedEmbedder<StaticEmbedder>>();
}

#[test]
fn errors_can_be_passed_on() {
    is_an_error::<Error>();
    is_an_error::<ModelError>();
    is_an_error::<AlignmentError>();
    let error: EmbedError = Box::new(Error::other("no memory"));
    assert!(error.downcast_ref::<Error>().is_some());
}

#[test]
fn errors_can_be_matched_and_tell_their_cause() {
    let error = "en-".parse::<Language>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidLanguage);
    assert!(error.message().contains("`en-`"));

    let error = StaticEmbedder::from_bytes(b"no model".to_vec()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Model);
    let source = error.source().unwrap().downcast_ref();
    assert!(matches!(source, Some(ModelError::NotAModel)), "{source:?}");

    let error = HfJsonlReader::new("news.txt", &b"\xff"[..]).next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRecord);
    assert_eq!(
        (error.source_name(), error.line(), error.byte()),
        (Some("news.txt"), Some(1), Some(0))
    );

    let mut records = HfJsonlReader::new("news.txt", &b"\n\n{}\n"[..]);
    let error = records.next().unwrap().unwrap_err();
    assert_eq!((error.kind(), error.line()), (ErrorKind::InvalidRecord, Some(3)));

    let error = GoldTask::parse("[]").unwrap_err().at("tasks.jsonl", 4);
    assert_eq!((error.kind(), error.line()), (ErrorKind::InvalidAlignment, Some(4)));
    let source = error.source().unwrap().downcast_ref();
    let Some(AlignmentError::Malformed(why)) = source else { panic!("{source:?}") };
    assert_eq!(why, "not a JSON object");
}

#[test]
fn what_cannot_be_read_is_not_taken_for_what_cannot_be_written() {
    // `?` turns no `io::Error` into ours, which would have to guess.
    let error = StaticEmbedder::from_file("no such file").unwrap_err();
    assert_eq!((error.kind(), error.source_name()), (ErrorKind::Read, Some("no such file")));
    assert_eq!(error.io_error().unwrap().kind(), std::io::ErrorKind::NotFound);

    let full = std::io::Cursor::new([0_u8; 0]);
    let mut files = MosesWriter::new([(Language::ENGLISH, full.clone()), (Language::GERMAN, full)]);
    let record = Record::new([(Language::ENGLISH, "rain"), (Language::GERMAN, "Regen")]).unwrap();
    let error = files.write(&record).and_then(|()| files.finish().map(drop)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Write);
    assert_eq!(error.io_error().unwrap().kind(), std::io::ErrorKind::WriteZero);
}

#[test]
fn settings_are_changed_one_by_one() {
    is_a_setting::<AlignConfig>();
    is_a_setting::<FilterConfig>();
    is_a_setting::<DedupConfig>();
    is_a_setting::<FitConfig>();
    is_a_setting::<RuleSplitter>();
    is_a_setting::<PairingConfig>();
    is_a_setting::<SetsConfig>();
    is_a_setting::<Selection>();
    // They grow, so they cannot be written out; a default is taken and changed.
    let mut config = AlignConfig::default();
    config.min_coverage = 0.3;
    assert_ne!(config, AlignConfig::default());
}
