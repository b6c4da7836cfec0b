//! The state of a run, kept in a file that is replaced whole.

use std::io::Write;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use super::TrainError;
use super::table::Table;

const MAGIC: &[u8; 8] = b"BITEXTTS";

/// Keeps the table after so many steps of the run that `key` names.
pub(crate) fn save(path: &Path, key: u64, step: u64, table: &Table) -> Result<(), TrainError> {
    let mut out = Vec::with_capacity(table.rows.len() * 12 + table.steps.len() * 4 + 32);
    out.extend(key.to_le_bytes());
    out.extend(step.to_le_bytes());
    out.extend(table.rows.iter().flat_map(|value| value.to_le_bytes()));
    out.extend(table.moments.iter().flatten().flat_map(|value| value.to_le_bytes()));
    out.extend(table.steps.iter().flat_map(|value| value.to_le_bytes()));
    let checksum = xxh3_64(&out);
    write(path, &[MAGIC, &checksum.to_le_bytes(), &out])
}

/// Reads what was kept into a table of the same run, and gives its step; `None`
/// where nothing was kept.
pub(crate) fn load(path: &Path, key: u64, table: &mut Table) -> Result<Option<u64>, TrainError> {
    let fail = |reason: &str| TrainError::State { path: path.into(), reason: reason.to_string() };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(TrainError::File { path: path.into(), error }),
    };
    if bytes.get(..8) != Some(MAGIC) {
        return Err(fail("is no state of a training run"));
    }
    let word = |at: usize| -> u64 {
        let bytes = bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u64::from_le_bytes)
    };
    if bytes.len() < 32 || word(8) != xxh3_64(&bytes[16..]) {
        return Err(fail("is damaged"));
    }
    let expected = 32 + table.rows.len() * 12 + table.steps.len() * 4;
    if word(16) != key || bytes.len() != expected {
        return Err(fail("is of a run with other inputs or settings"));
    }
    let mut rest =
        bytes[32..].chunks_exact(4).map(|bytes| [bytes[0], bytes[1], bytes[2], bytes[3]]);
    let mut number = || rest.next().map_or(0.0, f32::from_le_bytes);
    table.rows.iter_mut().for_each(|value| *value = number());
    table.moments.iter_mut().flatten().for_each(|value| *value = number());
    table.steps.iter_mut().zip(rest).for_each(|(value, bytes)| *value = u32::from_le_bytes(bytes));
    Ok(Some(word(24)))
}

/// Writes a file under a temporary name and renames it.
pub(crate) fn write(path: &Path, parts: &[&[u8]]) -> Result<(), TrainError> {
    let temporary = path.with_extension("part");
    let written = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&temporary)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    written().map_err(|error| TrainError::File { path: path.to_path_buf(), error })
}
