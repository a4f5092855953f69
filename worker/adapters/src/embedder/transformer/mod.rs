//! A sentence-transformers model in process: any folder with a BERT, RoBERTa, XLM-RoBERTa or DistilBERT in it.
//!
//! [`embedder`] is the port. [`model`] reads a folder: [`folder`] its files, [`config`] and [`recipe`] what stands in them, [`tokens`]
//! cuts texts, [`encoder`] is the network, [`head`] makes one vector of many. [`threads`] bounds what it may use of the processor.

pub mod architecture;
pub mod card;
pub mod config;
pub mod embedder;
pub mod encoder;
pub mod error;
pub mod folder;
pub mod gelu;
pub mod head;
pub mod model;
pub mod recipe;
pub mod threads;
pub mod tokens;
pub mod weights;
