//! The cache of vectors on disk.
use std::sync::Mutex;

use bitext::embed::{CachedEmbedder, EmbedError, ModelError};
use bitext::ndarray::Array2;
use bitext::{Embedder, Error, Language, StaticEmbedder};

/// Counts the texts that it embeds.
struct Slow {
    name: &'static str,
    asked: Mutex<Vec<String>>,
}

impl Slow {
    fn new(name: &'static str) -> Slow {
        Slow { name, asked: Mutex::default() }
    }
}

impl Embedder for Slow {
    fn dimension(&self) -> usize {
        3
    }

    fn fingerprint(&self) -> String {
        self.name.to_string()
    }

    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        self.asked.lock().expect("a lock").extend(texts.iter().map(|text| text.to_string()));
        Ok(Array2::from_shape_fn((texts.len(), 3), |(row, column)| {
            let code = language.code().as_bytes()[0];
            match texts[row] {
                "nan" => f32::NAN,
                "" => 0.0,
                text => (text.len() + column * usize::from(code)) as f32 + self.name.len() as f32,
            }
        }))
    }
}

fn asked(cache: &CachedEmbedder<Slow>) -> Vec<String> {
    std::mem::take(&mut cache.inner().asked.lock().expect("a lock"))
}

#[test]
fn each_text_is_embedded_once_for_all_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("vectors");
    let texts = ["one", "three", "", "one"];
    let plain = Slow::new("slow").embed(Language::ENGLISH, &texts).expect("rows");
    let plain = bitext::Embeddings::from_rows(plain).expect("rows");
    {
        let cache = CachedEmbedder::open(Slow::new("slow"), &path).expect("a cache");
        asked(&cache);
        assert_eq!(cache.embed(Language::ENGLISH, &texts).expect("rows"), plain.rows());
        assert_eq!(asked(&cache), ["one", "three", "", "one"]);
        assert_eq!(cache.len().expect("a number"), 3);
        assert_eq!(cache.fingerprint(), "slow");
        // Another language may have other vectors.
        let german = cache.embed(Language::GERMAN, &["one"]).expect("rows");
        assert_eq!(asked(&cache), ["one"]);
        assert_ne!(german.row(0), plain.rows().row(0));
    }
    let cache = CachedEmbedder::open(Slow::new("slow"), &path).expect("a cache");
    asked(&cache);
    let rows = cache.embed(Language::ENGLISH, &["new", "one", "three", ""]).expect("rows");
    assert_eq!(asked(&cache), ["new"]);
    assert_eq!((rows.row(1), rows.row(2)), (plain.rows().row(0), plain.rows().row(1)));
    drop(cache);
    // Another model has other vectors.
    let other = CachedEmbedder::open(Slow::new("other"), &path).expect("a cache");
    asked(&other);
    other.embed(Language::ENGLISH, &["one"]).expect("rows");
    assert_eq!(asked(&other), ["one"]);
}

#[test]
fn nan_and_infinity_are_not_cached() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = CachedEmbedder::open(Slow::new("slow"), folder.path().join("v")).expect("a cache");
    for _ in 0..2 {
        asked(&cache);
        assert!(cache.embed(Language::ENGLISH, &["nan"]).expect("rows").iter().all(|x| x.is_nan()));
        assert_eq!(asked(&cache), ["nan"]);
    }
    assert!(cache.is_empty().expect("a number"));
}

#[test]
fn an_additive_model_keeps_its_spans_and_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let model = StaticEmbedder::embedded();
    let cache = CachedEmbedder::open(model, folder.path().join("v")).expect("a cache");
    let embeddings = cache.embed_spans(Language::ENGLISH, &["a bridge"]).expect("vectors");
    assert!(embeddings.raw().is_some() && embeddings.words().is_some());
    let rows = cache.embed(Language::ENGLISH, &["a bridge"]).expect("rows");
    let plain = cache.inner().embed(Language::ENGLISH, &["a bridge"]).expect("rows");
    assert!((&rows - &plain).iter().all(|difference| difference.abs() < 1e-6));
}

#[track_caller]
fn refused(error: &Error) {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref());
    let Some(ModelError::Cache { .. }) = source else { panic!("{error:?}") };
    assert!(error.to_string().contains("delete it"), "{error}");
}

#[test]
fn other_files_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("v");
    for bytes in [b"x".as_slice(), &[0; 4096], &[b'a'; 100_000]] {
        std::fs::write(&path, bytes).expect("written");
        refused(&CachedEmbedder::open(Slow::new("slow"), &path).expect_err("no cache"));
        assert_eq!(std::fs::read(&path).expect("read"), bytes, "what was there is untouched");
    }
    let folder_itself = CachedEmbedder::open(Slow::new("slow"), folder.path());
    refused(&folder_itself.expect_err("a folder"));
    let nowhere = CachedEmbedder::open(Slow::new("slow"), folder.path().join("no/v"));
    refused(&nowhere.expect_err("no folder"));
}

#[test]
fn a_cache_that_is_already_open_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("v");
    let _open = CachedEmbedder::open(Slow::new("slow"), &path).expect("a cache");
    refused(&CachedEmbedder::open(Slow::new("slow"), &path).expect_err("open"));
}

/// Damage anywhere: an error of the right type, or the right vectors.
#[test]
fn a_damaged_cache_gives_an_error_or_the_right_vectors() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("v");
    let texts: Vec<String> = (0..400).map(|at| "text ".repeat(at)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let right = {
        let cache = CachedEmbedder::open(Slow::new("slow"), &path).expect("a cache");
        cache.embed(Language::ENGLISH, &texts).expect("rows")
    };
    let whole = std::fs::read(&path).expect("read");
    let check = |bytes: &[u8]| {
        std::fs::write(&path, bytes).expect("written");
        match CachedEmbedder::open(Slow::new("slow"), &path) {
            Err(error) => {
                refused(&error);
                false
            }
            Ok(cache) => match cache.embed(Language::ENGLISH, &texts) {
                Ok(rows) => {
                    assert_eq!(rows, right);
                    true
                }
                Err(error) => {
                    let error = error.downcast::<ModelError>().expect("an error about the model");
                    refused(&Error::from(*error));
                    false
                }
            },
        }
    };
    assert!(check(&whole));
    let mut errors = 0;
    for at in (0..whole.len()).step_by(whole.len() / 150 + 1).chain(0..64) {
        let mut altered = whole.clone();
        altered[at] ^= 0x55;
        errors += usize::from(!check(&altered));
    }
    for part in 0..20 {
        errors += usize::from(!check(&whole[..whole.len() / 20 * part]));
    }
    assert!(errors > 0, "no damage was found");
}
