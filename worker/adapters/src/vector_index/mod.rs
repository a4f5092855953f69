//! Indexes over the keys of the knowledge: the embedded one, and a brute-force twin that shows what the answer must be.

pub mod embedded;
pub mod memory;
pub mod tokens;
