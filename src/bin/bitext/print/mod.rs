//! What is printed for people: tables and explanations.

pub mod explain;
pub mod reliability;
pub mod table;
