//! The past decided again: replay, comparison with what people did, and the statistics of it.
//!
//! Nothing of the runtime is linked here, so a simulation cannot send anything.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod calibrate;
pub mod change;
pub mod compare;
pub mod difference;
pub mod gate;
pub mod guard;
pub mod interval;
pub mod line;
pub mod metrics;
pub mod mind;
pub mod outcome;
pub mod past;
pub mod remembered;
pub mod replay;
pub mod report;
pub mod score;
pub mod scorers;
pub mod statistics;
pub mod twins;
pub mod watch;
