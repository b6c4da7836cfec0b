//! Tells programs of this package where libtorch lies, so that they run without
//! `LD_LIBRARY_PATH`. Does nothing without the feature `rust-bert`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Set by the build script of torch-sys, where it is a dependency.
    let Ok(lib) = std::env::var("DEP_TCH_LIBTORCH_LIB") else { return };
    if let Ok("linux" | "macos") = std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{lib}");
    }
}
