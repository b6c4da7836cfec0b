//! Reads archives that libtorch wrote: `rust_model.ot`.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use tch::{Kind, TchError, Tensor};

use crate::embed::ModelError;
use crate::embed::transformer::folder::wrong;
use crate::embed::transformer::weights::{COPY_AGAIN, Variables};

struct Archive {
    path: PathBuf,
    tensors: HashMap<String, Tensor>,
}

impl Variables for Archive {
    fn names(&self) -> Vec<String> {
        self.tensors.keys().cloned().collect()
    }

    fn shape(&self, name: &str) -> Option<Vec<usize>> {
        let size = self.tensors.get(name)?.size();
        Some(size.into_iter().map(|size| usize::try_from(size).unwrap_or(0)).collect())
    }

    fn rows(
        &mut self,
        name: &str,
        rows: Range<usize>,
        width: usize,
    ) -> Result<Vec<f32>, ModelError> {
        let refused = |error: TchError| wrong(&self.path, format!("`{name}`: {error}"), COPY_AGAIN);
        let Some(tensor) = self.tensors.get(name) else {
            return Err(wrong(&self.path, format!("`{name}` is missing"), COPY_AGAIN));
        };
        let numbers = rows.len() * width;
        let part = tensor
            .f_narrow(0, rows.start as i64, rows.len() as i64)
            .and_then(|part| part.f_contiguous())
            .and_then(|part| part.f_view([numbers as i64]))
            .and_then(|part| part.f_to_kind(Kind::Float))
            .map_err(refused)?;
        let mut values = vec![0.0; numbers];
        part.f_copy_data(&mut values, numbers).map_err(refused)?;
        Ok(values)
    }
}

/// Opens an archive: its names and tensors.
pub(super) fn open(path: &Path) -> Result<Box<dyn Variables>, ModelError> {
    let refused = |error: std::io::Error| wrong(path, error, "make it readable");
    let mut file = File::open(path).map_err(refused)?;
    let length = file.metadata().map_err(refused)?.len();
    let mut start = [0; 4];
    if length == 0 {
        return Err(wrong(path, "the file has 0 bytes", COPY_AGAIN));
    }
    if file.read_exact(&mut start).is_err() || &start != b"PK\x03\x04" {
        return Err(wrong(path, "not an archive of libtorch", "fetch the file itself"));
    }
    let tensors = Tensor::load_multi(path).map_err(|error| {
        let message = error.to_string();
        let first = message.lines().next().unwrap_or_default();
        wrong(path, format!("libtorch cannot read it: {first}"), COPY_AGAIN)
    })?;
    Ok(Box::new(Archive { path: path.to_path_buf(), tensors: tensors.into_iter().collect() }))
}
