//! Parsers of documents. The program reads every document in a child process of its own: what a hostile file does there, it
//! does to nobody else.

pub mod answer;
pub mod child;
pub mod in_process;
pub mod limits;
pub mod serve;
pub mod wire;
