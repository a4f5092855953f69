//! HTTP for operators. Nothing here decides anything.

pub mod health;
