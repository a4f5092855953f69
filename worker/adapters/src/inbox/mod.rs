//! Where messages come from: a spool folder that other processes fill, RabbitMQ, and a twin in memory.

pub mod amqp;
pub mod depth;
pub mod line;
pub mod memory;
pub mod spool;
pub mod spool_reader;
