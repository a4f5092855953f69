//! The helpdesk: vendors by their REST APIs, a file for demos and small desks, and a twin in memory.

pub mod chatwoot;
pub mod desk_error;
pub mod file;
pub mod html;
pub mod intercom;
pub mod memory;
pub mod news;
pub mod note;
pub mod rest;
pub mod webhook;
pub mod zendesk;
