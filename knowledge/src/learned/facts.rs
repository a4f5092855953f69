//! The kind of fact that a question asks for, a price or a time, and whether a text holds one.

use crate::learned::number::numbers;
use std::sync::LazyLock;
use triage::phrases::Phrases;
use triage::text::plain;

const PRICE: [&str; 14] =
    ["how much", "price", "prices", "cost", "costs", "fee", "combien", "prix", "tarif", "cuanto", "precio", "cuesta", "preis", "kostet"];
/// Of these, what asks for a stretch or a point of time and nothing else.
const TIME: [&str; 27] = [
    "when",
    "what time",
    "hours",
    "open",
    "close",
    "how late",
    "how long",
    "how many",
    "days",
    "quand",
    "heure",
    "heures",
    "horaires",
    "ouvert",
    "ferme",
    "combien de temps",
    "cuando",
    "hora",
    "horario",
    "abren",
    "cierran",
    "tarda",
    "wann",
    "uhr",
    "geoffnet",
    "lange",
    "dauert",
];
const DURATION: [&str; 9] =
    ["how long", "how many days", "combien de temps", "cuanto tiempo", "cuanto tarda", "cuanto demora", "wie lange", "dauert", "duree"];
/// Of the words for a price, those that ask for it beside a duration too.
const PRICE_ALONE: [&str; 6] = ["how much", "price", "cost", "prix", "precio", "preis"];

struct Asked {
    price: Phrases,
    price_alone: Phrases,
    time: Phrases,
    duration: Phrases,
}

static ASKED: LazyLock<Asked> = LazyLock::new(|| Asked {
    price: Phrases::of(&PRICE),
    price_alone: Phrases::of(&PRICE_ALONE),
    time: Phrases::of(&TIME),
    duration: Phrases::of(&DURATION),
});

/// Words that count time.
const TIME_UNITS: [&str; 40] = [
    "second", "seconds", "minute", "minutes", "min", "mins", "hour", "hours", "hrs", "day", "days", "week", "weeks", "month", "months",
    "year", "years", "heure", "heures", "jour", "jours", "semaine", "semaines", "mois", "ans", "hora", "horas", "dia", "dias", "semana",
    "semanas", "mes", "meses", "ano", "anos", "stunden", "tage", "tagen", "wochen", "monate",
];
/// How many words may stand between a number and its unit ("3 to 5 business days").
const UNIT_REACH: usize = 4;

/// What an ask wants to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Kinds {
    /// A price.
    pub price: bool,
    /// A time, a date or a number of days.
    pub time: bool,
    /// How long something takes or holds.
    pub duration: bool,
}

impl Kinds {
    /// What the words of an ask want.
    pub fn of(ask: &str) -> Self {
        let asked = plain(ask);
        let duration = ASKED.duration.stand_in(&asked);
        let time = ASKED.time.stand_in(&asked);
        // "combien de temps" and "cuanto tarda" ask for no price.
        let price = ASKED.price.stand_in(&asked) && (!duration || ASKED.price_alone.stand_in(&asked));
        Kinds { price, time, duration }
    }

    /// The text holds every kind of fact that is wanted. Times of other kinds than a duration may be said in any words.
    pub fn are_in(self, text: &str) -> bool {
        (!self.price || has_price(text)) && (!self.duration || has_duration(text))
    }
}

/// An amount of money, or that there is none to pay.
pub fn has_price(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains(|c: char| c.is_ascii_digit()) && text.contains(['$', '€', '£', '%'])
        || ["free", "gratuit", "gratis", "kostenlos", "no charge"].iter().any(|free| lower.contains(free))
        || numbers(text).iter().any(|number| number.key.ends_with("USD") || number.key.ends_with("EUR"))
}

/// A number with a unit of time near after it, a stretch without a number, or that there is no end to it.
fn has_duration(text: &str) -> bool {
    let plain = plain(text);
    let words: Vec<&str> = plain.split(' ').collect();
    let counts = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) || !numbers(word).is_empty();
    let measured = (0..words.len()).any(|at| {
        let near = words.get(at + 1..(at + 1 + UNIT_REACH).min(words.len())).unwrap_or_default();
        words.get(at).is_some_and(|word| counts(word) || ["a", "an", "one", "un", "une", "ein", "eine"].contains(word))
            && near.iter().any(|word| TIME_UNITS.contains(word))
    });
    let endless = ["same day", "never", "always", "until", "as long as", "jamais", "nunca", "nie", "next day", "overnight", "ever"];
    measured || endless.iter().any(|words| format!(" {plain} ").contains(&format!(" {words} ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_no_price() {
        for (ask, text, holds) in [
            ("how long does it take", "Canada costs $14.50.", false),
            ("how long does it take", "It takes 6 to 9 business days.", true),
            ("how long does it take", "We ship the same day.", true),
            ("how much is shipping", "It takes 6 to 9 business days.", false),
            ("how much is shipping", "Shipping is free.", true),
            ("how much is shipping and how long does it take", "Canada costs $14.50 and takes 6 days.", true),
            ("combien de temps ça prend", "Cela prend 3 jours.", true),
            ("do you ship", "Yes.", true),
        ] {
            assert_eq!(Kinds::of(ask).are_in(text), holds, "{ask}: {text}");
        }
    }
}
