//! A cache of vectors on disk, in front of any embedder.

use std::path::{Path, PathBuf};

use ndarray::Array2;
use redb::{Database, Durability, ReadableTableMetadata, TableDefinition};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::guard::catch_panic;
use super::vector::normalize;
use super::{EmbedError, Embedder, Embeddings, ModelError};
use crate::{Error, Language, Result};

/// Maps the hash of fingerprint, language and text to the vector and its checksum.
const VECTORS: TableDefinition<'_, &[u8; 16], &[u8]> = TableDefinition::new("vectors-1");

/// An embedder whose vectors are cached in a file, so that each text is embedded only once.
///
/// The key of a vector is the embedder's fingerprint, the language and the text, so that one file
/// can hold the vectors of several models. The file grows by about 1.7 kB per text at 384 dimensions.
/// It never shrinks; delete it to start again. Only one process can open it at a time; its threads
/// share it.
///
/// The last digits of a transformer's vectors depend on the other texts of the batch, and the cache
/// keeps the first vector. While threads fill a cache, the last digits may therefore differ from run
/// to run. Once all texts are cached, all runs give the same vectors.
///
/// The cache is made for transformers. It stores rows only, not the spans and words of an additive
/// model such as [`StaticEmbedder`](crate::StaticEmbedder). For such a model,
/// [`embed_spans`](Embedder::embed_spans) bypasses the cache, which is faster than reading a file.
///
/// ```
/// use bitext::{Embedder, Language, StaticEmbedder, embed::CachedEmbedder};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("vectors.redb");
/// # let slow = StaticEmbedder::embedded();
/// let cached = CachedEmbedder::open(slow, &path)?;
/// assert!(cached.is_empty()?);
/// let texts = ["It rained.", "It snowed.", "It rained."];
/// let vectors = cached.embed(Language::ENGLISH, &texts)?;
/// assert_eq!(cached.len()?, 2);
/// assert_eq!(vectors, cached.inner().embed(Language::ENGLISH, &texts)?);
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
pub struct CachedEmbedder<E> {
    inner: E,
    database: Database,
    path: PathBuf,
    fingerprint: String,
    /// Whether the embedder returns more than rows, which are not cached.
    additive: bool,
}

impl<E: Embedder> CachedEmbedder<E> {
    /// Opens, or creates, a cache in front of an embedder. The embedder is called once, with the text
    /// `a`, to see what it returns.
    ///
    /// # Errors
    ///
    /// * [`ErrorKind::Model`](crate::ErrorKind::Model), with [`ModelError::Cache`] as its source, if
    ///   the file is not a cache, is damaged, or is open in another process.
    /// * [`ErrorKind::Embedder`](crate::ErrorKind::Embedder) if the embedder fails.
    pub fn open(inner: E, path: impl AsRef<Path>) -> Result<CachedEmbedder<E>> {
        let path = path.as_ref().to_path_buf();
        let probe = inner.embed_spans(Language::ENGLISH, &["a"]).map_err(Error::embedder)?;
        let additive = probe.raw().is_some() || probe.words().is_some();
        let database = access(&path, || {
            let database = Database::create(&path)?;
            let transaction = database.begin_write()?;
            transaction.open_table(VECTORS)?;
            transaction.commit()?;
            Ok(database)
        })?;
        let fingerprint = inner.fingerprint();
        Ok(CachedEmbedder { inner, database, path, fingerprint, additive })
    }

    /// The embedder behind the cache.
    pub fn inner(&self) -> &E {
        &self.inner
    }

    /// The number of cached vectors, of all models.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if the file is damaged.
    pub fn len(&self) -> Result<u64> {
        let count = || Ok(self.database.begin_read()?.open_table(VECTORS)?.len()?);
        Ok(access(&self.path, count)?)
    }

