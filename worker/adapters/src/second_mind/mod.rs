//! The second mind with its deadline.

pub mod timed;
