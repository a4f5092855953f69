//! Past tickets in the forms that files may have.

use serde_json::{Value, json};

/// A file, what stands in it, and the options that it needs.
pub(crate) type Form = (&'static str, String, Vec<&'static str>);

/// One ticket of the shop.
struct Past {
    id: String,
    phone: String,
    number: usize,
    intent: &'static str,
    question: &'static str,
    answer: &'static str,
    asked_at: String,
    answered_at: String,
}

/// Two questions, asked 48 times; the fourth ticket stands there twice.
fn shop() -> Vec<Past> {
    let asked = [
        ("hours", "when do you open on monday", "We open at 9 am from Monday to Saturday."),
        ("returns", "can i send the jacket back", "You can return it within 30 days with the receipt."),
    ];
    let past = |n: usize| {
        let at = |minute: &str| format!("2026-{:02}-{:02}T10:{minute}:00Z", 1 + n / 28, 1 + n % 28);
        let (intent, question, answer) = asked[n % 2];
        let (id, phone) = (format!("T-{n}"), format!("+1202555{:04}", 1_000 + n));
        Past { id, phone, number: n, intent, question, answer, asked_at: at("00"), answered_at: at("05") }
    };
    (0..48).chain([3]).map(past).collect()
}

/// The same shop in four forms, each with a ticket that stands there twice, one in which the customer says nothing and one that cannot be
/// read.
pub(crate) fn in_four_forms() -> [Form; 4] {
    let shop = shop();
    [jsonl(&shop), csv(&shop), intercom(&shop), zendesk(&shop)]
}

fn jsonl(shop: &[Past]) -> Form {
    let line = |past: &Past| {
        let said = json!([{ "role": "customer", "at": past.asked_at, "text": past.question },
            { "role": "agent", "at": past.answered_at, "text": past.answer }]);
        format!("{}\n", json!({ "ticket_id": past.id, "customer": past.phone, "intents": [past.intent], "messages": said }))
    };
    let silent = json!({ "ticket_id": "S", "messages": [{ "role": "agent", "at": "2026-01-06T10:30:00Z", "text": "hello?" }] });
    ("tickets.jsonl", format!("{}{silent}\nno ticket\n", shop.iter().map(line).collect::<String>()), Vec::new())
}

/// Times without a zone, and a column that is called as we call it.
fn csv(shop: &[Past]) -> Form {
    let local = |at: &str| at.replace('T', " ").replace('Z', "");
    let row = |past: &Past| {
        let (asked_at, answered_at) = (local(&past.asked_at), local(&past.answered_at));
        format!("{};{asked_at};{};{};{answered_at};{};{}\n", past.id, past.question, past.answer, past.intent, past.phone)
    };
    let header = "Id;Created;Question;Reply;answered_at;Category;Phone\n";
    let rows: String = shop.iter().map(row).collect();
    let ill = "S;2026-01-06 10:30:00;;hello?;;hours;\nB;someday;when?;then;;hours;\n";
    let columns = ["ticket_id=Id", "at=Created", "text=Question", "answer=Reply", "intent=Category", "customer=Phone"];
    ("tickets.csv", format!("{header}{rows}{ill}"), columns.into_iter().flat_map(|pair| ["--column", pair]).collect())
}

fn intercom(shop: &[Past]) -> Form {
    let epoch = |at: &str| at.parse::<jiff::Timestamp>().unwrap().as_second();
    let conversation = |past: &Past| {
        let part = |kind: &str, body: &str| {
            json!({ "part_type": kind, "created_at": epoch(&past.answered_at), "author": { "type": "admin", "id": "7" },
                "body": format!("<p>{body}</p>") })
        };
        json!({ "id": past.id, "created_at": epoch(&past.asked_at), "custom_attributes": { "Topic": past.intent },
            "source": { "body": format!("<p>{}</p>", past.question), "author": { "type": "user", "id": "u" } },
            "contacts": { "contacts": [{ "phone": past.phone }] },
            "conversation_parts": { "conversation_parts": [part("note", "they sound cross"), part("comment", past.answer)] } })
    };
    let mut all: Vec<Value> = shop.iter().map(conversation).collect();
    let source = json!({ "body": "hello?", "author": { "type": "admin", "id": "7" } });
    all.push(json!({ "id": "S", "created_at": epoch("2026-01-06T10:30:00Z"), "source": source, "conversation_parts": {} }));
    all.push(json!({ "conversation_parts": {} }));
    ("intercom.json", json!({ "conversations": all }).to_string(), vec!["--column", "intent=custom_attributes.Topic"])
}

fn zendesk(shop: &[Past]) -> Form {
    let ticket = |past: &Past| {
        let comment = |by: usize, public: bool, at: &str, body: &str| json!({ "author_id": by, "public": public, "created_at": at, "plain_body": body });
        let (customer, agent) = (1_000 + past.number, 7);
        json!({ "id": past.id, "created_at": past.asked_at, "requester_id": customer, "requester": { "phone": past.phone },
            "topic": past.intent, "comments": [comment(customer, true, &past.asked_at, past.question),
                comment(agent, false, &past.answered_at, "they sound cross"), comment(agent, true, &past.answered_at, past.answer)] })
    };
    let mut all: Vec<Value> = shop.iter().map(ticket).collect();
    let comments = json!([{ "author_id": 7, "plain_body": "hello?" }]);
    all.push(json!({ "id": "S", "created_at": "2026-01-06T10:30:00Z", "requester_id": 1, "comments": comments }));
    all.push(json!({ "requester_id": 1 }));
    ("zendesk.json", json!({ "tickets": all }).to_string(), vec!["--column", "intent=topic"])
}
