//! Messages on standard error: their number, their hints, and control characters made visible.

pub mod complaints;
pub mod counted;
pub mod faults;
pub mod hints;
pub mod renamed;
pub mod terminal;
