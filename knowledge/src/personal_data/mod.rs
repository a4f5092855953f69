//! Structured personal data in a text: where it stands, of what kind it is, and how it is put back.
//!
//! `find` is the story: links, e-mail addresses, IBANs, secrets, then everything that is made of digits. Numbers are read as
//! runs of groups (`run`), told from dates, prices and sizes (`shape`), and named by their own form (`card`, `social`, `phone`)
//! or by the words before them (`context`). All rules are for English, French, Spanish and German texts.

pub mod card;
pub mod context;
pub mod email;
pub mod find;
pub mod finding;
pub mod iban;
pub mod link;
pub mod number;
pub mod phone;
pub mod placeholders;
pub mod run;
pub mod secret;
pub mod shape;
pub mod social;
