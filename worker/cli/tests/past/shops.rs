//! Little shops of past tickets, each made for one question.

use serde_json::json;
use std::collections::BTreeSet;

/// Days between a planted answer and the ticket that it belongs to: more than a block.
const WEEKS_BEFORE: usize = 55;

/// A shop of two questions, in which one customer asks the same twice and the export holds a conversation twice.
pub(crate) fn with_planted_answers() -> (String, BTreeSet<String>) {
    let mut text = String::new();
    let mut write = |id: &str, day: usize, customer: &str, intent: &str, asked: &str, answer: &str| {
        let at = format!("2026-{:02}-{:02}T10:00:00Z", 1 + day / 28, 1 + day % 28);
        let answered = at.replace("10:00", "10:05");
        let ticket = json!({ "ticket_id": id, "created_at": at, "customer": customer, "lang": "en", "intents": [intent], "messages": [
            { "role": "customer", "at": at, "text": asked }, { "role": "agent", "at": answered, "text": answer } ] });
        text.push_str(&format!("{ticket}\n"));
    };
    let mut own = BTreeSet::new();
    let (things, syllables) =
        (["bicycle", "saddle", "helmet", "basket", "jacket", "bottle", "lantern", "glove"], ["ba", "ko", "mi", "ru", "sel", "tan"]);
    for day in 0..160 {
        let thing = things[day % things.len()];
        let family = format!("{}{}{}son", syllables[day % 6], syllables[day / 6 % 6], syllables[day / 36 % 6]);
        let customer = format!("+1202555{:04}", 1_000 + day);
        let asked = format!("what colour is the {thing} that the {family} family ordered?");
        let answer = format!("The {thing} of the {family} family is green.");
        // The planted answer: the same question of the same customer, answered weeks before under another id.
        if day % 8 == 7 && day > WEEKS_BEFORE {
            write(&format!("EARLIER-{day}"), day - WEEKS_BEFORE, &customer, "colours", &asked, &answer);
            own.insert(format!("T-{day}"));
        }
        write(&format!("T-{day}"), day, &customer, "colours", &asked, &answer);
        write(
            &format!("H-{day}"),
            day,
            &format!("+1303555{:04}", 1_000 + day),
            "hours",
            "when do you open on monday",
            "We open at 9 on Mondays.",
        );
    }
    (text, own)
}

/// Two questions that a page answers, and a third that comes up in the last quarter and that only people answer.
pub(crate) fn with_a_gap() -> String {
    let people = ["my sister", "my uncle", "a friend", "our club", "the school", "my mother", "a neighbour", "the choir"];
    let line = |n: usize| {
        let whose = people[n % people.len()];
        let (intent, asked, answer) = match n % 3 {
            0 if n >= 180 => (
                "parking",
                format!("is there parking for the camper van of {whose} beside the store?"),
                "Camper vans may park behind the store, free of charge.",
            ),
            1 => ("hours", format!("when do you open so that {whose} can come in?"), "We open at 9 am from Monday to Saturday."),
            _ => {
                ("returns", format!("how does {whose} send the jacket back to you?"), "You can return it within 30 days with the receipt.")
            }
        };
        let at = format!("2026-{:02}-{:02}T10:00:00Z", 1 + n / 28, 1 + n % 28);
        let ticket = json!({ "ticket_id": format!("T-{n}"), "created_at": at, "customer": format!("+1202555{:04}", 1_000 + n), "lang": "en",
            "intents": [intent], "messages": [{ "role": "customer", "at": at, "text": asked },
                { "role": "agent", "at": at.replace("T10:00", "T10:07"), "text": answer }] });
        format!("{ticket}\n")
    };
    (0..240).map(line).collect()
}