    /// Whether no vectors are cached.
    ///
    /// # Errors
    ///
    /// Those of [`CachedEmbedder::len`].
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    fn key(&self, language: Language, text: &str) -> [u8; 16] {
        let mut hash = Xxh3::new();
        for part in [self.fingerprint.as_str(), language.code(), text] {
            // The length precedes each part, so that different parts cannot give the same bytes.
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.digest128().to_le_bytes()
    }

    /// Fills the rows that are cached; returns the indices of the others.
    fn look_up(&self, keys: &[[u8; 16]], rows: &mut Array2<f32>) -> Result<Vec<usize>, ModelError> {
        let found = access(&self.path, || {
            let table = self.database.begin_read()?.open_table(VECTORS)?;
            let get = |key| Ok(table.get(key)?.map(|value| value.value().to_vec()));
            keys.iter().map(get).collect::<Result<Vec<Option<Vec<u8>>>, DatabaseError>>()
        })?;
        let mut missing = Vec::new();
        for (row, found) in found.into_iter().enumerate() {
            let Some(bytes) = found else {
                missing.push(row);
                continue;
            };
            let values = unpack(&bytes).filter(|values| values.len() == rows.ncols());
            let (Some(values), Some(row)) = (values, rows.row_mut(row).into_slice()) else {
                return Err(damaged(&self.path, "a vector does not match its checksum"));
            };
            row.copy_from_slice(&values);
        }
        Ok(missing)
    }

    fn keep(&self, vectors: impl Iterator<Item = ([u8; 16], Vec<u8>)>) -> Result<(), ModelError> {
        access(&self.path, || {
            let mut transaction = self.database.begin_write()?;
            // Texts whose vectors a crash loses are embedded again.
            transaction.set_durability(Durability::Eventual);
            let mut table = transaction.open_table(VECTORS)?;
            for (key, bytes) in vectors {
                table.insert(&key, bytes.as_slice())?;
            }
            drop(table);
            transaction.commit()?;
            Ok(())
        })
    }
}

impl<E: Embedder> Embedder for CachedEmbedder<E> {
    fn dimension(&self) -> usize {
        self.inner.dimension()
    }

    fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    fn languages(&self) -> Option<&[Language]> {
        self.inner.languages()
    }

    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        let keys: Vec<[u8; 16]> = texts.iter().map(|text| self.key(language, text)).collect();
        let mut rows = Array2::zeros((texts.len(), self.inner.dimension()));
        let missing = self.look_up(&keys, &mut rows)?;
        if missing.is_empty() {
            return Ok(rows);
        }
        let wanted: Vec<&str> = missing.iter().map(|&at| texts[at]).collect();
        let mut made = self.inner.embed(language, &wanted)?;
        if made.dim() != (wanted.len(), rows.ncols()) {
            let expected = (wanted.len(), rows.ncols());
            return Err(Error::vector_shape(expected, made.dim()).into());
        }
        let mut keep = Vec::with_capacity(missing.len());
        for (mut new, &at) in made.rows_mut().into_iter().zip(&missing) {
            // The caller refuses NaN and infinity, which must not be cached.
            if new.iter().all(|value| value.is_finite()) {
                let mut values = new.to_vec();
                normalize(&mut values);
                new.assign(&ndarray::ArrayView1::from(&values));
                keep.push((keys[at], pack(&values)));
            }
            rows.row_mut(at).assign(&new);
        }
        self.keep(keep.into_iter())?;
        Ok(rows)
    }

    fn embed_spans(&self, language: Language, texts: &[&str]) -> Result<Embeddings, EmbedError> {
        if self.additive {
            return self.inner.embed_spans(language, texts);
        }
        Ok(Embeddings::from_rows(self.embed(language, texts)?)?)
    }
}

impl<E> std::fmt::Debug for CachedEmbedder<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut it = f.debug_struct("CachedEmbedder");
        it.field("path", &self.path).field("fingerprint", &self.fingerprint).finish()
    }
}

fn pack(values: &[f32]) -> Vec<u8> {
    let mut bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    bytes.extend(xxh3_64(&bytes).to_le_bytes());
    bytes
}

fn unpack(bytes: &[u8]) -> Option<Vec<f32>> {
    let (values, sum) = bytes.split_last_chunk::<8>()?;
    let value = |four: &[u8]| f32::from_le_bytes([four[0], four[1], four[2], four[3]]);
    (u64::from_le_bytes(*sum) == xxh3_64(values))
        .then(|| values.chunks_exact(4).map(value).collect())
}

fn damaged(path: &Path, reason: impl ToString) -> ModelError {
    ModelError::Cache { path: path.to_path_buf(), reason: reason.to_string() }
}

/// Any error of redb.
type DatabaseError = Box<dyn std::error::Error>;

/// Accesses the file; errors and panics of redb become errors that name it.
fn access<T>(
    path: &Path,
    work: impl FnOnce() -> Result<T, DatabaseError>,
) -> Result<T, ModelError> {
    match catch_panic(work) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(damaged(path, error)),
        Err(panic) => Err(damaged(path, panic)),
    }
}
