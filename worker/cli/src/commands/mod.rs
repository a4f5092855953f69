//! One verb a file. Each reads its arguments, asks the house, and prints.

pub mod ask;
pub mod config;
pub mod dead;
pub mod demo;
pub mod demo_report;
pub mod doctor;
pub mod embedders;
pub mod enqueue;
pub mod evaluate_intents;
pub mod evaluate_retrieval;
pub mod explain;
pub mod fetch;
pub mod knowledge;
pub mod knowledge_curate;
pub mod knowledge_edit;
pub mod knowledge_review;
pub mod knowledge_sync;
pub mod learn;
pub mod parse_document;
pub mod pause;
pub mod questions;
pub mod receipt;
pub mod status;
pub mod worker;
