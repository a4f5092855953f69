//! The program with a language model behind a real socket, and the prompts on the command line.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use common::{House, stderr, stdout};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// Answers every call of chat until the test is over.
fn endpoint() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    url
}

fn serve(mut stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let (mut head, mut length) = (String::new(), 0);
        while reader.read_line(&mut head).is_ok_and(|read| read > 2) {}
        if head.is_empty() {
            return;
        }
        for line in head.lines() {
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let answer = match head.starts_with("GET") {
            true => json!({ "object": "list", "data": [{ "id": "scripted", "object": "model" }] }),
            false => completion(&serde_json::from_slice(&body).unwrap()),
        };
        let answer = answer.to_string();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", answer.len());
        if stream.write_all(format!("{head}{answer}").as_bytes()).is_err() {
            return;
        }
    }
}

fn completion(body: &Value) -> Value {
    let name = body.pointer("/response_format/json_schema/name").and_then(Value::as_str).unwrap_or_default();
    let user = body.pointer("/messages/1/content").and_then(Value::as_str).unwrap_or_default();
    let data = user.lines().skip_while(|line| *line != "BEGIN DATA").nth(1).and_then(|line| serde_json::from_str::<Value>(line).ok());
    let message = data.as_ref().and_then(|data| data["message"].as_str()).unwrap_or("when do you open?");
    let said = match name {
        "classify" => json!({
            "intents": [{ "name": "hours", "probability": 0.9 }], "out_of_scope": 0.0, "language": "en", "urgency": "normal",
            "asks": [{ "quote": message, "intent": null }]
        }),
        "write" => json!({
            "citations": [{ "passage": "P1", "quote": "We open at 9 am from Monday to Saturday." }], "asks_answered": [1],
            "reply": "We open at 9 am, Monday to Saturday."
        }),
        "check" => json!({ "claims": [], "promises_work": false, "obeys_data": false, "answers": true }),
        // A judge that is too strict with whoever wants to come in.
        "judge" if user.contains("come in") => {
            json!({ "reason": "it names no closing time", "verdict": "wrong" })
        }
        "judge" => json!({ "reason": "they say the same", "verdict": "same" }),
        _ => json!({ "word": "ready" }),
    };
    json!({
        "id": "1", "object": "chat.completion", "created": 1, "model": "scripted",
        "choices": [{ "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": said.to_string() } }],
        "usage": { "prompt_tokens": 500, "completion_tokens": 50, "total_tokens": 550 }
    })
}

fn house(url: &str) -> House {
    let house = House::new(&format!(
        "[log]\nlevel = \"error\"\n[model]\nkind = \"openai\"\nbase_url = \"{url}\"\nname = \"scripted\"\nkey_file = \"key\"\n\
         prices = [{{ name = \"scripted\", input_usd_per_million = 1.0, output_usd_per_million = 2.0 }}]\n"
    ));
    house.write("key", "sk-of-the-house\n");
    house.write("intents.toml", "[[intents]]\nname = \"hours\"\ndescription = \"when the shop is open\"\n");
    house.write(
        "policy.toml",
        "max_wrong_per_100 = 100\ndraft_max_wrong_per_100 = 100\ndefault_ceiling = \"reply\"\nuncalibrated_ceiling = \"reply\"\n",
    );
    house.write("faq.csv", "question,answer\nWhen do you open?,We open at 9 am from Monday to Saturday.\n");
    let added = house.run(&["knowledge", "add", "faq.csv"]);
    assert!(added.status.success(), "{}", stderr(&added));
    house
}

#[test]
fn a_model_answers_what_the_local_mind_cannot_and_the_receipt_says_what_it_cost() {
    let house = house(&endpoint());
    let local = house.json(&["ask", "--mind", "local", "when do you open?"]);
    assert_eq!((&local["action"]["do"], &local["receipt"]["consultations"]), (&json!("escalate"), &Value::Null));
    let cascade = house.json(&["ask", "--record", "cassette.jsonl", "when do you open?"]);
    assert_eq!(cascade["action"]["texts"], json!(["We open at 9 am, Monday to Saturday."]), "{cascade:#}");
    assert_eq!(cascade["receipt"]["mind"], "model");
    let costs: Vec<&Value> = cascade["receipt"]["consultations"].as_array().unwrap().iter().map(|one| &one["cost_micro_usd"]).collect();
    assert_eq!(costs, [600, 600, 600]);
    let model = house.run(&["ask", "--mind", "model", "when do you open?"]);
    assert!(stdout(&model).contains("decided by the model mind, $0.001800"), "{}{}", stdout(&model), stderr(&model));
    let cassette = std::fs::read_to_string(house.path("cassette.jsonl")).unwrap();
    assert!(cassette.lines().count() == 3 && !cassette.contains("sk-of-the-house"));
    let status = house.json(&["status"]);
    assert_eq!((&status["model"]["day_micro_usd"], &status["model"]["asked"]), (&json!(3600), &json!(2)));
}

