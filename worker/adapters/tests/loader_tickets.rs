//! Files of past tickets, through the public door.
#![allow(clippy::unwrap_used, clippy::panic)]

use adapters::loader::combined::CombinedLoader;
use adapters::loader::tickets_csv::TicketsCsv;
use adapters::loader::tickets_jsonl::TicketsJsonl;
use flate2::Compression;
use flate2::write::GzEncoder;
use knowledge::ports::loader::{Item, Loader};
use knowledge::source::{Source, SourceId, SourceKind};
use std::fs;
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;
use triage::past::{PastTicket, Resolution};
use triage::ticket::Author;

const GOOD: &str = r#"{"ticket_id": "T-1", "created_at": "2026-03-02T14:45:42Z", "channel": "sms", "customer": "+33199001401", "lang": "fr",
 "intents": ["refund_status"], "tags": ["refund"], "messages": [{"role": "customer", "at": "2026-03-02T14:45:42Z", "text": "mon remboursement ?"},
 {"role": "agent", "at": "2026-03-02T14:49:24Z", "text": "Sous 5 jours."}], "resolution": {"status": "resolved", "by": "agent"}}"#;

fn good(id: &str) -> String {
    GOOD.replace('\n', " ").replace("T-1", id)
}

fn source(location: &Path, columns: &[(&str, &str)]) -> Source {
    let columns = columns.iter().map(|(field, column)| ((*field).to_owned(), (*column).to_owned())).collect();
    Source {
        id: SourceId("last-year".to_owned()),
        kind: SourceKind::Tickets { columns },
        location: location.to_str().unwrap().to_owned(),
        language: None,
        valid_from: None,
    }
}

fn load(loader: &dyn Loader, name: &str, bytes: &[u8], columns: &[(&str, &str)]) -> (Vec<PastTicket>, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let (mut tickets, mut refused) = (Vec::new(), Vec::new());
    for item in loader.items(&source(&path, columns)).unwrap() {
        match item {
            Item::Ticket(ticket) => tickets.push(*ticket),
            Item::Refused(line) => refused.push(format!("{}: {}", line.name, line.reason)),
            Item::Document(_) => panic!("a ticket file holds no document"),
        }
    }
    (tickets, refused)
}

