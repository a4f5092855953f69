//! The past decided again: replay, comparison with what people did, and the statistics of it.
//!
//! Nothing of the runtime is linked here, so a simulation cannot send anything.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod calibrate;
pub mod compare;
pub mod interval;
pub mod metrics;
pub mod outcome;
pub mod replay;
pub mod sample;
