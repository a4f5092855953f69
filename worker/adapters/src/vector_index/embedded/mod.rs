//! The embedded index: all of it in memory, fed from the store, rebuilt from the store when the program starts.
//!
//! `words` finds keys by BM25 (tantivy in RAM), `matrix` by an exact scan of vectors in eight-bit integers (`knowledge::dot`), `rows`
//! knows whose key each row is and what may be found, `best` keeps the first few without losing a tie, and `index` is the
//! port that joins them.
//!
//! Word statistics (how rare a word is) are those of all keys, closed and hidden ones included: a replay weighs words with
//! today's rarity, but never finds what was not there.

pub mod best;
pub mod index;
pub mod matrix;
pub mod rows;
pub mod sketch;
pub mod words;
