//! The built-in embedder: a table of token vectors compiled into the program, fitted so that their mean points where the sentence
//! vector of all-MiniLM-L6-v2 points. [`wordpiece`] cuts the text, [`table`] holds the vectors, [`embedder`] is the port on top.
//! How the table is made and whose texts it was fitted on stands in `knowledge/table/`.

pub mod embedder;
pub mod table;
pub mod wordpiece;
