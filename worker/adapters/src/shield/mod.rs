//! What stands between people's words and a model.

pub mod local;
