//! The embedder port on top of the compiled-in table.
//!
//! A vector has two parts: the mean of the token vectors, which knows English meaning, and hashed words and letters, which know
//! spelling in any language. The second part counts little in English and as much as the first in other languages, where the tokens
//! are mere fragments; there the first part leaves function words out.

use crate::learned::letters;
use crate::learned::static_table::table::{Table, TableError, built_in};
use crate::ports::embedder::{Embedder, EmbedderError, Embedding};
use async_trait::async_trait;
use triage::language::function_words::{is_function_word, languages_of};
use triage::text::plain_without_digits;

/// Name and version; it changes whenever a vector does.
pub const NAME: &str = "static-256-letters-128-v1";
/// More tokens than this of one text are not read: a longer text says too many things for one vector.
pub const TOKENS_MAX: usize = 512;
/// Length of the part that sees spelling.
pub const LETTER_DIMENSIONS: usize = letters::DIMENSIONS;
/// Length of that part's vector in English; the mean of the token vectors has length 1.
pub const LETTERS_IN_ENGLISH: f32 = 0.3;
/// The same in other languages.
pub const LETTERS_ELSEWHERE: f32 = 1.0;
/// A text with a larger share of other languages is not read as English.
pub const FOREIGN_SHARE_MAX: f32 = 0.5;
/// English in [`languages_of`].
const ENGLISH: u8 = 1;

/// Embeds by the mean of token vectors and by hashed letters. Copies share the one table.
#[derive(Clone, Copy, Debug)]
pub struct StaticEmbedder {
    table: &'static Table<'static>,
}

impl StaticEmbedder {
    /// Reads the table the first time it is called.
    pub fn new() -> Result<Self, TableError> {
        Ok(StaticEmbedder { table: built_in()? })
    }

    /// The unit vector of one text; zeros for a text without words.
    pub fn embed_one(&self, text: &str) -> Embedding {
        let plain = plain_without_digits(text);
        let foreign = foreign_share(&plain);
        let content = if foreign > FOREIGN_SHARE_MAX { content_words(&plain) } else { String::new() };
        let Embedding(mut vector) = self.meaning(if content.is_empty() { text } else { &content });
        let weight = LETTERS_IN_ENGLISH + (LETTERS_ELSEWHERE - LETTERS_IN_ENGLISH) * foreign;
        vector.extend(letters::embed(text).0.iter().map(|value| value * weight));
        Embedding::unit(vector)
    }

    /// The mean of the token vectors, at unit length.
    fn meaning(&self, text: &str) -> Embedding {
        let mut sum = vec![0.0f32; self.table.dimensions];
        for place in self.table.vocabulary.places(text).into_iter().take(TOKENS_MAX) {
            self.table.add(place, &mut sum);
        }
        Embedding::unit(sum)
    }
}

/// The share of other languages among the words that tell a language; 0 for a text without such words.
fn foreign_share(plain: &str) -> f32 {
    let (mut english, mut other) = (0.0f32, 0.0f32);
    for word in plain.split(' ') {
        match languages_of(word) {
            0 => {}
            languages if languages & ENGLISH != 0 => english += 1.0,
            _ => other += 1.0,
        }
    }
    if other > 0.0 { other / (english + other) } else { 0.0 }
}

/// The words that carry meaning. The table knows how little English function words say, but not those of other languages.
fn content_words(plain: &str) -> String {
    plain.split(' ').filter(|word| !is_function_word(word)).collect::<Vec<_>>().join(" ")
}

#[async_trait]
impl Embedder for StaticEmbedder {
    async fn embed(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        Ok(texts.iter().map(|text| self.embed_one(text)).collect())
    }

    fn name(&self) -> &str {
        NAME
    }

    fn dimensions(&self) -> usize {
        self.table.dimensions.saturating_add(LETTER_DIMENSIONS)
    }

