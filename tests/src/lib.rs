//! What the tests of the whole house share: contract suites that run over every twin of a port, and a worker that is driven
//! round by round.

pub mod contracts;
pub mod model;
pub mod test_worker;
