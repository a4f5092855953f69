//! Language models for tests: what they say, and a server that says it over a real wire with every fault.

pub mod brain;
pub mod case;
pub mod cassette;
pub mod fault;
pub mod hostile;
pub mod mind;
pub mod server;
