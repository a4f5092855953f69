//! What the worker needs from the world.

pub mod archive;
pub mod clock;
pub mod helpdesk;
pub mod inbox;
pub mod ledger;
pub mod records;
pub mod sms_gateway;
pub mod webhook;
