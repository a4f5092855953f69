//! Opt-out in any words, in four languages at once: people mix languages, and a wrong guess of the language must not cost an opt-out.
//!
//! Where the line is drawn:
//! - A question how to get out is an opt-out ("how do I unsubscribe?", "can you stop texting me?"). A question about a product that
//!   one subscribes to is not ("how do I unsubscribe from the premium plan"): the object decides.
//! - Stopping something else is not ("stop the payment", "stop sending it to the old address").
//! - A complaint that no text came is not ("you don't text me the code"), nor is a choice of time ("don't text me before 8").
//! - Instructions to the reader are not ("txt STOP to 85069"): they are quoted or spam, not the customer's wish.
//! - Not wanting it to stop is not ("don't stop texting me").

use std::sync::LazyLock;

use super::detect::{Consent, How};
use super::grammar::Grammar;
use super::{english, french, german, spanish};

/// The tables of all languages, compiled once. A table that does not compile is caught by this module's test, not at run time.
static GRAMMAR: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::compile(&[english::TABLE, french::TABLE, spanish::TABLE, german::TABLE]).unwrap_or_default());

/// What the words ask of us, when they are more than a keyword. Stop wins over start, start over help.
pub fn in_any_language(words: &[String]) -> Option<Consent> {
    let tokens = GRAMMAR.tokens(words);
    if GRAMMAR.asks_to_stop(&tokens) {
        Some(Consent::Stop(How::Wording))
    } else if GRAMMAR.asks_to_start(&tokens) {
        Some(Consent::Start(How::Wording))
    } else if GRAMMAR.asks_for_help(&tokens) {
        Some(Consent::Help(How::Wording))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_compiles() {
        let compiled = Grammar::compile(&[english::TABLE, french::TABLE, spanish::TABLE, german::TABLE]);
        assert!(compiled.is_ok(), "{:?}", compiled.err());
    }
}
