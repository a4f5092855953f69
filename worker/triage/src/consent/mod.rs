//! What a customer asks about being texted at all: stop, start again, help. It is understood before anything else looks at a message,
//! and never by a language model.
//!
//! Two ways in. A `keyword` is a whole message that is a carrier's word. A `wording` is anything else a reasonable reader would take
//! as "stop texting me": in the United States a customer may revoke consent in any reasonable manner (47 CFR 64.1200(a)(10), in force
//! since April 2025), and a carrier blocks only the bare keyword. The wording is a small grammar: tables of phrases, one file a
//! language, read by `phrase` and matched word by word in one pass. `reserved` is the mirror image for what we write ourselves.

pub mod detect;
pub mod english;
pub mod french;
pub mod german;
pub mod grammar;
pub mod keyword;
pub mod phrase;
pub mod reserved;
pub mod spanish;
pub mod wording;
pub mod words;
