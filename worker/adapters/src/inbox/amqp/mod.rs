//! RabbitMQ as inbox. Three quorum queues: messages wait in the first; what came back twice unsettled, as after a crash, moves to the
//! second and is handed out alone; what stays unreadable or goes on failing ends in the third, for a person. A delivery is
//! acknowledged only when the ledger has it.

pub mod check;
pub mod dead_queue;
pub mod depth;
pub mod error;
pub mod inbox;
pub mod producer;
pub mod settings;
pub mod topology;

mod connection;
mod link;
mod properties;
mod publisher;
mod unsettled;
