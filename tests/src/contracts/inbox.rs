//! What every inbox promises.

use runtime::ports::inbox::{Delivery, Inbox};

/// Runs every case on an inbox that holds `one`, `two`, … `five` and nothing else. `again` is the same inbox after a restart.
pub async fn all<I: Inbox>(inbox: I, again: impl AsyncFn(I) -> I) {
    let first = inbox.take(2).await.unwrap();
    assert_eq!(payloads(&first), ["one", "two"], "in their order, and no more than asked for");
    assert_eq!(payloads(&inbox.take(2).await.unwrap()), ["three", "four"], "what was handed out is not handed out again");
    inbox.settle(&tags(&first)).await.unwrap();
    inbox.settle(&tags(&first)).await.unwrap();
    let inbox = again(inbox).await;
    let rest = inbox.take(10).await.unwrap();
    let unsettled: Vec<_> = payloads(&rest).into_iter().filter(|payload| *payload != "one" && *payload != "two").collect();
    assert_eq!(unsettled, ["three", "four", "five"], "after a restart everything comes that was not settled");
    assert!(inbox.take(10).await.unwrap().is_empty());
    inbox.settle(&tags(&rest)).await.unwrap();
    let inbox = again(inbox).await;
    assert!(inbox.take(10).await.unwrap().is_empty(), "what is settled is gone for good");
    inbox.settle(&["no such tag".to_owned()]).await.unwrap();
}

/// Payloads as text.
pub fn payloads(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|delivery| std::str::from_utf8(&delivery.payload).unwrap()).collect()
}

/// Tags, for settling.
pub fn tags(deliveries: &[Delivery]) -> Vec<String> {
    deliveries.iter().map(|delivery| delivery.tag.clone()).collect()
}
