//! Single things that a question names: a place, a day, a numbered thing ("Brightline 600"), a name that the passages know, what a
//! service is asked for. An answer about another of its kind is wrong however near it lies: the delivery time of one country is no
//! answer for the next.
//!
//! Rules, with a list of countries and no other names. What counts is whether the answer speaks of the thing: its own words, the
//! heading and the question of what it cites; elsewhere in the passage only while the answer names no rival.

use crate::learned::claims;
use crate::learned::named_words::{ANY_DAY, ASKED, DIRECTIONS, NO_PLACES, SENDING, SERVICES, UNITS, UNTIL};
use crate::learned::names::Names;
use crate::learned::number::day_of;
use crate::learned::places::places;
use std::cell::OnceCell;
use triage::evidence::Passage;
use triage::language::function_words::is_function_word;
use triage::text::{plain, same_stem, stem};

/// Days of the week and months are the first so many of the days that [`day_of`] knows; "today" and the like follow.
const DATED_DAYS: usize = 19;
/// Days of the week stand before the months.
const WEEK_DAYS: usize = 7;
/// How many words may stand between sending and its direction.
const SENDING_REACH: usize = 3;
/// Words of the wanted thing at most.
const OBJECT_WORDS_MAX: usize = 3;
/// Words as long as this are the same with one letter wrong.
const MISSPELT_LETTERS_MIN: usize = 5;

/// What kind of thing.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Kind {
    /// A place of the list.
    Place(usize),
    /// A word after a direction of sending, or a name that passages write with a capital.
    Name,
    /// A day of the week or a month.
    Day(usize),
    /// What a service is asked for; any of its words will do.
    Object(Vec<String>),
    /// A thing with a number of its own: its word and its number.
    Numbered(String, String),
}

/// A thing that a question names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// In plain words.
    pub written: String,
    kind: Kind,
}

/// The single things that an ask names, each once.
pub fn named(ask: &str, names: &Names<'_>) -> Vec<Named> {
    let words = plain(ask);
    let listed = places(&words);
    let mut named: Vec<Named> = listed.iter().map(|place| Named { written: place.written.clone(), kind: Kind::Place(place.key) }).collect();
    let is_listed = |word: &str| listed.iter().any(|place| place.written.split(' ').any(|part| part == word));
    let sent_to = sent_to(&words).filter(|word| !is_listed(word));
    named.extend(sent_to.map(|word| Named { written: word.to_owned(), kind: Kind::Name }));
    let known = claims::split(ask).into_iter().filter(|word| names.hold(word) && !is_listed(word) && day(word).is_none());
    named.extend(known.map(|word| Named { written: word, kind: Kind::Name }));
    named.extend(words.split(' ').filter_map(|word| day(word).map(|day| Named { written: word.to_owned(), kind: Kind::Day(day) })));
    named.extend(
        numbered(&words)
            .into_iter()
            .map(|(word, number)| Named { written: format!("{word} {number}"), kind: Kind::Numbered(word.to_owned(), number.to_owned()) }),
    );
    named.extend(object(&words).map(|object| Named { written: object.join(" "), kind: Kind::Object(object) }));
    let mut once: Vec<Named> = Vec::new();
    for thing in named {
        if once.iter().all(|other| other.kind != thing.kind || other.written != thing.written) {
            once.push(thing);
        }
    }
    once
}

/// "do you ship to oslo": the word after the direction, unless it is a common one.
fn sent_to(plain: &str) -> impl Iterator<Item = &str> {
    let words: Vec<&str> = plain.split(' ').collect();
    let places = (1..words.len()).filter_map(move |at| {
        let before = words.get(at.saturating_sub(1 + SENDING_REACH)..at)?;
        let (direction, sending) = before.split_last()?;
        let word = *words.get(at)?;
        let is_place = DIRECTIONS.contains(direction)
            && sending.iter().any(|word| SENDING.contains(word))
            && !is_function_word(word)
            && !NO_PLACES.contains(&word)
            && word.chars().all(char::is_alphabetic);
        is_place.then_some(word)
    });
    places.collect::<Vec<_>>().into_iter()
}

