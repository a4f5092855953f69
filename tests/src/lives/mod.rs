//! Lives of messages: the real worker over the in-memory ledger, one thread, a clock that is set by hand, and a seed that decides
//! everything else. A process may die at every call of a port, be stopped past its lease, and be woken; the phone network takes
//! messages and does not say so, or takes them late; the helpdesk fails; a person takes over; the clock jumps by an hour.
//!
//! What happened is a list of [`event::Event`]s, seen from outside the worker. [`model`] knows the rules and nothing of the code
//! that keeps them. One seed, one list: [`event::Log::hash`] is the same whenever it is played again.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a rule looks at the events that it speaks of, and at no others")]

pub mod desk;
pub mod driver;
pub mod event;
pub mod inbox;
pub mod ledger;
pub mod mind;
pub mod model;
pub mod phone;
pub mod process;
pub mod report;
pub mod settling;
