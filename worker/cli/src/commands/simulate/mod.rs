//! `whimbrel simulate`: the past decided again, and what follows from it.

pub mod apply;
pub mod blocks;
pub mod canaries;
pub mod documents;
pub mod folder;
pub mod gaps;
pub mod gate;
pub mod input;
pub mod judge;
pub mod label;
pub mod reporting;
pub mod run;
pub mod turns;
pub mod world;
