//! The learned local mind: it classifies, writes and checks with no account and no language model.
//!
//! Learning: [`example`] takes labelled texts from past tickets, [`training`] makes a [`model`] of them. Reading: three minds see a text,
//! by n-grams ([`features`], [`linear`]), by its embedding ([`linear`] again) and by the nearest examples ([`neighbours`] of [`candidates`]);
//! [`ensemble`] joins them; [`measures`] says what was noticed on the way, and [`scope`] makes two probabilities of it: of lying outside
//! all intents, and of the first intent being right. [`threshold`] says how sure is sure enough; [`classifier`] is the port on top.
//! Writing: [`writer`] quotes passages ([`extract`], [`reuse`]) and never invents. Checking: [`checker`] looks for every claim
//! ([`claims`], [`links`], [`promises`], [`injection`]) in what is cited, and whether the answer speaks of what was asked ([`named`]).

pub mod asks;
pub mod augment;
pub mod calibration;
pub mod candidates;
pub mod centroids;
pub mod checker;
pub mod claims;
pub mod classifier;
pub mod data;
pub mod ensemble;
pub mod example;
pub mod extract;
pub mod facts;
pub mod features;
pub mod greeting;
pub mod hash;
pub mod hashed_embedder;
pub mod injection;
pub mod joins;
pub mod letters;
pub mod linear;
pub mod links;
pub mod machines;
pub mod measures;
pub mod model;
pub mod named;
mod named_words;
pub mod names;
pub mod neighbours;
pub mod number;
pub mod places;
pub mod promises;
pub mod reuse;
pub mod scope;
pub mod scope_prior;
pub mod share;
pub mod softmax;
pub mod static_table;
pub mod threshold;
pub mod training;
pub mod urgency;
pub mod writer;
