//! The decision: what Whimbrel does with one turn of a customer.
//!
//! This crate holds the nouns of the trade (ticket, case, passage, decision), the ports that the decision needs
//! (classifier, retriever, writer, checker), the stages, the gate and the one pure function that decides. It does no
//! IO, has no clock and no randomness: time enters with the [`case::Case`]. Same case, same answers from the ports,
//! same decision, byte for byte.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod cascade;
pub mod case;
pub mod classification;
pub mod consent;
pub mod consultation;
pub mod decide;
pub mod decision;
pub mod draft;
pub mod evidence;
pub mod findings;
pub mod gate;
pub mod hand_over;
pub mod hash;
pub mod intent;
pub mod introduction;
pub mod language;
pub mod logistic;
pub mod office_hours;
pub mod past;
pub mod phone;
pub mod phrases;
pub mod policy;
pub mod ports;
pub mod random;
pub mod receipt;
pub mod rules;
pub mod signals;
pub mod sms;
pub mod stages;
pub mod terms;
pub mod text;
pub mod ticket;
pub mod triage;
