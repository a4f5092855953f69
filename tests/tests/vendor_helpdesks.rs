//! Intercom, Zendesk, Chatwoot and the plain webhook under the contract of the helpdesk port, and what each does in its own way.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use adapters::clock::manual::ManualClock;
use adapters::helpdesk::chatwoot::desk::ChatwootHelpdesk;
use adapters::helpdesk::chatwoot::settings::ChatwootSettings;
use adapters::helpdesk::intercom::desk::IntercomHelpdesk;
use adapters::helpdesk::webhook::{WebhookHelpdesk, WebhookSettings};
use adapters::helpdesk::zendesk::desk::ZendeskHelpdesk;
use adapters::helpdesk::zendesk::settings::ZendeskSettings;
use adapters::secret::Secret;
use adapters::sms_gateway::helpdesk::{Channel, HelpdeskSmsGateway};
use jiff::Timestamp;
use runtime::conversation::Conversation;
use runtime::effect::EffectKey;
use runtime::inbound::Act;
use runtime::ports::archive::Archive;
use runtime::ports::helpdesk::{Helpdesk, HelpdeskError};
use runtime::ports::sms_gateway::{OutboundSms, SendError, SmsGateway};
use std::sync::Arc;
use tests::contracts::helpdesk::{all, conversation};
use tests::fakes::address::{FakeAddress, SECRET};
use tests::fakes::chatwoot::{self, FakeChatwoot};
use tests::fakes::intercom::FakeIntercom;
use tests::fakes::zendesk::{self, FakeZendesk};
use tests::prism::{self, Description, Prism};
use tests::vendor_house::{COMPANY, CUSTOMER, intercom_settings};
use triage::phone::PhoneNumber;
use triage::ticket::{Author, Tag, Team};

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-11-02T15:00:00Z".parse().unwrap()))
}

/// An Intercom behind Prism where it is there, with one SMS conversation.
async fn intercom(test: &str, beside: bool) -> (FakeIntercom, IntercomHelpdesk, Conversation, String, Option<Prism>) {
    let fake = FakeIntercom::new(clock());
    let id = fake.begins(CUSTOMER, "do gift cards expire?");
    let address = fake.serve().await.unwrap();
    let prism = prism::before(test, Description::Intercom, &address);
    let url = prism.as_ref().map_or(address, |prism| prism.url.clone());
    let desk = IntercomHelpdesk::new(intercom_settings(&url), number(COMPANY), beside).unwrap();
    (fake, desk, conversation(&format!("intercom-{id}")), id, prism)
}

async fn zendesk(test: &str) -> (FakeZendesk, ZendeskHelpdesk, Conversation, Option<Prism>) {
    let fake = FakeZendesk::default();
    let address = fake.serve().await.unwrap();
    let prism = prism::before(test, Description::Zendesk, &address);
    let settings = ZendeskSettings {
        email: "bot@example.com".to_owned(),
        api_token: Secret::new("token"),
        signing_secret: Secret::default(),
        channel: "sms".to_owned(),
        base_url: prism.as_ref().map_or(address, |prism| prism.url.clone()),
    };
    (fake, ZendeskHelpdesk::new(settings, number(COMPANY)).unwrap(), conversation("zendesk-151"), prism)
}

async fn chatwoot(test: &str) -> (FakeChatwoot, ChatwootHelpdesk, Conversation, Option<Prism>) {
    let fake = FakeChatwoot::default();
    let address = fake.serve().await.unwrap();
    let prism = prism::before(test, Description::Chatwoot, &address);
    let settings = ChatwootSettings {
        account: 1,
        access_token: Secret::new("token"),
        webhook_secret: Secret::default(),
        path_secret: Secret::default(),
        base_url: prism.as_ref().map_or(address, |prism| prism.url.clone()),
    };
    (fake, ChatwootHelpdesk::new(&settings, number(COMPANY)).unwrap(), conversation("chatwoot-42"), prism)
}

