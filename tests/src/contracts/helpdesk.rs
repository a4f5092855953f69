//! What every helpdesk promises.

use runtime::conversation::Conversation;
use runtime::effect::{EffectKey, Ground, Proposal};
use runtime::ports::helpdesk::{Helpdesk, HelpdeskError};
use triage::classification::Priority;
use triage::evidence::PassageId;
use triage::phone::PhoneNumber;
use triage::ticket::{Tag, Team, TicketId};

/// A call is made so often at most until its outcome is known.
const CALLS_MAX: usize = 3;

/// Runs every case on a conversation in which nothing was done. `count` says how many things the helpdesk has done so far: notes,
/// proposals, tags.
pub async fn all(helpdesk: &dyn Helpdesk, of: &Conversation, count: impl Fn() -> usize) {
    each_call_twice_does_it_once(helpdesk, of, &count).await;
    another_key_does_it_again(helpdesk, of, &count).await;
}

async fn each_call_twice_does_it_once(helpdesk: &dyn Helpdesk, of: &Conversation, count: impl Fn() -> usize) {
    let (draft, tag, escalate) = (key("D1-0"), key("D1-1"), key("D1-2"));
    let (tags, team) = ([Tag("parcel".to_owned())], Team("support".to_owned()));
    let proposal = Proposal {
        text: "on its way".to_owned(),
        passages: vec![PassageId("p1".to_owned())],
        grounds: vec![Ground {
            title: "Returns".to_owned(),
            place: "handbook/returns.html".to_owned(),
            link: Some("https://help.example.com/returns".to_owned()),
        }],
        reason: "unsure".to_owned(),
        wrong_per_100: Some(12.0),
        team: Some(team.clone()),
        priority: Priority::Normal,
    };
    for done in 0..2 {
        let ids = [
            surely(|| helpdesk.draft(&draft, of, &proposal)).await,
            surely(|| helpdesk.tag(&tag, of, &tags)).await,
            surely(|| helpdesk.escalate(&escalate, of, Some(&team), Priority::High, "please look")).await,
        ];
        assert_eq!(count(), 3, "time {done}");
        let mut different = ids.to_vec();
        different.dedup();
        assert_eq!(different.len(), 3, "each has an id of its own");
    }
}

async fn another_key_does_it_again(helpdesk: &dyn Helpdesk, of: &Conversation, count: impl Fn() -> usize) {
    let before = count();
    let first = helpdesk.escalate(&key("D2-0"), of, None, Priority::Low, "please look").await.unwrap();
    let second = helpdesk.escalate(&key("D3-0"), of, None, Priority::Low, "please look").await.unwrap();
    assert_ne!(first, second);
    assert_eq!(count(), before + 2);
}

/// A conversation with this id.
pub fn conversation(ticket: &str) -> Conversation {
    Conversation { ticket: TicketId(ticket.to_owned()), customer: PhoneNumber::parse("+12025550142").unwrap() }
}

fn key(name: &str) -> EffectKey {
    EffectKey(name.to_owned())
}

/// The id of what was done. A call whose outcome is unknown is made again, as the worker does: a server may close a line that has been
/// idle right when it is used.
async fn surely<Call: Future<Output = Result<String, HelpdeskError>>>(call: impl Fn() -> Call) -> String {
    for _ in 1..CALLS_MAX {
        match call().await {
            Err(HelpdeskError::Unknown { .. }) => {}
            known => return known.unwrap(),
        }
    }
    call().await.unwrap()
}
