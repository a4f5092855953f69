//! Readers of sources: folders of documents, and files of past tickets. What cannot be read is named with its reason, and
//! the rest goes on. No reason repeats what a message says.

pub mod combined;
pub mod customer;
pub mod documents_jsonl;
pub mod export_intercom;
pub mod export_zendesk;
pub mod exports;
pub mod folder;
pub mod held;
pub mod json_objects;
pub mod lines;
pub mod moment;
pub mod open;
pub mod refusal;
pub mod row_limit;
pub mod rows;
pub mod tickets_csv;
pub mod tickets_jsonl;