fn ids(tickets: &[PastTicket]) -> Vec<&str> {
    tickets.iter().map(|past| past.ticket.id.0.as_str()).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_ticket_is_read_with_all_that_is_known_of_it() {
    let (tickets, refused) = load(&CombinedLoader::default(), "t.jsonl", good("T-1").as_bytes(), &[]);
    assert!(refused.is_empty(), "{refused:?}");
    let past = &tickets[0];
    assert_eq!(past.ticket.customer.reveal(), "+33199001401");
    assert_eq!(past.ticket.messages.iter().map(|message| message.author).collect::<Vec<_>>(), [Author::Customer, Author::Agent]);
    assert_eq!(past.ticket.messages[1].text, "Sous 5 jours.");
    assert_eq!(past.intents[0].0, "refund_status");
    assert_eq!(past.language.unwrap().code(), "fr");
    assert_eq!(past.resolution, Resolution::Resolved);
    assert!(past.ticket.tags[0].at > past.ticket.messages[1].at, "a replay must not see the tags of the end");
}

#[test]
fn bad_lines_are_named_and_the_rest_goes_on() {
    let secret = "my card is 4111";
    let lines = [
        good("T-1"),
        "{not json".to_owned(),
        String::new(),
        r#"{"messages": []}"#.to_owned(),
        r#"{"ticket_id": 5, "messages": [{"role": "customer", "text": "hi"}]}"#.to_owned(),
        r#"{"ticket_id": "T-6", "created_at": "2026-01-01", "messages": [{"role": "wizard", "text": "hi"}]}"#.to_owned(),
        format!(r#"{{"ticket_id": "T-7", "created_at": "2026-01-01", "messages": [{{"role": "customer", "text": ["{secret}"]}}]}}"#),
        r#"{"ticket_id": "T-8", "created_at": "soon", "messages": [{"role": "customer", "text": "hi"}]}"#.to_owned(),
        r#"{"ticket_id": "T-9", "created_at": "2026-01-01", "messages": [{"role": "agent", "text": "hi"}]}"#.to_owned(),
        good("T-1"),
        good("T-11"),
    ];
    let (tickets, refused) = load(&CombinedLoader::default(), "t.jsonl", lines.join("\n").as_bytes(), &[]);
    assert_eq!(ids(&tickets), ["T-1", "T-11"]);
    let expected = [
        "line 2: no valid JSON",
        "line 4: `ticket_id` is missing",
        "line 5: message 1 has no `at`",
        "line 6: message 1 has no known `role`",
        "line 7: message 1: `text` is no text",
        "line 8: `created_at` is no time",
        "line 9: it has no message of the customer",
        "line 10: its id stands earlier in the file",
    ];
    assert_eq!(refused.len(), expected.len(), "{refused:?}");
    for (reason, start) in refused.iter().zip(expected) {
        assert!(reason.starts_with(start), "{reason}");
        assert!(!reason.contains(secret), "a reason repeats no message");
    }
}

#[test]
fn a_line_that_is_too_long_and_bytes_that_are_no_text_are_refused() {
    let loader = TicketsJsonl { line_bytes_max: 1_000, ..TicketsJsonl::default() };
    let mut bytes = format!("{}\n{}\n", "x".repeat(5_000), good("T-2")).into_bytes();
    bytes.extend(b"{\"ticket_id\": \"\xff\"}\n");
    bytes.extend(good("T-4").into_bytes());
    let (tickets, refused) = load(&loader, "t.jsonl", &bytes, &[]);
    assert_eq!(ids(&tickets), ["T-2", "T-4"]);
    assert!(refused[0].starts_with("line 1: longer than 1000 bytes"), "{refused:?}");
    assert!(refused[1].starts_with("line 3: not UTF-8"), "{refused:?}");
}

#[test]
fn a_packed_file_is_unpacked_up_to_a_limit_and_a_torn_one_is_named() {
    let text = format!("{}\n{}\n", good("T-1"), good("T-2"));
    let (tickets, refused) = load(&CombinedLoader::default(), "t.jsonl.gz", &gzip(&text), &[]);
    assert_eq!((ids(&tickets), refused.len()), (vec!["T-1", "T-2"], 0));

    let bomb = format!("{}\n{}", good("T-1"), " ".repeat(1_000_000));
    let loader = TicketsJsonl { unpacked_bytes_max: 10_000, ..TicketsJsonl::default() };
    let (tickets, refused) = load(&loader, "t.jsonl.gz", &gzip(&bomb), &[]);
    assert_eq!(ids(&tickets), ["T-1"]);
    assert!(refused[0].starts_with("line 2: the file unpacks to more than 10000 bytes"), "{refused:?}");

    let mut torn = gzip(&text);
    torn.truncate(torn.len() - 12);
    let (_, refused) = load(&CombinedLoader::default(), "t.jsonl.gz", &torn, &[]);
    assert!(refused.last().unwrap().contains("cannot be read on"), "{refused:?}");
}

#[test]
fn a_row_of_a_table_is_a_ticket() {
    let columns =
        [("ticket_id", "Id"), ("text", "Question"), ("answer", "Reply"), ("intent", "Category"), ("at", "Created"), ("lang", "Lang")];
    let table = "\u{feff}Id;Category;Created;Question;Reply;Lang\n\
                 7;refund;2026-03-02 14:45:42;\"Where is it;\nplease?\";On its way.;fr\n\
                 8;;2026-03-03;Hello?;;\n\
                 9;refund;someday;Hi;There;en\n\
                 10;refund;2026-03-04;;There;en\n\
                 7;refund;2026-03-04;Again;There;en\n";
    let (tickets, refused) = load(&CombinedLoader::default(), "t.csv", table.as_bytes(), &columns);
    assert_eq!(ids(&tickets), ["7", "8"]);
    let first = &tickets[0].ticket;
    assert_eq!(first.messages[0].text, "Where is it;\nplease?");
    assert_eq!(first.messages[1].at.duration_since(first.messages[0].at).as_secs(), 60);
    assert!(first.customer.reveal().starts_with("+1555"), "no number in the table: a stand-in that reaches nobody");
    assert_eq!(tickets[0].intents[0].0, "refund");
    assert_eq!(tickets[1].ticket.messages.len(), 1);
    assert_eq!(
        refused,
        [
            "line 5: its at is no time: write it as 2026-03-02T14:45:42Z",
            "line 6: it has no message of the customer",
            "line 7: its id stands earlier in the file",
        ]
    );
}

#[test]
fn a_table_that_is_too_long_ends_with_a_word() {
    let table = format!("Question\nfirst\n{}\n", "y".repeat(500));
    let (tickets, refused) =
        load(&TicketsCsv { bytes_max: 100, ..TicketsCsv::default() }, "t.csv", table.as_bytes(), &[("text", "Question")]);
    assert_eq!(ids(&tickets), ["row-1"]);
    assert_eq!(refused.len(), 1);
    assert!(refused[0].contains("more than 100 bytes"), "{refused:?}");
}

#[test]
fn a_file_that_cannot_be_read_as_a_whole_is_an_error_with_a_hint() {
    let folder = TempDir::new().unwrap();
    let error = |name: &str, text: Option<&str>, columns: &[(&str, &str)]| {
        let path = folder.path().join(name);
        if let Some(text) = text {
            fs::write(&path, text).unwrap();
        }
        CombinedLoader::default().items(&source(&path, columns)).err().unwrap().to_string()
    };
    assert!(error("missing.jsonl", None, &[]).contains("check the path"));
    assert!(error("t.xlsx", Some(""), &[]).contains("save it as .jsonl, .json or .csv"));
    assert!(error("t.csv", Some("A,B\n"), &[("text", "C")]).contains("it has: A, B"));
    assert!(error("t.csv", Some("A,B\n"), &[("answer", "A")]).contains("text=COLUMN"));
    assert!(error("t.csv", Some("A,B\n"), &[("words", "A")]).contains("is no field"));
    fs::create_dir(folder.path().join("d.jsonl")).unwrap();
    assert!(error("d.jsonl", None, &[]).contains("name the file"));
}

#[test]
fn a_table_that_calls_its_columns_as_we_do_needs_no_map() {
    let table = "Ticket_ID,at,text,answer\nT-1,2026-03-02T14:45:42Z,when do you open,at nine\n";
    let (tickets, refused) = load(&TicketsCsv::default(), "t.csv", table.as_bytes(), &[]);
    assert_eq!((tickets.len(), refused.len()), (1, 0));
    assert_eq!(tickets[0].ticket.id.0, "T-1");
    // A map for one column leaves the others as they are called.
    let table = table.replace("text", "Question");
    let (tickets, _) = load(&TicketsCsv::default(), "t.csv", table.as_bytes(), &[("text", "Question")]);
    assert_eq!((tickets[0].ticket.id.0.as_str(), tickets[0].ticket.messages.len()), ("T-1", 2));
}
