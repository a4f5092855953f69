//! The learned local mind: it classifies, writes and checks with no account and no language model.
//!
//! Learning: [`example`] takes labelled texts from past tickets, [`training`] makes a [`model`] of them. Reading: [`features`] and
//! [`linear`] see n-grams, [`neighbours`] sees embeddings, [`ensemble`] joins the two, [`scope`] says how likely a message lies
//! outside all intents; [`classifier`] is the port on top. Writing: [`writer`] quotes passages ([`extract`], [`reuse`]) and never
//! invents. Checking: [`checker`] looks for every claim ([`claims`], [`links`], [`promises`], [`injection`]) in what is cited.

pub mod asks;
pub mod augment;
pub mod calibration;
pub mod checker;
pub mod claims;
pub mod classifier;
pub mod ensemble;
pub mod example;
pub mod extract;
pub mod features;
pub mod greeting;
pub mod hash;
pub mod hashed_embedder;
pub mod injection;
pub mod linear;
pub mod links;
pub mod model;
pub mod neighbours;
pub mod number;
pub mod promises;
pub mod random;
pub mod reuse;
pub mod scope;
pub mod static_table;
pub mod training;
pub mod urgency;
pub mod writer;
