//! Intercom's past conversations and articles.

use super::desk::IntercomHelpdesk;
use super::search;
use super::standing::said;
use crate::helpdesk::news::By;
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::ports::archive::{Archive, Article, Markup, PastMessage, PastTicket};
use runtime::ports::helpdesk::HelpdeskError;
use serde_json::Value;

/// Pages of articles that are read at most.
pub const PAGES_MAX: u64 = 200;

/// The role of whoever said it; what Whimbrel itself said is a bot's.
pub fn role(by: By) -> &'static str {
    match by {
        By::Customer => "customer",
        By::Person => "agent",
        By::Ours | By::Automaton => "bot",
    }
}

#[async_trait]
impl Archive for IntercomHelpdesk {
    async fn past_tickets(&self, since: Timestamp) -> Result<Vec<String>, HelpdeskError> {
        search::changed_since(self.client(), since, false).await
    }

    async fn past_ticket(&self, id: &str) -> Result<Option<PastTicket>, HelpdeskError> {
        let (admin, conversation) = (self.admin().await?, self.conversation(id).await?);
        let all = said(&conversation, &admin, false).into_iter().filter(|said| !said.text.is_empty());
        let messages: Vec<PastMessage> = all.map(|said| PastMessage { role: role(said.by), at: said.at, text: said.text }).collect();
        let is_answered = messages.iter().any(|message| message.role == "agent");
        Ok(is_answered.then(|| PastTicket {
            ticket_id: id.to_owned(),
            created_at: Timestamp::from_second(conversation.created_at).unwrap_or(Timestamp::UNIX_EPOCH),
            channel: conversation.source.kind.clone(),
            tags: conversation.tags.tags.iter().map(|tag| tag.name.clone()).collect(),
            messages,
        }))
    }

    /// Internal articles are another list, and are never asked for.
    async fn articles(&self) -> Result<Vec<Article>, HelpdeskError> {
        let mut articles = Vec::new();
        for page in 1..=PAGES_MAX {
            let found: Value = self.client().get(&format!("/articles?page={page}&per_page=50")).await?;
            let data = found["data"].as_array().cloned().unwrap_or_default();
            let published = data.iter().filter(|article| article["state"] == "published");
            articles.extend(published.map(|article| Article {
                id: text(&article["id"]),
                title: text(&article["title"]),
                body: text(&article["body"]),
                markup: Markup::Html,
                url: text(&article["url"]),
            }));
            if data.is_empty() || found["pages"]["total_pages"].as_u64().is_none_or(|total| page >= total) {
                break;
            }
        }
        Ok(articles)
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.as_u64().map(|number| number.to_string()).unwrap_or_default(), str::to_owned)
}
