//! One prompt a file: its typed input, the schema of its answer, and its samples.

pub mod check;
pub mod classify;
pub mod distil;
pub mod judge;
pub mod standalone;
pub mod summarise;
pub mod write;