/// "do you repair any wheelchairs": the words of meaning behind the service.
fn object(plain: &str) -> Option<Vec<String>> {
    let words: Vec<&str> = plain.split(' ').collect();
    let is_verb = |at: usize| words.get(at).is_some_and(|word| SERVICES.contains(word));
    let is_asked = |at: usize| at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|word| ASKED.contains(word));
    // Verbs of other languages carry their "you" in their ending.
    let verb = (0..words.len()).find(|at| is_verb(*at) && (is_asked(*at) || *at == 0))?;
    let behind = words.get(verb + 1..)?.iter().skip_while(|word| is_function_word(word));
    let object: Vec<String> =
        behind.take_while(|word| !is_function_word(word)).take(OBJECT_WORDS_MAX).map(|word| (*word).to_owned()).collect();
    (!object.is_empty()).then_some(object)
}

/// One letter more, less or another.
fn is_misspelt(a: &str, b: &str) -> bool {
    let (short, long): (Vec<char>, Vec<char>) =
        if a.len() <= b.len() { (a.chars().collect(), b.chars().collect()) } else { (b.chars().collect(), a.chars().collect()) };
    if short.len() < MISSPELT_LETTERS_MIN || long.len() > short.len() + 1 {
        return false;
    }
    let same = short.iter().zip(&long).take_while(|(a, b)| a == b).count();
    let tail = |word: &[char], from: usize| word.get(from..).unwrap_or_default().to_vec();
    let skipped = if short.len() == long.len() { same + 1 } else { same };
    tail(&short, skipped) == tail(&long, same + 1)
}

/// The day of the week or the month that a plain word means.
fn day(word: &str) -> Option<usize> {
    day_of(word).filter(|day| *day < DATED_DAYS)
}

/// Words with the number that follows them, and codes of letters and digits: "brightline 600", "bl600".
fn numbered(plain: &str) -> Vec<(&str, &str)> {
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_digit());
    let is_thing =
        |word: &str| word.len() > 1 && word.chars().all(char::is_alphabetic) && !is_function_word(word) && !UNITS.contains(&word);
    let (mut pairs, mut codes) = (Vec::new(), Vec::new());
    let (mut before, mut words) = ("", plain.split(' ').peekable());
    while let Some(word) = words.next() {
        let mut is_counted = || words.peek().is_some_and(|next| UNITS.contains(next));
        if is_number(word) && is_thing(before) && !is_counted() {
            pairs.push((before, word));
        }
        codes.extend(code(word));
        before = word;
    }
    pairs.extend(codes);
    pairs
}

/// "bl600": letters, and what begins with a digit behind them.
fn code(word: &str) -> Option<(&str, &str)> {
    let letters = word.find(|c: char| c.is_ascii_digit()).filter(|letters| *letters > 1)?;
    let (head, tail) = word.split_at(letters);
    let is_code = head.chars().all(char::is_alphabetic) && tail.bytes().all(|c| c.is_ascii_alphanumeric());
    is_code.then_some((head, tail))
}

/// What an answer says and rests on, in plain words.
pub struct Answer {
    said: Plain,
    /// Headings and questions of what is cited.
    about: Plain,
    /// Texts of what is cited.
    around: Plain,
}

/// Plain words, with what is looked for again and again in them.
#[derive(Default)]
struct Plain {
    words: String,
    /// Stems and numbers of the numbered things among them, from the first question for one on.
    numbered: OnceCell<Vec<(String, String)>>,
}

impl Plain {
    fn numbered(&self) -> &[(String, String)] {
        let found = || numbered(&self.words).into_iter().map(|(word, number)| (stem(word).to_owned(), number.to_owned())).collect();
        self.numbered.get_or_init(found)
    }

    fn add(&mut self, text: &str) {
        self.words.push_str(&plain(text));
        self.words.push(' ');
    }
}

impl Answer {
    /// An answer with the passages that it cites.
    pub fn of<'a>(text: &str, cited: impl Iterator<Item = &'a Passage>) -> Self {
        let said = Plain { words: plain(text), ..Plain::default() };
        let mut answer = Answer { said, about: Plain::default(), around: Plain::default() };
        for passage in cited {
            answer.about.add(&passage.title);
            answer.about.add(passage.question.as_deref().unwrap_or_default());
            answer.around.add(&passage.text);
        }
        answer
    }

    /// The answer speaks of the thing, or at least of no other in its stead.
    pub fn speaks_of(&self, thing: &Named, names: &Names<'_>) -> bool {
        if holds(&self.said, thing) || holds(&self.about, thing) {
            return true;
        }
        let is_around = || holds(&self.around, thing);
        match &thing.kind {
            Kind::Place(_) => places(&self.said.words).is_empty() && is_around(),
            Kind::Name => !names_one(&self.said.words, names) && is_around(),
            Kind::Object(_) => is_around(),
            Kind::Day(day) => !names_another_day(&self.said.words, *day),
            Kind::Numbered(word, _) => {
                let mut rivals = self.said.numbered().iter().chain(self.about.numbered());
                !rivals.any(|(other, _)| same_stem(other, stem(word)))
            }
        }
    }
}

