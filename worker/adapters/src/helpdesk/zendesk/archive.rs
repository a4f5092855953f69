//! Zendesk's past tickets and help-centre articles.

use super::desk::ZendeskHelpdesk;
use crate::helpdesk::desk_error::strange;
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::ports::archive::{Archive, Article, Markup, PastMessage, PastTicket};
use runtime::ports::helpdesk::{Helpdesk, HelpdeskError};
use serde_json::Value;

/// Pages of articles that are read at most.
pub const PAGES_MAX: usize = 200;

#[async_trait]
impl Archive for ZendeskHelpdesk {
    async fn past_tickets(&self, since: Timestamp) -> Result<Vec<String>, HelpdeskError> {
        self.changed_since(since).await
    }

    async fn past_ticket(&self, id: &str) -> Result<Option<PastTicket>, HelpdeskError> {
        let (me, ticket) = (self.me().await?, self.ticket(id).await?);
        let public = self.comments(id).await?.into_iter().filter(|comment| comment.public);
        let messages: Vec<PastMessage> = public
            .map(|comment| PastMessage {
                role: match comment.author_id {
                    author if Some(author) == ticket.requester_id => "customer",
                    author if author == me => "bot",
                    _ => "agent",
                },
                at: comment.created_at.unwrap_or(ticket.updated_at),
                text: comment.text().trim().to_owned(),
            })
            .collect();
        let is_answered = messages.iter().any(|message| message.role == "agent");
        let channel = ticket.via.channel.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        let created_at = messages.first().map_or(ticket.updated_at, |first| first.at);
        Ok(is_answered.then(|| PastTicket { ticket_id: id.to_owned(), created_at, channel, tags: ticket.tags, messages }))
    }

    /// Drafts, and articles for a segment of users, are left out.
    async fn articles(&self) -> Result<Vec<Article>, HelpdeskError> {
        let mut articles = Vec::new();
        let mut start_time = 0;
        for _ in 0..PAGES_MAX {
            let path = format!("/api/v2/help_center/incremental/articles?start_time={start_time}");
            let found: Value = self.client().get(&path).await?;
            let page = found["articles"].as_array().cloned().ok_or_else(|| strange("Zendesk", "list of articles"))?;
            let open = page.iter().filter(|article| article["draft"] != true && article["user_segment_id"].is_null());
            articles.extend(open.map(|article| Article {
                id: article["id"].to_string(),
                title: article["title"].as_str().unwrap_or_default().to_owned(),
                markup: Markup::Html,
                body: article["body"].as_str().unwrap_or_default().to_owned(),
                url: article["html_url"].as_str().unwrap_or_default().to_owned(),
            }));
            match (found["next_page"].as_str(), found["end_time"].as_i64()) {
                (Some(_), Some(end)) if end > start_time => start_time = end,
                _ => break,
            }
        }
        Ok(articles)
    }
}
