//! What goes to standard error: messages, hints, bounds on both, escapes made visible.

pub mod complaints;
pub mod counted;
pub mod faults;
pub mod hints;
pub mod renamed;
pub mod terminal;
