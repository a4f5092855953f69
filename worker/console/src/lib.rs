//! HTTP: vendors' webhooks in, health and readiness for operators. Nothing here decides anything.

pub mod dependency;
pub mod health;
pub mod inbox_depth;
pub mod listener;
pub mod server;
pub mod webhooks;
