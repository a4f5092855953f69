//! What knowledge needs from the world.

pub mod embedder;
pub mod loader;
pub mod parser;
pub mod store;
pub mod vector_index;
