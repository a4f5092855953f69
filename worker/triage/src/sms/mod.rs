//! The arithmetic of SMS: what a text costs in segments and money, and how to make it fit before a word is sent.
//!
//! A text is written in one of two encodings and paid by the segment. [`encoding`] says which encoding, [`segments`] how
//! many segments, [`smart`] makes typographic text cheap, [`sentence`] knows where a text may be cut, [`fit`] makes it
//! fit a budget, [`price`] says what it costs and [`preview`] shows it all to a person.

pub mod abbreviation;
pub mod encoding;
pub mod fit;
pub mod preview;
pub mod price;
pub mod segments;
pub mod sentence;
pub mod smart;
mod tables;
