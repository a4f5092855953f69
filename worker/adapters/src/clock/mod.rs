//! The time: the system's, one that tests set, and one that starts elsewhere.

pub mod cpu;
pub mod manual;
pub mod offset;
pub mod shared;
pub mod system;
