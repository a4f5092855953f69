//! The campaign: the real program between a phone network, a helpdesk and customers that are not real, killed and stopped again and
//! again, behind lines that break. `make chaos` runs it at full length, `make test` a short one.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

pub mod campaign;
pub mod clock;
pub mod customers;
pub mod doors;
pub mod fairness;
pub mod house;
pub mod killer;
pub mod ledger_view;
pub mod line;
pub mod mailbox;
pub mod phone;
pub mod rolling;
pub mod servers;
pub mod table;
