//! Figures that say how good something is: of labels, of rankings by confidence, of retrieval.

pub mod confidence;
pub mod labels;
pub mod retrieval;