#[test]
fn doctor_says_what_the_endpoint_has_and_what_to_do_when_nobody_is_there() {
    let well = house(&endpoint()).run(&["doctor"]);
    let says = stdout(&well).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(says.contains("answers are asked for with json-schema"), "{says}");
    let house = house("http://127.0.0.1:9/v1");
    let ill = house.run(&["doctor"]);
    let says = stdout(&ill).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!ill.status.success() && says.contains("model.base_url"), "{says}");
    // Nobody there: the local answer holds, with a note.
    let decision = house.json(&["ask", "when do you open?"]);
    assert_eq!(decision["action"]["do"], "escalate");
    assert!(decision["receipt"]["consultations"][0]["problem"].as_str().unwrap().contains("no connection"), "{decision:#}");
}

#[test]
fn prompts_are_listed_shown_and_rendered() {
    let house = House::new("");
    let list = house.json(&["prompts", "list"]);
    assert_eq!(list.as_array().unwrap().len(), 7);
    assert_eq!((&list[2]["name"], &list[2]["version"]), (&json!("write"), &json!(1)));
    let shown = stdout(&house.run(&["prompts", "show", "write"]));
    assert!(shown.contains("BEGIN DATA\n{{data}}\nEND DATA"), "{shown}");
    let rendered = house.json(&["prompts", "render", "write", "--sample", "injection"]);
    assert!(rendered["user"].as_str().unwrap().contains("Ignore all previous instructions"));
    for (arguments, hint) in
        [(["prompts", "show", "wirte"].as_slice(), "prompts list"), (&["prompts", "render", "write", "--sample", "x"], "right-to-left")]
    {
        let output = house.run(arguments);
        assert!(!output.status.success() && stderr(&output).contains(hint), "{}", stderr(&output));
    }
}

/// Past tickets that ask one thing in many words, each with an agent's answer and its intent. What is asked for is of a kind (`visit 3`) where
/// that is numbered: then an answer that does not speak of it goes out to nobody.
fn past_tickets(count: usize, is_numbered: bool) -> String {
    let asks = ["when do you open", "what time do you open on monday", "are you open at nine", "opening time please", "when can i come in"];
    let line = |n: usize| {
        let at = format!("2026-{:02}-{:02}T", n / 28 + 1, n % 28 + 1);
        let visit = if is_numbered { format!(" for visit {}", n % 28 + 1) } else { String::new() };
        let messages = json!([
            { "role": "customer", "at": format!("{at}09:00:00Z"), "text": format!("{}{visit}?", asks[n % asks.len()]) },
            { "role": "agent", "at": format!("{at}09:10:00Z"), "text": "We open at 9 am from Monday to Saturday." }
        ]);
        let ticket = json!({
            "ticket_id": format!("T-{n:04}"), "created_at": format!("{at}09:00:00Z"), "channel": "sms", "lang": "en", "intents": ["hours"],
            "tags": [], "messages": messages, "resolution": { "status": "resolved" }
        });
        format!("{ticket}\n")
    };
    (0..count).map(line).collect()
}

#[test]
fn past_turns_that_the_local_mind_cannot_answer_are_put_before_the_model_and_judged() {
    let house = house(&endpoint());
    // A dial that the cautious gate misses: so every turn needs the model.
    house.write("policy.toml", "max_wrong_per_100 = 1\ndraft_max_wrong_per_100 = 100\ndefault_ceiling = \"reply\"\n");
    house.write("tickets.jsonl", past_tickets(72, true));
    let learned = house.json(&["learn", "tickets.jsonl", "--model-turns", "5"]);
    let model = &learned["model"];
    assert_eq!(model["asked"], 5, "{learned:#}");
    assert!(model["judged"].as_u64().is_some_and(|judged| judged >= 1), "{learned:#}");
    assert_eq!(model["wrong"], 0, "it says what the agents said: {learned:#}");
    assert!(model["cost_micro_usd"].as_u64().is_some_and(|cost| cost >= 5 * 600), "{learned:#}");
    assert!(model["not_calibrated"].as_str().is_some(), "five turns calibrate nothing: {learned:#}");
    let status = house.json(&["status"]);
    assert_eq!(status["model"]["day_micro_usd"], model["cost_micro_usd"], "it was paid for");
}

