//! What operators watch: counts and histograms in Prometheus' text format, and traces by OTLP. Both are made of the events and spans
//! that the worker gives to `tracing` anyway (`runtime/events.rs`): nothing that decides or acts knows that it is counted.
//!
//! Labels are words of the program (an action, a reason, a vendor's name), never an id, a number of a phone, or a text.

pub mod counting;
pub mod metrics;
pub mod otlp;
pub mod standing;
