//! Tables and explanations for people.

pub mod explain;
pub mod reliability;
pub mod table;