fn holds(text: &Plain, thing: &Named) -> bool {
    let words = || text.words.split(' ');
    match &thing.kind {
        Kind::Place(key) => places(&text.words).iter().any(|place| place.key == *key),
        Kind::Name => {
            let wanted = stem(&thing.written);
            words().any(|word| word == thing.written || same_stem(stem(word), wanted))
        }
        Kind::Object(wanted) => {
            let is_it = |said: &str, word: &String| same_stem(stem(said), stem(word)) || is_misspelt(said, word);
            words().any(|said| wanted.iter().any(|word| is_it(said, word)))
        }
        Kind::Day(wanted) => words().any(|word| day(word) == Some(*wanted)),
        Kind::Numbered(word, number) => {
            let is_it = |(other, its): &(String, String)| its == number && same_stem(other, stem(word));
            let is_joined = |other: &str| other.strip_prefix(word.as_str()) == Some(number);
            text.numbered().iter().any(is_it) || words().any(is_joined)
        }
    }
}

fn names_one(text: &str, names: &Names<'_>) -> bool {
    text.split(' ').any(|word| names.all().contains(word)) || !places(text).is_empty()
}

/// The text names days of the same kind, and not the wanted one among them or in a stretch of them.
fn names_another_day(text: &str, wanted: usize) -> bool {
    let is_week_day = wanted < WEEK_DAYS;
    let words: Vec<&str> = text.split(' ').collect();
    let is_of_kind = |day: &usize| (*day < WEEK_DAYS) == is_week_day;
    let day_at = |at: usize| words.get(at).and_then(|word| day(word)).filter(is_of_kind);
    let names_one = (0..words.len()).any(|at| day_at(at).is_some());
    let covers = |from: usize, to: usize| if from <= to { (from..=to).contains(&wanted) } else { wanted >= from || wanted <= to };
    let is_in_stretch = (0..words.len()).any(|at| {
        let last = if words.get(at + 1).is_some_and(|word| UNTIL.contains(word)) { at + 2 } else { at + 1 };
        day_at(at).zip(day_at(last)).is_some_and(|(from, to)| covers(from, to))
    });
    names_one && !is_in_stretch && !words.iter().any(|word| ANY_DAY.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaks_of_all(ask: &str, answer: &str) -> bool {
        let names = Names::default();
        named(ask, &names).iter().all(|thing| Answer::of(answer, std::iter::empty()).speaks_of(thing, &names))
    }

    #[test]
    fn an_answer_about_another_thing_is_told_apart() {
        for (ask, answer) in [
            ("whats shipping to canada", "Delivery in the United States takes 3 to 5 days."),
            ("versand nach kanada?", "Der Versand in die Schweiz kostet 9 Euro."),
            ("do you ship to oslo", "We ship to Bergen."),
            ("are you open on sunday", "On Monday we are open 9 am to 7 pm."),
            ("are you open on monday", "The workshop is open Tuesday to Saturday."),
            ("my brightline 900 gets hot", "The Brightline 600 is recalled."),
            ("do you repair wheelchairs?", "We repair bikes of every brand."),
            ("is the bl900 recalled", "Batches BL600 are recalled."),
        ] {
            assert!(!speaks_of_all(ask, answer), "{ask}: {answer}");
        }
    }

    #[test]
    fn an_answer_about_the_thing_or_about_none_in_its_stead_passes() {
        for (ask, answer) in [
            ("whats shipping to canada", "Shipping to Canada costs $14.50."),
            ("livrez vous au canada", "Nous livrons aussi au Canada."),
            ("are you open on sunday", "Open Monday to Sunday."),
            ("are you open on sunday", "We are closed on weekends."),
            ("can i return after 40 days", "You can return within 30 days."),
            ("can you ship to my home", "We ship everywhere."),
            ("my brightline 600 gets hot", "The Brightline 600 is recalled."),
            ("do u take google pay", "We take Visa and Google Pay."),
            ("do you sell helmts", "Helmets cost $60."),
            ("where is order 48019", "Follow your order on our page."),
        ] {
            assert!(speaks_of_all(ask, answer), "{ask}: {answer}");
        }
    }
}
