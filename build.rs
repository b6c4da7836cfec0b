//! Prepares the guide for rustdoc, and tells programs of this package where libtorch is, so
//! that they run without `LD_LIBRARY_PATH`.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=guide");
    if let Err(error) = write_guide() {
        panic!("cannot prepare the pages in guide/ for rustdoc: {error}");
    }
    link_libtorch();
}

/// Copies the pages of the guide into `OUT_DIR`, with links that rustdoc can resolve: links
/// between pages become paths of modules, links to other files become addresses in the
/// repository.
fn write_guide() -> std::io::Result<()> {
    let folder = Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("guide");
    fs::create_dir_all(&folder)?;
    let repository = env::var("CARGO_PKG_REPOSITORY").unwrap_or_default();
    for page in fs::read_dir("guide")? {
        let page = page?.path();
        let Some(name) = page.file_name() else { continue };
        let text = fs::read_to_string(&page)?;
        let mut links = text.split("](");
        let mut linked = String::from(links.next().unwrap_or_default());
        for part in links {
            linked.push_str("](");
            let (target, rest) = part.split_at(part.find(')').unwrap_or(0));
            if let Some(file) = target.strip_prefix("../") {
                linked.push_str(&format!("{repository}/blob/main/{file}"));
            } else if let Some(other) = target.strip_suffix(".md") {
                linked.push_str(&format!("crate::guide::{}", other.replace('-', "_")));
            } else {
                linked.push_str(target);
            }
            linked.push_str(rest);
        }
        fs::write(folder.join(name), linked)?;
    }
    Ok(())
}

/// Sets the search path of libraries, if the feature `rust-bert` is on.
fn link_libtorch() {
    // Set by the build script of torch-sys, if it is a dependency.
    let Ok(lib) = env::var("DEP_TCH_LIBTORCH_LIB") else { return };
    if let Ok("linux" | "macos") = env::var("CARGO_CFG_TARGET_OS").as_deref() {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{lib}");
    }
}