async fn address() -> (FakeAddress, WebhookHelpdesk) {
    let fake = FakeAddress::default();
    let settings = WebhookSettings { url: fake.serve().await.unwrap(), secret: Secret::new(SECRET), wants_record: true };
    (fake, WebhookHelpdesk::new(settings, clock()).unwrap())
}

fn sms(ticket: &str) -> OutboundSms {
    OutboundSms {
        key: EffectKey("D9-0".to_owned()),
        ticket: conversation(ticket).ticket,
        attempts: 0,
        from: number(COMPANY),
        to: number(CUSTOMER),
        text: "They never expire: <ever> & ever.".to_owned(),
    }
}

#[tokio::test]
async fn helpdesks_of_vendors_keep_their_promises() {
    let (fake, desk, of, id, _prism) = intercom("the contract of a helpdesk over Intercom", false).await;
    let notes = |parts: Vec<(String, String)>| parts.iter().filter(|(kind, _)| kind == "note").count();
    all(&desk, &of, || notes(fake.parts(&id)) + fake.tags(&id).len()).await;
    assert!(fake.notes_html(&id).contains("<a href=\"https://help.example.com/returns\">"), "what a draft rests on is a link");
    let (fake, desk, of, _prism) = zendesk("the contract of a helpdesk over Zendesk").await;
    let count = || {
        let ticket = fake.ticket();
        ticket.comments.len() + ticket.tags.len()
    };
    all(&desk, &of, count).await;
    let (fake, desk, of, _prism) = chatwoot("the contract of a helpdesk over Chatwoot").await;
    let count = || {
        let conversation = fake.conversation();
        conversation.messages.len() + conversation.labels.len()
    };
    all(&desk, &of, count).await;
    let (fake, desk) = address().await;
    all(&desk, &conversation("a"), || fake.lines().len()).await;
}

#[tokio::test]
async fn a_reply_through_the_helpdesk_is_found_again_and_goes_out_once() {
    let (_fake, desk, of, _, prism) = intercom("a reply through Intercom", false).await;
    is_found_again(Arc::new(desk), &of.ticket.0).await;
    drop(prism);
    let (_fake, desk, of, prism) = zendesk("a reply through Zendesk").await;
    is_found_again(Arc::new(desk), &of.ticket.0).await;
    drop(prism);
    let (_fake, desk, of, _prism) = chatwoot("a reply through Chatwoot").await;
    is_found_again(Arc::new(desk), &of.ticket.0).await;
}

async fn is_found_again(channel: Arc<dyn Channel>, ticket: &str) {
    let (gateway, sms) = (HelpdeskSmsGateway::new(channel), sms(ticket));
    assert_eq!(gateway.find(&sms, Timestamp::UNIX_EPOCH).await.unwrap(), [""; 0], "{ticket}");
    let id = gateway.send(&sms).await.unwrap();
    assert_eq!(gateway.find(&sms, Timestamp::UNIX_EPOCH).await.unwrap(), [id], "{ticket}");
    let other = OutboundSms { text: "something else".to_owned(), ..sms.clone() };
    assert_eq!(gateway.find(&other, Timestamp::UNIX_EPOCH).await.unwrap(), [""; 0], "{ticket}");
    let later: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(gateway.find(&sms, later).await.unwrap(), [""; 0], "not one from before: {ticket}");
}

#[tokio::test]
async fn intercom_shows_what_people_did_and_what_the_customer_said_since() {
    let (fake, desk, of, id, _prism) = intercom("reading Intercom", false).await;
    let authors = async || -> Vec<(Author, String)> {
        let messages = desk.read(&of).await.unwrap();
        messages.into_iter().map(|message| (message.author, message.text)).collect()
    };
    let said = |text: &str| (Author::Customer, text.to_owned());
    assert_eq!(authors().await, [said("do gift cards expire?")]);
    desk.reply(&of, &sms(&of.ticket.0)).await.unwrap();
    fake.customer_writes(&id, "<p>and vouchers?</p>");
    assert_eq!(authors().await, [said("and vouchers?")], "our own answer is between");
    fake.person_answers(&id, "Priya here");
    fake.customer_writes(&id, "thanks");
    assert_eq!(authors().await, [(Author::Agent, "Priya here".to_owned()), said("thanks")]);
    fake.person_takes(&id);
    assert_eq!(
        authors().await,
        [(Author::Agent, "Priya here".to_owned()), (Author::Agent, String::new())],
        "all that people did since our answer"
    );
    let again = desk.read_by_id(&id).await.unwrap();
    assert_eq!(again, desk.read(&of).await.unwrap(), "however it is named");
    assert_eq!((again[0].from.reveal(), again[0].to.reveal()), (CUSTOMER, COMPANY));
}

