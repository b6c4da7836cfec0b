//! The command line, run as a program.

#![cfg(feature = "cli")]

mod align;
mod build;
mod build_damage;
mod build_input;
mod build_resumed;
mod build_unreadable;
#[path = "../common/mod.rs"]
mod common;
mod compressed;
mod documents;
#[cfg(unix)]
mod ends;
mod exclude;
mod explain;
mod filter;
mod filter_formats;
mod fit;
mod flags;
mod guide;
mod jsonl;
mod languages;
mod model;
mod newlines;
mod pages;
mod paths;
mod pieces;
mod report;
mod score;
mod split_embed;
#[cfg(target_os = "linux")]
mod threads;
#[cfg(feature = "train")]
mod train;
mod training_set_page;
