//! Indexes over the keys of the knowledge: the embedded one, Qdrant, and a brute-force twin that shows what the answer must be.

pub mod embedded;
pub mod memory;
pub mod qdrant;
pub mod tokens;