#[tokio::test]
async fn intercom_assigns_snoozes_closes_and_takes_tags_off() {
    let (fake, desk, of, id, _prism) = intercom("assigning in Intercom", false).await;
    assert!(desk.assign(&of, &Team("Support".to_owned())).await.unwrap());
    assert!(!desk.assign(&of, &Team("nobody".to_owned())).await.unwrap());
    desk.snooze(&of, "2026-11-03T09:00:00Z".parse().unwrap()).await.unwrap();
    desk.open(&of).await.unwrap();
    desk.close(&of).await.unwrap();
    let kinds: Vec<String> = fake.parts(&id).into_iter().skip(1).map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["assignment", "snoozed", "open", "close"]);
    let tag = Tag("returns".to_owned());
    desk.tag(&EffectKey("D1-0".to_owned()), &of, &[tag.clone(), Tag("parcel".to_owned())]).await.unwrap();
    desk.untag(&of, &tag).await.unwrap();
    assert_eq!(fake.tags(&id), ["parcel"]);
}

#[tokio::test]
async fn beside_intercom_a_conversation_is_made_once_and_the_customers_words_are_not_read_back() {
    let (fake, desk, _, _, _prism) = intercom("beside Intercom", true).await;
    let stranger = Conversation { customer: number("+33612345678"), ..conversation("sms-1") };
    assert!(desk.read(&stranger).await.unwrap().is_empty());
    for (key, text) in [("D1-0", "bonjour"), ("D1-1", "vous ouvrez quand ?"), ("D1-1", "vous ouvrez quand ?")] {
        desk.record(&EffectKey(key.to_owned()), &stranger, Author::Customer, text).await.unwrap();
    }
    let id = fake.desk().conversations.last().unwrap()["id"].as_str().unwrap().to_owned();
    let texts: Vec<String> = fake.parts(&id).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["bonjour", "vous ouvrez quand ?"]);
    assert!(desk.read(&stranger).await.unwrap().is_empty(), "it came by the gateway");
    fake.person_answers(&id, "Léa ici");
    assert_eq!(desk.read(&stranger).await.unwrap()[0].ticket_id(), stranger.ticket);
    let ids = desk.changed_since("2026-11-02T14:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!(ids.len(), 2, "pages are turned");
}