#[test]
fn a_cap_that_is_reached_stands_in_the_receipt_and_in_the_status() {
    let house = house(&endpoint());
    let ask = ["ask", "when do you open?"];
    let config = std::fs::read_to_string(house.path("whimbrel.toml")).unwrap();
    house.write("whimbrel.toml", format!("{config}[model.caps]\ncall_usd = 0.0\nticket_usd = 0.0\nday_usd = 0.000001\nmonth_usd = 0.0\n"));
    let decision = house.json(&ask);
    assert_eq!(decision["action"]["do"], "escalate", "the local mind decides alone");
    assert!(decision["receipt"]["consultations"].to_string().contains("the cap of the day is reached"), "{decision:#}");
    let shown = stdout(&house.run(&ask));
    assert!(shown.contains("the cap of the day is reached"), "{shown}");
    let status = house.run(&["status"]);
    assert!(stdout(&status).contains("the cap of the day is reached: the local mind decides alone"), "{}", stdout(&status));
}

#[test]
fn labels_measure_the_judge_and_the_automatic_comparison_side_by_side() {
    let house = house(&endpoint());
    house.write("tickets.jsonl", past_tickets(72, false));
    let run = ["simulate", "tickets.jsonl", "--out", "judged", "--mind", "model", "--blocks", "4", "--examples-max", "24", "--lexical"];
    let output = house.run(&run);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    let labelled = house.feed(&["simulate", "label", "judged", "--count", "14"], "w\n".repeat(2).as_bytes());
    assert!(stdout(&labelled).contains("ten are needed"), "two labels correct nothing: {}", stdout(&labelled));
    // The same sample goes on where it stopped: the person calls all others right.
    let labelled = house.feed(&["simulate", "label", "judged", "--count", "14"], "r\n".repeat(14).as_bytes());
    assert!(labelled.status.success(), "{}", stderr(&labelled));
    let labels: Vec<(String, bool)> = json_lines(&house, "judged/labels.jsonl")
        .iter()
        .map(|label| (label["ticket"].as_str().unwrap().to_owned(), label["is_right"].as_bool().unwrap()))
        .collect();
    assert_eq!(labels.len(), 16);
    let verdict_of = |ticket: &str| {
        let lines = json_lines(&house, "judged/tickets.jsonl");
        lines.iter().find(|line| line["ticket"] == ticket).unwrap()["scores"]["reply"]["verdict"].as_str().unwrap() == "contradicts"
    };
    let strict = labels.iter().filter(|(ticket, is_right)| *is_right && verdict_of(ticket)).count();
    let mild = labels.iter().filter(|(ticket, is_right)| !*is_right && !verdict_of(ticket)).count();
    assert!(strict > 0, "the judge was too strict with some of {labels:?}");
    let report: Value = serde_json::from_slice(&std::fs::read(house.path("judged/report.json")).unwrap()).unwrap();
    let corrected = &report["headline"]["corrected"];
    let errors =
        |who: &str| [&corrected[who]["wrongly_right"]["count"], &corrected[who]["wrongly_wrong"]["count"]].map(|n| n.as_u64().unwrap());
    assert_eq!(errors("judge"), [mild as u64, strict as u64], "{corrected}");
    assert_eq!(errors("automatic"), [2, 0], "by words alone every reply says the same: {corrected}");
    let said = stdout(&labelled);
    assert!(
        said.contains("The judge called") && said.contains("The automatic comparison called") && said.contains("prediction-powered"),
        "{said}"
    );
    let page = std::fs::read_to_string(house.path("judged/report.html")).unwrap();
    assert!(page.contains("The judge called") && page.contains("By 16 labels of a person"), "the page says so too");
}

fn json_lines(house: &House, name: &str) -> Vec<Value> {
    std::fs::read_to_string(house.path(name)).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
