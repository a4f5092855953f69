//! Statistics that hold: intervals that know of customers, exact bounds, the dial, promises that hold together, and estimates that labels correct.

pub mod binomial;
pub mod clustered;
pub mod dial;
pub mod family;
pub mod prediction_powered;