#[tokio::test]
async fn past_conversations_and_published_articles_are_fetched_for_the_knowledge() {
    let (fake, desk, _, id, _prism) = intercom("past tickets of Intercom", false).await;
    assert_eq!(desk.past_ticket(&id).await.unwrap(), None, "nobody has answered");
    fake.person_answers(&id, "<p>They never expire.</p>");
    let ticket = desk.past_ticket(&id).await.unwrap().unwrap();
    let said: Vec<(&str, &str)> = ticket.messages.iter().map(|message| (message.role, message.text.as_str())).collect();
    assert_eq!(said, [("customer", "do gift cards expire?"), ("agent", "They never expire.")]);
    assert_eq!(desk.past_tickets("2026-11-01T00:00:00Z".parse().unwrap()).await.unwrap(), [id]);
    let articles = desk.articles().await.unwrap();
    assert_eq!(articles.iter().map(|article| article.id.as_str()).collect::<Vec<_>>(), ["11"], "a draft is nobody's knowledge");
    assert_eq!(articles[0].url, "https://help.example.com/1");
    let (fake, desk, _, _prism) = chatwoot("past tickets of Chatwoot").await;
    fake.message(0, 5, "do gift cards expire?", false);
    assert_eq!(desk.past_ticket("42").await.unwrap(), None, "nobody has answered");
    for number in 0..45 {
        fake.message(1, chatwoot::PERSON, &format!("line {number}"), number % 2 == 1);
    }
    let ticket = desk.past_ticket("42").await.unwrap().unwrap();
    let said: Vec<&str> = ticket.messages.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(
        (said.len(), said[0], said[23]),
        (24, "do gift cards expire?", "line 44"),
        "pages are turned, and notes are nobody's answer"
    );
    assert_eq!((ticket.channel.as_str(), desk.past_tickets(Timestamp::UNIX_EPOCH).await.unwrap().len()), ("sms", 1));
    let articles = desk.articles().await.unwrap();
    assert_eq!(articles.iter().map(|article| article.id.as_str()).collect::<Vec<_>>(), ["21"], "a draft is nobody's knowledge");
    assert!(articles[0].url.ends_with("/hc/handbook/articles/21-gift-cards"), "{}", articles[0].url);
    let (fake, desk, _, _prism) = zendesk("past tickets of Zendesk").await;
    let articles = desk.articles().await.unwrap();
    assert_eq!(articles.iter().map(|article| article.url.as_str()).collect::<Vec<_>>(), ["https://shop.example/hc/31"]);
    fake.comment(zendesk::CUSTOMER, "where is my parcel", true);
    fake.comment(zendesk::PERSON, "look at the shed", false);
    fake.comment(zendesk::PERSON, "It is on its way.", true);
    let ticket = desk.past_ticket("151").await.unwrap().unwrap();
    assert_eq!(ticket.messages.iter().map(|message| message.role).collect::<Vec<_>>(), ["customer", "agent"], "a note is nobody's answer");
}

#[tokio::test]
async fn zendesks_tags_are_added_and_a_private_comment_is_no_answer() {
    let (fake, desk, of, _prism) = zendesk("reading Zendesk").await;
    fake.comment(zendesk::CUSTOMER, "where is my parcel", true);
    fake.ticket().tags.push("vip".to_owned());
    desk.tag(&EffectKey("D1-0".to_owned()), &of, &[Tag("parcel".to_owned())]).await.unwrap();
    assert_eq!(fake.ticket().tags, ["vip", "parcel"]);
    desk.escalate(&EffectKey("D1-1".to_owned()), &of, Some(&Team("support".to_owned())), Default::default(), "look").await.unwrap();
    assert_eq!(fake.ticket().group, Some(31));
    assert_eq!(fake.ticket().comments[1]["public"], false);
    assert_eq!(desk.read_by_id("151").await.unwrap().len(), 1, "the note is no answer");
    fake.comment(zendesk::PERSON, "I have it", true);
    fake.comment(zendesk::CUSTOMER, "great", true);
    let authors: Vec<Author> = desk.read(&of).await.unwrap().into_iter().map(|message| message.author).collect();
    assert_eq!(authors, [Author::Agent, Author::Customer]);
    assert_eq!(desk.changed_since(Timestamp::UNIX_EPOCH).await.unwrap(), ["151"]);
}

#[tokio::test]
async fn chatwoots_labels_are_merged_and_whoever_is_assigned_has_it() {
    let (fake, desk, of, _prism) = chatwoot("reading Chatwoot").await;
    fake.message(0, 5, "where is my parcel", false);
    fake.conversation().labels.push("vip".to_owned());
    desk.tag(&EffectKey("D1-0".to_owned()), &of, &[Tag("Parcel".to_owned())]).await.unwrap();
    assert_eq!(fake.conversation().labels, ["vip", "parcel"]);
    desk.escalate(&EffectKey("D1-1".to_owned()), &of, Some(&Team("support".to_owned())), Default::default(), "look").await.unwrap();
    assert_eq!(fake.conversation().team, Some(3));
    assert_eq!(fake.conversation().status, "open");
    assert_eq!(desk.read_by_id("42").await.unwrap()[0].author, Author::Customer);
    fake.conversation().assignee = Some(chatwoot::PERSON);
    assert_eq!(desk.read(&of).await.unwrap()[0].author, Author::Agent);
    assert_eq!(desk.changed_since(Timestamp::UNIX_EPOCH).await.unwrap(), ["42"]);
}

