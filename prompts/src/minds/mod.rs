//! Triage's ports on a language model: the second mind.

pub mod checker;
pub mod checkers;
pub mod classifier;
pub mod desk;
pub mod distiller;
pub mod judge;
pub mod summariser;
pub mod writer;
