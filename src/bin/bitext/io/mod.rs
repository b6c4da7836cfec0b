//! Files, standard streams, threads and messages: what several commands need.

pub mod messages;
pub mod read;
pub mod simulate;
pub mod stream;
pub mod write;
