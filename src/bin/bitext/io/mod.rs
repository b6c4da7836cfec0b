//! Files, standard streams and messages, for several commands.

pub mod messages;
pub mod read;
pub mod standard_stream;
pub mod stream;
pub mod write;
