//! The transformer against a reference of its own making, and against folders that are not as they should be.
#![cfg(feature = "transformer")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test stops at the first surprise and says what it lacks")]

mod faults;
mod parts;
mod tiny;
mod vectors;
