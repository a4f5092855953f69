//! Messages made of sentences and values, with the noise of people who type in haste.

use crate::sentences::SENTENCES;
use crate::values::{self, Random};
use knowledge::personal_data::finding::{Finding, Kind};

/// A message with what is personal in it.
pub(crate) struct Message {
    pub(crate) text: String,
    pub(crate) personal: Vec<Finding>,
    pub(crate) is_held_out: bool,
}

/// One sentence in so many is kept away from whoever writes rules.
const HELD_OUT_EVERY: usize = 3;
/// Share of messages with typing noise.
const NOISY_SHARE: u64 = 40;

/// So many messages, all from one seed. A message has one to three sentences of one language, all held out or none.
pub(crate) fn made(count: usize, seed: u64) -> Vec<Message> {
    let mut random = Random::seeded(seed);
    (0..count).map(|_| message(&mut random)).collect()
}

fn message(random: &mut Random) -> Message {
    let (language, sentences) = SENTENCES[random.below(SENTENCES.len())];
    let is_held_out = random.below(HELD_OUT_EVERY) == 0;
    let own: Vec<&str> =
        sentences.iter().enumerate().filter(|(place, _)| (place % HELD_OUT_EVERY == 0) == is_held_out).map(|(_, text)| *text).collect();
    let is_noisy = random.below(100) < NOISY_SHARE as usize;
    let mut message = Message { text: String::new(), personal: Vec::new(), is_held_out };
    for number in 0..1 + random.below(3) {
        if number > 0 {
            let joint = random.pick(&[" ", " ", "\n", ", "]);
            message.text.push_str(joint);
        }
        sentence(random.pick(&own), language, is_noisy, random, &mut message);
    }
    message
}

/// Fills the slots of a sentence: `{phone}` is a value, all else is words.
fn sentence(template: &str, language: &str, is_noisy: bool, random: &mut Random, message: &mut Message) {
    for (place, part) in template.split(['{', '}']).enumerate() {
        if place % 2 == 0 {
            let words = if is_noisy { hasty(part, random) } else { part.to_owned() };
            message.text.push_str(&words);
            continue;
        }
        let (kind, value) = value(part, language, random);
        let start = message.text.len();
        message.text.push_str(&value);
        message.personal.extend(kind.map(|kind| Finding::new(kind, start..message.text.len())));
    }
}

fn value(slot: &str, language: &str, random: &mut Random) -> (Option<Kind>, String) {
    match slot {
        "phone" => (Some(Kind::Phone), values::phone(language, random)),
        "email" => (Some(Kind::Email), values::email(random)),
        "card" => (Some(Kind::Card), values::card(random)),
        "iban" => (Some(Kind::Iban), values::iban(random)),
        "ssn" => (Some(Kind::SocialSecurity), values::social(language, random)),
        "order" => (Some(Kind::Order), values::order(random)),
        "price" => (None, values::price(random)),
        "date" => (None, values::date(random)),
        "time" => (None, values::time(random)),
        "hours" => (None, values::hours(random)),
        "size" => (None, values::size(random)),
        "amount" => (None, values::amount(random)),
        "percent" => (None, format!("{}{}%", random.between(5, 90), random.pick(&["", " "]))),
        "place" => (None, values::place(random)),
        "product" => (None, values::product(random)),
        _ => (None, slot.to_owned()),
    }
}

/// Words as they are typed in haste: small letters, letters left out, signs left out or doubled.
fn hasty(words: &str, random: &mut Random) -> String {
    let mut hasty = String::new();
    for c in words.chars() {
        match random.below(100) {
            0..4 if c.is_alphabetic() && !hasty.ends_with(' ') => {}
            4..7 if c.is_alphabetic() => hasty.extend([c, c]),
            7..30 => hasty.extend(c.to_lowercase()),
            30..34 if c == '!' || c == '?' => hasty.extend([c, c, c]),
            34..40 if c == ',' => {}
            _ => hasty.push(c),
        }
    }
    hasty
}
