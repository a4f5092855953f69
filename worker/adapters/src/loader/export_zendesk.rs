//! A ticket as Zendesk's JSON export gives it: `description` is the first message, `comments` are all of them where they are there.
//!
//! Who asked is the requester; comments by others are of the company, those of rules and of the system (`author_id` -1) of a bot.
//! Private comments are passed over.

use super::exports::{Told, at, time, word, words_of_html};
use serde_json::Value;
use triage::past::Resolution;
use triage::ticket::Author;

/// The author of what Zendesk itself writes.
const SYSTEM: &str = "-1";

/// Reads one ticket.
pub fn ticket(value: &Value) -> Result<Told, String> {
    let id = value.get("id").and_then(word).ok_or("`id` is missing")?;
    let opened = time(value.get("created_at"));
    let requester = value.get("requester_id").or_else(|| at(value, "requester.id")).and_then(word);
    let comments = value.get("comments").and_then(Value::as_array).filter(|comments| !comments.is_empty());
    let messages = match comments {
        Some(comments) => comments
            .iter()
            .filter(|comment| comment.get("public").and_then(Value::as_bool) != Some(false))
            .map(|comment| (author(comment, requester.as_deref()), time(comment.get("created_at")).or(opened), text(comment)))
            .collect(),
        None => {
            let described = value.get("description").and_then(Value::as_str).unwrap_or_default();
            vec![(Some(Author::Customer), opened, described.trim().to_owned())]
        }
    };
    let phone = at(value, "via.source.from.phone").or_else(|| at(value, "requester.phone")).and_then(word);
    let tags = value.get("tags").and_then(Value::as_array);
    Ok(Told {
        customer: phone.or(requester),
        messages,
        tags: tags.into_iter().flatten().filter_map(word).collect(),
        resolution: match value.get("status").and_then(Value::as_str) {
            Some("solved" | "closed") => Resolution::Resolved,
            Some(_) | None => Resolution::Unknown,
        },
        id,
    })
}

fn text(comment: &Value) -> String {
    let field = |name: &str| comment.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let plain = field("plain_body").or_else(|| field("body")).map(str::to_owned);
    plain.or_else(|| field("html_body").map(words_of_html)).unwrap_or_default()
}

fn author(comment: &Value, requester: Option<&str>) -> Option<Author> {
    let by = comment.get("author_id").or_else(|| at(comment, "author.id")).and_then(word);
    let by_rule = at(comment, "via.channel").and_then(Value::as_str).is_some_and(|channel| channel == "rule");
    match by.as_deref() {
        _ if by_rule => Some(Author::Bot),
        Some(SYSTEM) => Some(Author::Bot),
        Some(by) if Some(by) == requester => Some(Author::Customer),
        Some(_) => Some(Author::Agent),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_requester_is_the_customer_and_private_comments_are_passed_over() {
        let comment = |author: i64, public: bool, body: &str| json!({"author_id": author, "public": public, "plain_body": body, "created_at": "2026-03-02T14:45:42Z"});
        let value = json!({
            "id": 7, "created_at": "2026-03-02T14:45:42Z", "status": "solved", "requester_id": 1, "tags": ["returns"],
            "via": {"channel": "sms", "source": {"from": {"phone": "+12025550123"}}},
            "comments": [comment(1, true, "can i return it"), comment(-1, true, "We are on it"), comment(2, false, "vip"), comment(2, true, "Yes.")],
        });
        let told = ticket(&value).unwrap();
        let said: Vec<(Option<Author>, &str)> = told.messages.iter().map(|(author, _, text)| (*author, text.as_str())).collect();
        assert_eq!(said, [(Some(Author::Customer), "can i return it"), (Some(Author::Bot), "We are on it"), (Some(Author::Agent), "Yes.")]);
        assert_eq!((told.id.as_str(), told.customer.as_deref()), ("7", Some("+12025550123")));
    }
}
