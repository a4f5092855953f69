//! What every inbox promises.

use crate::broker::take;
use runtime::ports::inbox::{Delivery, Inbox, Refused};

/// Runs every case on an inbox that holds `one`, `two`, … `five` and nothing else. `again` is the same inbox after a restart.
pub async fn all<I: Inbox>(inbox: I, again: impl AsyncFn(I) -> I) {
    let first = take(&inbox, 2).await.unwrap();
    assert_eq!(payloads(&first), ["one", "two"], "in their order, and no more than asked for");
    assert_eq!(payloads(&take(&inbox, 2).await.unwrap()), ["three", "four"], "what was handed out is not handed out again");
    assert!(inbox.waiting().await.unwrap() >= 4, "what was handed out and is not settled is waited for");
    inbox.settle(&tags(&first)).await.unwrap();
    inbox.settle(&tags(&first)).await.unwrap();
    let inbox = again(inbox).await;
    let mut rest = take(&inbox, 3).await.unwrap();
    // A spool keeps its files whole: what was settled may come again beside the rest.
    for _ in 0..2 {
        if !payloads(&rest).contains(&"five") {
            rest.extend(take(&inbox, 1).await.unwrap());
        }
    }
    let unsettled: Vec<_> = payloads(&rest).into_iter().filter(|payload| *payload != "one" && *payload != "two").collect();
    assert_eq!(unsettled, ["three", "four", "five"], "after a restart everything comes that was not settled");
    assert!(inbox.take(10).await.unwrap().is_empty());
    inbox.settle(&tags(&rest)).await.unwrap();
    let inbox = again(inbox).await;
    assert!(inbox.take(10).await.unwrap().is_empty(), "what is settled is gone for good");
    assert_eq!(inbox.waiting().await.unwrap(), 0);
    inbox.settle(&["no such tag".to_owned()]).await.unwrap();
}

/// The same inbox again, holding `good` and `bad`: what it keeps itself is gone, what it does not keep waits for the ledger.
pub async fn refusing<I: Inbox>(inbox: I, again: impl AsyncFn(I) -> I) {
    let taken = take(&inbox, 2).await.unwrap();
    assert_eq!(payloads(&taken), ["good", "bad"]);
    let (good, bad) = taken.split_at(1);
    let refused = Refused { delivery: bad[0].clone(), problem: "no message".to_owned() };
    let is_kept = inbox.refuse(&[refused]).await.unwrap();
    inbox.settle(&tags(good)).await.unwrap();
    let inbox = again(inbox).await;
    let rest = if is_kept { inbox.take(10).await.unwrap() } else { take(&inbox, 1).await.unwrap() };
    assert_eq!(payloads(&rest).contains(&"bad"), !is_kept, "it is in one place");
}

/// Payloads as text.
pub fn payloads(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|delivery| std::str::from_utf8(&delivery.payload).unwrap()).collect()
}

/// Tags, for settling.
pub fn tags(deliveries: &[Delivery]) -> Vec<String> {
    deliveries.iter().map(|delivery| delivery.tag.clone()).collect()
}
