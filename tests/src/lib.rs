//! What the tests of the whole house share: contract suites that run over every twin of a port, a worker that is driven round by
//! round, and vendors' servers on loopback.

pub mod broker;
pub mod cable;
pub mod calls;
pub mod chaos;
pub mod contracts;
pub mod fakes;
pub mod lives;
pub mod model;
pub mod operators;
pub mod postgres;
pub mod prism;
pub mod qdrant_wire_double;
pub mod shared;
pub mod test_worker;
pub mod tls_door;
pub mod vendor_house;
