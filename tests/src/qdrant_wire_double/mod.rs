//! A double of Qdrant's wire: an in-process gRPC server on loopback, built on the client crate's generated server traits, that answers
//! as the server's documentation says. It is not Qdrant: it looks at every point, and knows only what our adapter may ask.
//!
//! | what | as documented |
//! |---|---|
//! | unknown collection or alias | `NotFound` |
//! | limit of a query | 10 where none is given |
//! | filter of a query with prefetches | merged into every prefetch |
//! | reciprocal rank fusion | `1 / ((position + 1) / weight + k - 1)`, k 2 where none is given |
//! | rarity of a word (IDF) | `ln(1 + (n - df + 0.5) / (df + 0.5))`, n the points that have the sparse vector |
//! | cosine | vectors are normed when they are written; a vector of another length is refused |
//! | upsert with a filter | replaces only what matches; what is not there is put in (unless the mode says otherwise) |
//! | filters in strict mode | a field without a payload index is refused, so that none can be forgotten |
//! | several alias actions in one request | all or none |
//! | API key | `Unauthenticated` without it, but for the health check |
//!
//! Formulas and conditional writes were compared with the engine itself (`qdrant-edge-py` 0.9, in process).

pub mod collections;
pub mod engine;
pub mod filter;
pub mod points;
pub mod server;
pub mod world;
