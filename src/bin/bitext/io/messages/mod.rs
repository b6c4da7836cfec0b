//! Messages on standard error: their number, their hints, and control characters made visible.

pub mod build_events;
pub mod complaints;
pub mod faults;
pub mod hints;
pub mod progress;
pub mod terminal;
