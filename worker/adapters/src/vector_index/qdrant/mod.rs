//! The index on a Qdrant server (1.17 or newer), which many workers share.
//!
//! **Two queries, no fusion on the server.** The port wants the cosine and the word score of every key: the gate weighs the cosine,
//! and `knowledge/fusion.rs` ranks. A fused query (RRF, whose k would be 2 unless it is set; DBSF) gives back neither, so that one
//! request holds two queries, and a second one measures the cosines of what was found by words alone. Every query bears the whole
//! filter: what is shut out takes no place.
//!
//! **Word scores are BM25's**: the server weighs a word by its rarity (the IDF modifier, counted over all keys), the point brings
//! how much the word says of its key (`words`), measured at the average length that was noted when the collection was made.
//!
//! **Who feeds.** Every worker that finds the collection behind its knowledge feeds it ([`knowledge::feed::Feed`]), and two may do
//! so at once: ids are made of passage and kind, each point bears the revision that it was fed at and is replaced by a higher one
//! only, and what is removed leaves a point without vectors, so that a feeder that slept brings nothing back. The collection's
//! revision is a point of its own and only grows (`state`). A collection belongs to one knowledge store and says to which.
//!
//! `connection` calls the server within limits, `collection` makes it and its payload indexes, `points` and `filter` translate,
//! `search` asks, `rebuild` fills a new collection and moves the alias in one request, and `index` is the port.

pub mod collection;
pub mod connection;
pub mod filter;
pub mod index;
pub mod points;
pub mod rebuild;
pub mod search;
pub mod settings;
pub mod state;
pub mod trouble;
pub mod words;