    fn languages(&self) -> &str {
        "English by meaning, other languages by spelling"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Case {
        text: String,
        /// Places of the tokens.
        places: Vec<u32>,
        /// The first numbers of the unit vector.
        begins: Vec<f32>,
    }

    #[test]
    fn vectors_are_those_of_the_maker_of_the_table() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("../../../table/cases.json")).unwrap();
        assert_eq!(cases.len(), 20);
        let embedder = StaticEmbedder::new().unwrap();
        for case in cases {
            assert_eq!(embedder.table.vocabulary.places(&case.text), case.places, "{}", case.text);
            assert_eq!(embedder.embed_one(&case.text).0.len(), embedder.dimensions());
            let (mut mine, theirs) = (embedder.meaning(&case.text).0, case.begins);
            mine.truncate(theirs.len());
            let distance = mine.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(distance < 1e-3, "{}: {distance}", case.text);
            assert!(Embedding::unit(mine).cosine(&Embedding::unit(theirs)) >= 0.999, "{}", case.text);
        }
    }

    #[test]
    fn like_sentences_are_nearer_than_others() {
        let triples = [
            ("where is my order", "my package has not arrived yet", "do you sell gift cards"),
            ("I want my money back", "how do I get a refund", "what time do you open"),
            ("are you open on sunday", "what are your opening hours", "my parcel is late"),
            ("the item came broken", "it was damaged when it arrived", "can I change my password"),
            ("I forgot my password", "I cannot log in to my account", "how much does shipping cost"),
            ("cancel my subscription", "I want to stop my membership", "is this jacket waterproof"),
            ("do you deliver to Canada", "is international shipping possible", "my card was charged twice"),
            ("book a table for two", "I need a reservation for dinner", "my phone screen is cracked"),
            ("change my delivery address", "I have moved, please send it to another place", "thank you very much"),
            ("what is the weather today", "will it rain this afternoon", "pay my bill"),
            ("my bike needs a repair", "can you fix my bicycle", "do you have this in blue"),
            ("I was charged two times", "there is a duplicate payment on my card", "when does the sale start"),
        ];
        let embedder = StaticEmbedder::new().unwrap();
        for (text, like, other) in triples {
            let [text_vector, like_vector, other_vector] = [text, like, other].map(|text| embedder.embed_one(text));
            let (near, far) = (text_vector.cosine(&like_vector), text_vector.cosine(&other_vector));
            assert!(near > far + 0.1, "{text}: {near} and {far}");
        }
    }

    #[test]
    fn outside_english_shared_letters_count() {
        let triples = [
            ("où est mon colis ?", "je n'ai toujours pas reçu mes colis", "quels sont vos horaires d'ouverture ?"),
            ("je veux être remboursé", "quand arrive le remboursement ?", "vous êtes ouverts le dimanche ?"),
            ("¿dónde está mi pedido?", "mis pedidos no llegan", "quiero reservar una cita"),
            ("¿a qué hora abren la tienda?", "horario de las tiendas", "mi tarjeta no funciona"),
        ];
        let embedder = StaticEmbedder::new().unwrap();
        for (text, like, other) in triples {
            let [text_vector, like_vector, other_vector] = [text, like, other].map(|text| embedder.embed_one(text));
            let (near, far) = (text_vector.cosine(&like_vector), text_vector.cosine(&other_vector));
            assert!(near > far + 0.05, "{text}: {near} and {far}");
            assert!(foreign_share(&plain_without_digits(text)) > FOREIGN_SHARE_MAX, "{text}");
        }
        assert_eq!(foreign_share("where is my order"), 0.0);
    }

    #[test]
    fn vectors_have_unit_length_or_are_zero() {
        let embedder = StaticEmbedder::new().unwrap();
        let length = |text: &str| embedder.embed_one(text).0.iter().map(|v| v * v).sum::<f32>();
        assert!((length("hello there") - 1.0).abs() < 1e-5);
        for text in ["", " ", "👋"] {
            assert_eq!(length(text), 0.0, "{text}");
        }
    }
}
