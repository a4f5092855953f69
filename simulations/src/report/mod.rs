//! The report: figures out of the lines of a run, and one page that shows them.

pub mod article;
pub mod collect;
pub mod curve;
pub mod data;
pub mod definitions;
pub mod gaps;
pub mod intents;
pub mod judging;
pub mod labelled;
pub mod listing;
pub mod money;
pub mod page;
pub mod rows;
pub mod sections;
pub mod sources;
pub mod style;
pub mod verdict;
pub mod worst;
