//! Training, the model file and the classifier on top.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use jiff::Timestamp;
use knowledge::learned::classifier::{LocalClassifier, UNTRAINED};
use knowledge::learned::example::{Example, examples_of};
use knowledge::learned::hashed_embedder::HashedEmbedder;
use knowledge::learned::model::{FORMAT, MAGIC, Model, ModelError};
use knowledge::learned::training::{TrainError, train};
use knowledge::ports::embedder::{Embedder, EmbedderError, Embedding};
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};
use triage::case::Case;
use triage::classification::Classification;
use triage::intent::{Intent, IntentCatalog, IntentName};
use triage::language::Language;
use triage::past::{PastTicket, Resolution};
use triage::phone::PhoneNumber;
use triage::ports::Classifier;
use triage::ticket::{Author, Message, MessageId, Ticket, TicketId};

const TEXTS: [(&str, &[&str]); 6] = [
    (
        "opening_hours",
        &["when do you open", "what time do you close", "are you open on sunday", "opening hours please", "how late is the store open"],
    ),
    ("order_status", &["where is my order", "has my order shipped", "track my order", "my order has not arrived", "order status please"]),
    ("refund", &["i want a refund", "when do i get my refund", "refund not here yet", "money back please", "how long does a refund take"]),
    ("repair", &["my bike needs a repair", "can you fix a flat tire", "repair my brakes", "book a repair", "how long is the repair queue"]),
    ("gift_card", &["do gift cards expire", "buy a gift card", "gift card balance", "can i use a gift card online", "lost my gift card"]),
    ("shipping", &["do you ship to canada", "shipping cost", "how long is delivery", "international shipping", "is shipping free"]),
];

