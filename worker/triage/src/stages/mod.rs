//! One verb a file. `screen` and `judge` are pure (so is [`crate::rules::route`]); `classify`, `retrieve`, `write` and `check` call a port.

pub mod check;
pub mod classify;
pub mod judge;
pub mod retrieve;
pub mod screen;
pub mod write;
