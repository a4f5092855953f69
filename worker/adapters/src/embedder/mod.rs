//! Embedders that need an engine. The built-in table is part of `knowledge`.

pub mod recent;
#[cfg(feature = "transformer")]
pub mod transformer;
