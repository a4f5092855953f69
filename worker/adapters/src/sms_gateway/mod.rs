//! The phone network: Twilio, a file for demos, the helpdesk's own channel, and a twin in memory.

pub mod file;
pub mod helpdesk;
pub mod memory;
pub mod pace;
pub mod twilio;
pub mod twilio_codes;
pub mod twilio_message;
