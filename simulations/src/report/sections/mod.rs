//! The parts of the page, in reading order.

pub mod ground;
pub mod opening;
pub mod quality;
pub mod worth;
