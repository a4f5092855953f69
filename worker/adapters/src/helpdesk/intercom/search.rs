//! Conversations in which something happened since a moment: search pages, then each.

use super::wire::Page;
use crate::helpdesk::rest::Rest;
use jiff::Timestamp;
use runtime::ports::helpdesk::HelpdeskError;
use serde_json::{Value, json};

/// Conversations of a page; the vendor's maximum.
pub const PAGE: usize = 150;
/// Pages that are read at most.
pub const PAGES_MAX: usize = 200;
/// Whether a time is matched to the second or to the day is not said: a day more is asked for, and the rest is left out here.
pub const DAY_S: i64 = 86_400;

/// Ids of conversations that changed since then. `sms_only`: those that came by SMS.
pub async fn changed_since(client: &Rest, since: Timestamp, sms_only: bool) -> Result<Vec<String>, HelpdeskError> {
    let mut filters = vec![json!({ "field": "updated_at", "operator": ">", "value": since.as_second() - DAY_S })];
    if sms_only {
        filters.push(json!({ "field": "source.type", "operator": "=", "value": "sms" }));
    }
    let mut ids = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let mut paging: Value = json!({ "per_page": PAGE });
        if let Some(after) = &after {
            paging["starting_after"] = Value::from(after.as_str());
        }
        let query = json!({ "query": { "operator": "AND", "value": filters }, "pagination": paging });
        let page: Page = client.search("/conversations/search", &query).await?;
        let changed = page.conversations.into_iter().filter(|conversation| conversation.updated_at >= since.as_second());
        ids.extend(changed.filter_map(|conversation| conversation.id));
        after = page.pages.next.and_then(|next| next.starting_after);
        if after.is_none() {
            break;
        }
    }
    // Sorting by time while paging can show one twice.
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
