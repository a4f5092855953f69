//! Noisy copies of training messages, spelt as people text: dropped vowels, slips, short forms, no apostrophes.

use triage::random::Random;

/// Noisy copies of each message.
pub const COPIES: usize = 2;
/// Chance that a word with a short form takes it.
const SHORT_FORM: f64 = 0.5;
/// Chance that an apostrophe is left out.
const NO_APOSTROPHE: f64 = 0.7;
/// Chance that a long word loses its inner vowels.
const NO_VOWELS: f64 = 0.12;
/// Chance that a long word has a slip: a letter doubled, lost or swapped with the next.
const SLIP: f64 = 0.12;
/// A word of fewer letters stays as it is.
const LONG_LETTERS: usize = 5;

/// A word and how people text it, in four languages.
const SHORT_FORMS: [(&str, &str); 36] = [
    ("you", "u"),
    ("your", "ur"),
    ("you're", "ur"),
    ("are", "r"),
    ("please", "pls"),
    ("thanks", "thx"),
    ("thank", "thx"),
    ("to", "2"),
    ("for", "4"),
    ("why", "y"),
    ("tomorrow", "tmrw"),
    ("tonight", "2nite"),
    ("message", "msg"),
    ("because", "bc"),
    ("with", "w"),
    ("without", "w/o"),
    ("about", "abt"),
    ("people", "ppl"),
    ("before", "b4"),
    ("and", "n"),
    ("what", "wat"),
    ("okay", "k"),
    ("number", "no"),
    ("account", "acct"),
    ("quand", "qd"),
    ("pourquoi", "pk"),
    ("pour", "pr"),
    ("vous", "vs"),
    ("que", "q"),
    ("porque", "xq"),
    ("por", "x"),
    ("también", "tb"),
    ("nicht", "nich"),
    ("und", "u"),
    ("vielleicht", "vllt"),
    ("bitte", "bt"),
];

/// One noisy copy. The same text and state of the generator give the same copy.
pub fn noisy(text: &str, random: &mut Random) -> String {
    let words: Vec<String> = text.to_lowercase().split_whitespace().map(|word| noisy_word(word, random)).collect();
    words.join(" ")
}

fn noisy_word(word: &str, random: &mut Random) -> String {
    let bare = word.trim_end_matches(['.', ',', '!', '?']);
    if let Some((_, short)) = SHORT_FORMS.iter().find(|(long, _)| *long == bare)
        && random.chance(SHORT_FORM)
    {
        return (*short).to_owned();
    }
    let mut letters: Vec<char> = word.chars().collect();
    if random.chance(NO_APOSTROPHE) {
        letters.retain(|c| !matches!(c, '\'' | '’'));
    }
    if letters.len() >= LONG_LETTERS && letters.iter().all(|c| c.is_alphabetic()) {
        if random.chance(NO_VOWELS) {
            drop_vowels(&mut letters);
        } else if random.chance(SLIP) {
            slip(&mut letters, random);
        }
    }
    letters.into_iter().collect()
}

/// The first and the last letter stay.
fn drop_vowels(letters: &mut Vec<char>) {
    let last = letters.len().saturating_sub(1);
    let mut at = 0;
    letters.retain(|c| {
        let keeps = at == 0 || at == last || !"aeiouéèêáíóúäöü".contains(*c);
        at += 1;
        keeps
    });
}

fn slip(letters: &mut Vec<char>, random: &mut Random) {
    let at = 1 + random.below(letters.len().saturating_sub(2));
    match random.below(3) {
        0 => letters.swap(at, at.saturating_sub(1)),
        1 => {
            letters.remove(at);
        }
        _ => letters.insert(at, letters.get(at).copied().unwrap_or('e')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_differ_and_repeat_with_the_seed() {
        let text = "Could you please tell me where my package is? I don't understand the tracking message";
        let copies = |seed| {
            let mut random = Random::seeded(seed);
            (0..20).map(|_| noisy(text, &mut random)).collect::<Vec<_>>()
        };
        assert_eq!(copies(3), copies(3));
        assert!(copies(3).iter().filter(|copy| **copy != text.to_lowercase()).count() > 15);
        assert!(copies(3).iter().any(|copy| copy.contains(" u ") || copy.contains("dont") || copy.contains("pls")));
    }

    #[test]
    fn numbers_and_links_are_left_alone() {
        let mut random = Random::seeded(5);
        for _ in 0..50 {
            assert_eq!(noisy("48019 https://a.example/b", &mut random), "48019 https://a.example/b");
        }
    }
}
