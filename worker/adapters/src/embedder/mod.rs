//! Embedders that need an engine or an endpoint. The built-in table is part of `knowledge`.

pub mod openai;
pub mod recent;
#[cfg(feature = "transformer")]
pub mod transformer;
