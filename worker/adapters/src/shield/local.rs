//! The shield made of the local rules for personal data and for texts that speak to a machine.

use knowledge::learned::injection;
use knowledge::personal_data::find::placeholders;
use knowledge::personal_data::placeholders::Placeholders;
use knowledge::stages::personal::Personal;
use prompts::ports::shield::{Redaction, Shield};
use triage::case::Case;
use triage::ticket::Message;

/// Redacts by rules; it holds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalShield;

impl Shield for LocalShield {
    fn redaction(&self, case: &Case) -> Box<dyn Redaction> {
        let messages: Vec<Message> = case.history.iter().chain(&case.turn).cloned().collect();
        Box::new(LocalRedaction { open: Placeholders::with_names(Personal::of(&messages)), closed: Placeholders::new() })
    }

    fn instructs(&self, text: &str) -> bool {
        injection::instructs(text)
    }
}

/// Two tables that never give one placeholder to two originals: each sees what the other gave.
struct LocalRedaction {
    open: Placeholders,
    closed: Placeholders,
}

impl Redaction for LocalRedaction {
    fn redact(&mut self, text: &str) -> String {
        let redacted = self.open.redact(text);
        self.closed.redact(&redacted)
    }

    fn withhold(&mut self, text: &str) -> String {
        let withheld = self.closed.redact(text);
        self.open.redact(&withheld)
    }

    fn restore(&self, text: &str) -> String {
        self.open.restore(text)
    }

    fn has_placeholder(&self, text: &str) -> bool {
        !placeholders(text).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use triage::phone::PhoneNumber;
    use triage::ticket::{Author, MessageId, Ticket, TicketId};

    fn case(text: &str) -> Case {
        let message = Message {
            id: MessageId("m".to_owned()),
            author: Author::Customer,
            at: jiff::Timestamp::UNIX_EPOCH,
            text: text.to_owned(),
            media: Vec::new(),
            carrier_answered: false,
        };
        let customer = PhoneNumber::parse("+12025550123").unwrap();
        let ticket =
            Ticket { id: TicketId("t".to_owned()), customer, messages: vec![message], tags: vec![], owners: vec![], opted_out: vec![] };
        Case::at(&ticket, &MessageId("m".to_owned())).unwrap()
    }

    #[test]
    fn what_is_redacted_comes_back_and_what_is_withheld_does_not() {
        let mut redaction = LocalShield.redaction(&case("my name is Ada Lovelace, mail ada@shop.example"));
        let withheld = redaction.withhold("write to bob@other.example");
        let redacted = redaction.redact("my name is Ada Lovelace, mail ada@shop.example");
        assert!(!withheld.contains("bob") && !redacted.contains("Ada") && !redacted.contains("ada@"), "{withheld} {redacted}");
        assert_eq!(redaction.restore(&redacted), "my name is Ada Lovelace, mail ada@shop.example");
        let both = redaction.restore(&format!("{withheld} {redacted}"));
        assert!(!both.contains("bob") && both.contains("ada@shop.example"), "{both}");
        assert!(redaction.has_placeholder(&both) && !redaction.has_placeholder("see [our page]"));
    }
}
