//! Readers of sources: folders of documents, and files of past tickets. What cannot be read is named with its reason, and
//! the rest goes on. No reason repeats what a message says.

pub mod combined;
pub mod customer;
pub mod folder;
pub mod lines;
pub mod moment;
pub mod open;
pub mod row_limit;
pub mod rows;
pub mod tickets_csv;
pub mod tickets_jsonl;