fn examples() -> Vec<Example> {
    let of = |(intent, texts): &(&str, &[&str])| {
        let name = IntentName((*intent).to_owned());
        texts.iter().map(move |text| Example { text: (*text).to_owned(), intent: name.clone(), language: None }).collect::<Vec<_>>()
    };
    TEXTS.iter().flat_map(of).collect()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn trained(examples: &[Example], catalog: &IntentCatalog) -> Result<Model, TrainError> {
    run(train(examples, catalog, &HashedEmbedder, 1))
}

static MODEL: LazyLock<Model> = LazyLock::new(|| trained(&examples(), &IntentCatalog::default()).unwrap());

fn message(author: Author, at_s: i64, text: &str) -> Message {
    Message {
        id: MessageId(format!("m{at_s}")),
        author,
        at: Timestamp::from_second(1_780_000_000 + at_s).unwrap(),
        text: text.to_owned(),
        media: Vec::new(),
        carrier_answered: false,
    }
}

fn ticket(messages: Vec<Message>) -> Ticket {
    Ticket {
        id: TicketId("t".to_owned()),
        customer: PhoneNumber::parse("+12025550142").unwrap(),
        messages,
        tags: Vec::new(),
        owners: Vec::new(),
        opted_out: Vec::new(),
    }
}

fn case(messages: Vec<Message>) -> Case {
    let newest = messages.last().unwrap().id.clone();
    Case::at(&ticket(messages), &newest).unwrap()
}

fn classify(classifier: &LocalClassifier, case: &Case) -> Classification {
    run(classifier.classify(case, &case.text())).unwrap()
}

fn local() -> LocalClassifier {
    LocalClassifier::new(Arc::new(MODEL.clone()), Arc::new(HashedEmbedder)).unwrap()
}

fn first_of(text: &str) -> String {
    classify(&local(), &case(vec![message(Author::Customer, 0, text)])).first().unwrap().name.0.clone()
}

#[test]
fn unseen_words_find_their_intent() {
    for (text, intent) in [
        ("wats the status of my ordr", "order_status"),
        ("what time do u open tmrw", "opening_hours"),
        ("give me my refund", "refund"),
        ("need my brakes repaired", "repair"),
        ("does a giftcard expire", "gift_card"),
        ("shipping to canada cost?", "shipping"),
    ] {
        assert_eq!(first_of(text), intent, "{text}");
    }
}

#[test]
fn probabilities_are_ranked_and_sum_to_one() {
    let classification = classify(&local(), &case(vec![message(Author::Customer, 0, "where is my refund")]));
    let sum: f64 = classification.intents.iter().map(|intent| intent.probability).sum();
    assert!((sum - 1.0).abs() < 1e-3, "{sum}");
    assert!(classification.intents.windows(2).all(|pair| pair[0].probability >= pair[1].probability));
    assert_eq!(classification.intents.len(), 6);
    assert_eq!(classification.model, MODEL.name());
}

#[test]
fn a_message_about_nothing_known_is_more_likely_out_of_scope() {
    let out = |text: &str| classify(&local(), &case(vec![message(Author::Customer, 0, text)])).out_of_scope;
    assert!(out("who won the football match yesterday evening") > out("where is my order"));
    assert!(out("where is my order") < 0.5);
}

#[test]
fn the_same_training_gives_the_same_model() {
    let again = trained(&examples(), &IntentCatalog::default()).unwrap();
    assert_eq!(again.to_bytes().unwrap(), MODEL.to_bytes().unwrap());
    assert!(again.name().starts_with("local-"));
}

#[test]
fn examples_of_the_catalogue_count_and_its_list_is_closed() {
    let intent = |name: &str, examples: &[&str]| Intent {
        name: IntentName(name.to_owned()),
        description: String::new(),
        examples: examples.iter().map(|text| (*text).to_owned()).collect(),
        team: None,
    };
    let catalog = IntentCatalog { intents: vec![intent("parking", &["where can i park", "is there parking"]), intent("refund", &[])] };
    let model = trained(&examples(), &catalog).unwrap();
    let names: Vec<&str> = model.parts().intents.iter().map(|name| name.0.as_str()).collect();
    assert_eq!(names, ["parking", "refund"]);
}

#[test]
fn a_few_labels_of_out_of_scope_are_left_out_and_enough_make_a_class() {
    let outside = |count: usize| {
        (0..count).map(|i| Example {
            text: format!("nice weather number {}", ["one", "two", "three", "four", "five"][i]),
            intent: IntentName("oos".to_owned()),
            language: None,
        })
    };
    let names = |count: usize| {
        let all: Vec<Example> = examples().into_iter().chain(outside(count)).collect();
        trained(&all, &IntentCatalog::default()).unwrap().parts().intents.len()
    };
    assert_eq!((names(4), names(5)), (6, 7));
}

#[test]
fn nothing_to_learn_from_is_said() {
    assert!(matches!(trained(&[], &IntentCatalog::default()), Err(TrainError::NoExamples)));
}

#[test]
fn one_intent_is_enough_for_a_model() {
    let only: Vec<Example> = examples().into_iter().filter(|example| example.intent.0 == "refund").collect();
    let model = trained(&only, &IntentCatalog::default()).unwrap();
    assert_eq!(Model::from_bytes(&model.to_bytes().unwrap()).unwrap(), model);
}

#[test]
fn without_a_model_everything_is_out_of_scope() {
    let untrained = LocalClassifier::untrained(Arc::new(HashedEmbedder));
    let classification = classify(&untrained, &case(vec![message(Author::Customer, 0, "où est ma commande ?")]));
    assert!(classification.intents.is_empty());
    assert_eq!((classification.out_of_scope, classification.model.as_str()), (1.0, UNTRAINED));
    assert_eq!(classification.language, Some(Language::FR));
    assert_eq!(classification.asks.len(), 1);
}

#[test]
fn a_short_turn_is_read_with_what_came_before() {
    let history = |newest: &str| {
        case(vec![
            message(Author::Customer, 0, "do you ship to canada"),
            message(Author::Bot, 10, "Yes, within 5 days."),
            message(Author::Customer, 20, newest),
        ])
    };
    let classification = classify(&local(), &history("and mexico?"));
    assert_eq!(classification.first().unwrap().name.0, "shipping");
    assert_eq!(classification.asks[0].text, "do you ship to canada and mexico?");
    assert_eq!(classify(&local(), &history("thanks!")).asks[0].text, "thanks!");
}

#[test]
fn every_ask_has_an_intent_of_its_own_where_it_is_sure() {
    let classification = classify(&local(), &case(vec![message(Author::Customer, 0, "where is my order? do gift cards expire?")]));
    let intents: Vec<Option<&str>> = classification.asks.iter().map(|ask| ask.intent.as_ref().map(|name| name.0.as_str())).collect();
    assert_eq!(intents, [Some("order_status"), Some("gift_card")]);
}

#[test]
fn a_bare_greeting_has_no_ask() {
    let classification = classify(&local(), &case(vec![message(Author::Customer, 0, "hey 👋")]));
    assert!(classification.bare_greeting && classification.asks.is_empty());
}

struct Other;

#[async_trait::async_trait]
impl Embedder for Other {
    async fn embed(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        Ok(texts.iter().map(|_| Embedding(vec![1.0])).collect())
    }
    fn name(&self) -> &str {
        "other"
    }
    fn dimensions(&self) -> usize {
        1
    }
}

#[test]
fn a_model_refuses_another_embedder() {
    let refused = LocalClassifier::new(Arc::new(MODEL.clone()), Arc::new(Other)).err().unwrap();
    assert_eq!((refused.trained.as_str(), refused.present.as_str()), ("hashed-384-v1", "other"));
}

#[test]
fn a_past_ticket_teaches_its_opening() {
    let past = |messages: Vec<Message>, intents: &[&str]| PastTicket {
        ticket: ticket(messages),
        intents: intents.iter().map(|name| IntentName((*name).to_owned())).collect(),
        language: None,
        resolution: Resolution::Unknown,
    };
    let burst = vec![
        message(Author::Customer, 0, "where is"),
        message(Author::Customer, 5, "my order"),
        message(Author::Agent, 9, "Here."),
        message(Author::Customer, 20, "ok"),
    ];
    assert_eq!(examples_of(&past(burst.clone(), &["order_status", "x"])).unwrap().text, "where is\nmy order");
    assert_eq!(examples_of(&past(burst, &[])), None);
    let greeted = vec![
        message(Author::Customer, 0, "hi"),
        message(Author::Agent, 5, "Hello!"),
        message(Author::Customer, 9, "do you ship to canada"),
    ];
    assert_eq!(examples_of(&past(greeted, &["shipping"])).unwrap().text, "hi\ndo you ship to canada");
    assert_eq!(examples_of(&past(vec![message(Author::Customer, 0, "hi")], &["shipping"])), None);
}

#[test]
fn a_model_file_reads_back_the_same() {
    let bytes = MODEL.to_bytes().unwrap();
    assert_eq!(Model::from_bytes(&bytes).unwrap(), *MODEL);
    assert_eq!(&bytes[..8], MAGIC);
}

#[test]
fn each_kind_of_wrong_file_has_its_own_error() {
    let bytes = MODEL.to_bytes().unwrap();
    let error = |bytes: &[u8]| Model::from_bytes(bytes).err().unwrap();
    assert_eq!(error(b""), ModelError::Truncated(0));
    assert_eq!(error(&bytes[..9]), ModelError::Truncated(9));
    assert_eq!(error(&bytes[..bytes.len() - 1]), ModelError::Truncated(bytes.len() - 1));
    assert_eq!(error(b"PK\x03\x04 something else"), ModelError::NotAModel);
    let mut other = bytes.clone();
    other[8] = 0xff;
    assert_eq!(error(&other), ModelError::OtherFormat(FORMAT | 0xff));
    let mut damaged = bytes.clone();
    damaged[500] ^= 1;
    assert_eq!(error(&damaged), ModelError::Damaged);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn strangers_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Model::from_bytes(&bytes).is_err());
    }

    #[test]
    fn a_forged_body_is_read_or_refused_without_a_panic(at in 18usize..100_000, value in any::<u8>(), text in "\\PC{0,60}") {
        use sha2::Digest;
        let mut bytes = MODEL.to_bytes().unwrap();
        let end = bytes.len() - 32;
        bytes[18 + at % (end - 18)] = value;
        let digest = sha2::Sha256::digest(&bytes[..end]);
        bytes[end..].copy_from_slice(&digest);
        if let Ok(model) = Model::from_bytes(&bytes) {
            let reading = model.parts().minds.read(&text, &knowledge::learned::hashed_embedder::embed(&text));
            prop_assert_eq!(reading.probabilities.len(), model.parts().intents.len());
        }
    }
}
