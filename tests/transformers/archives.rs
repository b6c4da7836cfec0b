//! The archives of libtorch: `rust_model.ot`.

use bitext::Embedder;

use super::Model;
use super::bad::{damaged, refused, remove, write};
use super::layouts::{ALL, check};
use crate::tiny::{Layout, Tiny};

#[test]
fn the_archives_of_libtorch_are_read() {
    for &layout in ALL {
        let tiny = Tiny::new(layout);
        let convert = |folder: std::path::PathBuf| {
            let safe = folder.join("model.safetensors");
            if safe.exists() {
                let tensors = tch::Tensor::read_safetensors(&safe).expect("read");
                tch::Tensor::save_multi(&tensors, folder.join("rust_model.ot")).expect("saved");
                std::fs::remove_file(safe).expect("removed");
            }
        };
        let before = Model::from_dir(tiny.path()).expect("a model").fingerprint();
        convert(tiny.path().to_path_buf());
        convert(tiny.path().join("2_Dense"));
        let model = Model::from_dir(tiny.path()).expect("a model");
        check(&tiny, &model, &[]);
        assert_eq!(model.fingerprint(), before);
    }
}

#[test]
fn archives_that_are_empty_or_something_else() {
    let empty_ot = |tiny: &Tiny| {
        remove("model.safetensors")(tiny);
        write("rust_model.ot", b"")(tiny);
    };
    damaged(Layout::LaBse, empty_ot, "rust_model.ot", &["0 bytes"]);
    for bytes in [b"PK\x03\x04".as_slice(), b"PK\x03\x04 and no more of it", b"no archive"] {
        let ot = |tiny: &Tiny| {
            remove("model.safetensors")(tiny);
            write("rust_model.ot", bytes)(tiny);
        };
        damaged(Layout::LaBse, ot, "rust_model.ot", &[]);
    }
}

#[test]
fn truncated_archives_of_libtorch() {
    let tiny = Tiny::new(Layout::E5);
    let safe = tiny.path().join("model.safetensors");
    let path = tiny.path().join("rust_model.ot");
    let tensors = tch::Tensor::read_safetensors(&safe).expect("read");
    tch::Tensor::save_multi(&tensors, &path).expect("saved");
    std::fs::remove_file(safe).expect("removed");
    Model::from_dir(tiny.path()).expect("good before");
    let whole = std::fs::read(&path).expect("read");
    for length in (0..20).map(|part| whole.len() / 20 * part) {
        std::fs::write(&path, &whole[..length]).expect("written");
        assert_eq!(refused(tiny.path()).0, path, "{length}");
    }
}