/// What the newest thing that a desk tells of does.
async fn newest_act(desk: &dyn Helpdesk, of: &Conversation) -> Option<Act> {
    desk.read(of).await.unwrap().last().map(|message| message.act)
}

#[tokio::test]
async fn whoever_solves_lets_go_or_says_so_in_a_note_gives_the_ticket_back() {
    let (fake, desk, of, _prism) = zendesk("a Zendesk ticket is given back").await;
    fake.comment(zendesk::CUSTOMER, "where is my parcel", true);
    fake.ticket().assignee = Some(zendesk::PERSON);
    assert_eq!(desk.read(&of).await.unwrap()[0].author, Author::Agent, "a person has it");
    fake.ticket().assignee = None;
    assert_eq!(newest_act(&desk, &of).await, Some(Act::HandBack), "let go");
    assert_eq!(newest_act(&desk, &of).await, Some(Act::Said), "said once");
    fake.ticket().assignee = Some(zendesk::PERSON);
    fake.ticket().is_solved = true;
    assert_eq!(newest_act(&desk, &of).await, Some(Act::HandBack), "solved, it is nobody's");
    fake.ticket().is_solved = false;
    fake.comment(zendesk::PERSON, "Whimbrel, continue", false);
    let read = desk.read(&of).await.unwrap();
    assert_eq!((read.last().unwrap().act, read.iter().any(|message| message.text.contains("continue"))), (Act::HandBack, false));
    let (fake, desk, of, _prism) = chatwoot("a Chatwoot conversation is given back").await;
    fake.message(0, 5, "where is my parcel", false);
    fake.conversation().assignee = Some(chatwoot::PERSON);
    assert_eq!(desk.read(&of).await.unwrap()[0].author, Author::Agent);
    fake.conversation().status = "pending".to_owned();
    assert_eq!(newest_act(&desk, &of).await, Some(Act::HandBack), "the bot has it");
    fake.conversation().status = "open".to_owned();
    fake.message(1, chatwoot::PERSON, "/whimbrel continue", true);
    assert_eq!(newest_act(&desk, &of).await, Some(Act::HandBack), "by a note");
}

#[tokio::test]
async fn a_plain_webhook_gets_the_key_and_the_same_key_for_the_same_send() {
    let (fake, desk) = address().await;
    let gateway = HelpdeskSmsGateway::new(Arc::new(desk));
    let sent = gateway.send(&sms("a")).await.unwrap();
    assert_eq!(gateway.find(&sms("a"), Timestamp::UNIX_EPOCH).await.unwrap(), std::slice::from_ref(&sent));
    assert_eq!((fake.lines().len(), sent.as_str()), (1, "theirs-D9-0"));
    assert_eq!(fake.lines()["D9-0"]["to"], CUSTOMER);
}

#[tokio::test]
async fn what_is_not_there_is_refused_and_who_does_not_answer_is_asked_again() {
    let (_fake, desk, _, _, _prism) = intercom("an unknown conversation", false).await;
    let gone = conversation("intercom-1");
    let error = desk.tag(&EffectKey("D1-0".to_owned()), &gone, &[]).await.err();
    assert!(error.is_none(), "no call was needed");
    assert!(matches!(desk.read(&gone).await, Err(HelpdeskError::Refused { problem }) if problem.contains("404")));
    let nobody = IntercomHelpdesk::new(intercom_settings("http://127.0.0.1:9"), number(COMPANY), false).unwrap();
    assert!(matches!(nobody.read(&gone).await, Err(HelpdeskError::Again { .. })));
    let send = HelpdeskSmsGateway::new(Arc::new(nobody)).send(&sms("intercom-1")).await;
    assert!(matches!(send, Err(SendError::Again { .. })), "nothing was sent: {send:?}");
}
