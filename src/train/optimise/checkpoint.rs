//! Saves and loads the state of a run. The file is replaced atomically.

use std::path::PathBuf;

use xxhash_rust::xxh3::xxh3_64;

use super::super::data::write_atomically;
use super::super::error::TrainError;
use super::super::vectors::EmbeddingTable;

/// The first bytes of a state file.
const CHECKPOINT_MAGIC: &[u8; 8] = b"BITEXTTS";

/// The state file of a run.
pub(in crate::train) struct Checkpoint {
    pub(in crate::train) path: PathBuf,
    /// A key of the inputs and settings of the run.
    pub(in crate::train) run_key: u64,
}

/// Saves the table after a number of steps.
pub(super) fn save(
    checkpoint: &Checkpoint,
    step: u64,
    table: &EmbeddingTable,
) -> Result<(), TrainError> {
    let mut out = Vec::with_capacity(table.rows.len() * 12 + table.steps.len() * 4 + 32);
    out.extend(checkpoint.run_key.to_le_bytes());
    out.extend(step.to_le_bytes());
    out.extend(table.rows.iter().flat_map(|value| value.to_le_bytes()));
    out.extend(table.moments.iter().flatten().flat_map(|value| value.to_le_bytes()));
    out.extend(table.steps.iter().flat_map(|value| value.to_le_bytes()));
    let checksum = xxh3_64(&out);
    write_atomically(&checkpoint.path, &[CHECKPOINT_MAGIC, &checksum.to_le_bytes(), &out])
}

/// Loads the state of the same run into a table and returns its number of steps;
/// `None` if there is no file.
pub(in crate::train) fn load(
    checkpoint: &Checkpoint,
    table: &mut EmbeddingTable,
) -> Result<Option<u64>, TrainError> {
    let Checkpoint { path, run_key } = checkpoint;
    let fail = |reason: &str| TrainError::State { path: path.into(), reason: reason.to_string() };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(TrainError::File { path: path.into(), error }),
    };
    if bytes.get(..8) != Some(CHECKPOINT_MAGIC) {
        return Err(fail("is not a state of a training run"));
    }
    let word = |at: usize| -> u64 {
        let bytes = bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u64::from_le_bytes)
    };
    if bytes.len() < 32 || word(8) != xxh3_64(&bytes[16..]) {
        return Err(fail("is damaged"));
    }
    let expected = 32 + table.rows.len() * 12 + table.steps.len() * 4;
    if word(16) != *run_key || bytes.len() != expected {
        return Err(fail("belongs to a run with other inputs or settings"));
    }
    let mut rest =
        bytes[32..].chunks_exact(4).map(|bytes| [bytes[0], bytes[1], bytes[2], bytes[3]]);
    let mut number = || rest.next().map_or(0.0, f32::from_le_bytes);
    table.rows.iter_mut().for_each(|value| *value = number());
    table.moments.iter_mut().flatten().for_each(|value| *value = number());
    table.steps.iter_mut().zip(rest).for_each(|(value, bytes)| *value = u32::from_le_bytes(bytes));
    Ok(Some(word(24)))
}
