//! A draft article for a gap: Markdown that a person reviews before anything answers from it.
//!
//! `draft: true` in the front matter keeps it out: a sync refuses such a document by name until the line is taken out. Where it was learned
//! from stands in the front matter too, which is no part of what is indexed.

use std::fmt::Write;
use triage::ticket::TicketId;

/// Characters of a file's name, without its number and ending.
const NAME_CHARS_MAX: usize = 60;

/// A draft.
#[derive(Clone, PartialEq, Debug)]
pub struct Article {
    /// The question that it answers.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// What people said that it is about.
    pub intent: String,
    /// Two letters, when the language is known.
    pub language: Option<String>,
    /// The tickets whose answers it was made of.
    pub learned_from: Vec<TicketId>,
    /// Who wrote it.
    pub written_by: String,
    /// The run that showed the gap.
    pub run: String,
    /// Unanswered tickets of the gap.
    pub tickets: usize,
    /// So many a month.
    pub per_month: f64,
}

impl Article {
    /// The file's name: its place among the gaps, and what it asks.
    pub fn file_name(&self, place: usize) -> String {
        let words = self.question.to_lowercase();
        let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let slug: String = words.join("-").chars().take(NAME_CHARS_MAX).collect();
        let slug = slug.trim_end_matches('-');
        format!("{place:02}-{}.md", if slug.is_empty() { "gap" } else { slug })
    }

    /// The file.
    pub fn markdown(&self) -> String {
        let tickets: Vec<String> = self.learned_from.iter().map(|ticket| line(&ticket.0)).collect();
        let mut text = String::from("---\n");
        let mut field = |name: &str, value: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}: {value}");
        };
        field("title", &line(&self.question));
        if let Some(language) = &self.language {
            field("language", language);
        }
        field("draft", "true");
        field("intent", &line(&self.intent));
        field("learned_from_tickets", &tickets.join(", "));
        field("written_by", &line(&self.written_by));
        field("run", &self.run);
        field("unanswered_tickets", &format!("{} ({:.1} a month)", self.tickets, self.per_month));
        text.push_str("---\n\n<!-- A draft. Make it true for every customer, look for words in [brackets] (personal data was taken out there), then take the\nline `draft: true` out and sync the folder. -->\n\n");
        let _ = write!(text, "# {}\n\n{}\n", line(&self.question), body(&self.answer));
        text
    }
}

/// One line, whatever stood in it.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Paragraphs that are paragraphs: nothing in an answer becomes a heading, a rule or HTML.
fn body(answer: &str) -> String {
    let paragraphs = answer.lines().map(line).filter(|paragraph| !paragraph.is_empty());
    let plain = paragraphs.map(|paragraph| {
        let escaped = paragraph.replace('\\', "\\\\").replace('<', "\\<");
        if escaped.starts_with(['#', '-', '=', '>', '*', '+', '`', '~', '|']) { format!("\\{escaped}") } else { escaped }
    });
    plain.collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(question: &str, answer: &str) -> Article {
        Article {
            question: question.to_owned(),
            answer: answer.to_owned(),
            intent: "parking".to_owned(),
            language: Some("en".to_owned()),
            learned_from: vec![TicketId("T-1".to_owned()), TicketId("T-2".to_owned())],
            written_by: "the human answer, word by word".to_owned(),
            run: "ab12".to_owned(),
            tickets: 7,
            per_month: 1.5,
        }
    }

    #[test]
    fn a_draft_says_that_it_is_one_and_where_it_comes_from() {
        let article = article("is there\nparking?", "Behind the shop.\n\nIt is free.");
        let text = article.markdown();
        assert!(
            text.starts_with("---\ntitle: is there parking?\nlanguage: en\ndraft: true\nintent: parking\nlearned_from_tickets: T-1, T-2\n")
        );
        assert!(text.ends_with("-->\n\n# is there parking?\n\nBehind the shop.\n\nIt is free.\n"), "{text}");
        assert_eq!(article.file_name(3), "03-is-there-parking.md");
    }

    #[test]
    fn nothing_in_an_answer_becomes_markup() {
        let text = article("¿?", "# not a heading\n--- \n<b>bold</b>\ndraft: false").markdown();
        assert!(text.contains("\\# not a heading\n\n\\---\n\n\\<b>bold\\</b>"), "{text}");
        assert_eq!(text.matches("draft: true\n").count(), 1);
        assert_eq!(article("¿?", "x").file_name(1), "01-gap.md");
    }
}
