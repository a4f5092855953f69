//! Chatwoot's past conversations and the articles of its portals.

use super::desk::{ChatwootHelpdesk, said};
use super::wire::{self, Message, Messages};
use crate::helpdesk::news::By;
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::ports::archive::{Archive, Article, Markup, PastMessage, PastTicket};
use runtime::ports::helpdesk::{Helpdesk, HelpdeskError};
use serde_json::Value;

/// Pages of one conversation, twenty messages each, and of one portal, that are read at most.
pub const PAGES_MAX: usize = 200;

impl ChatwootHelpdesk {
    /// Everything that was said, oldest first: the list shows the newest twenty, and those before a message.
    async fn everything(&self, id: &str) -> Result<Vec<Message>, HelpdeskError> {
        let mut all = self.newest(id).await?;
        for _ in 0..PAGES_MAX {
            let Some(oldest) = all.iter().map(|message| message.id).min() else { break };
            let before: Messages = self.client().get(&self.path(&format!("conversations/{id}/messages?before={oldest}"))).await?;
            let older: Vec<Message> = before.payload.into_iter().filter(|message| message.id < oldest).collect();
            if older.is_empty() {
                break;
            }
            all = older.into_iter().chain(all).collect();
        }
        all.sort_by_key(|message| message.id);
        Ok(all)
    }

    async fn articles_of(&self, portal: &Value) -> Result<Vec<Article>, HelpdeskError> {
        let Some(slug) = portal["slug"].as_str().filter(|slug| slug.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
        else {
            return Ok(Vec::new());
        };
        let mut articles = Vec::new();
        for page in 1..=PAGES_MAX {
            let found: Value = self.client().get(&self.path(&format!("portals/{slug}/articles?page={page}"))).await?;
            let shown = found["payload"].as_array().cloned().unwrap_or_default();
            if shown.is_empty() {
                break;
            }
            let published = shown.iter().filter(|article| article["status"] == "published");
            articles.extend(published.map(|article| Article {
                id: article["id"].to_string(),
                title: article["title"].as_str().unwrap_or_default().to_owned(),
                body: article["content"].as_str().unwrap_or_default().to_owned(),
                markup: Markup::Markdown,
                url: self.link(portal, slug, article["slug"].as_str().unwrap_or_default()),
            }));
        }
        Ok(articles)
    }

    /// Where people read an article.
    fn link(&self, portal: &Value, slug: &str, article: &str) -> String {
        match portal["custom_domain"].as_str().filter(|domain| !domain.is_empty()) {
            Some(domain) => format!("https://{domain}/hc/{slug}/articles/{article}"),
            None => format!("{}/hc/{slug}/articles/{article}", self.base_url()),
        }
    }
}

#[async_trait]
impl Archive for ChatwootHelpdesk {
    async fn past_tickets(&self, since: Timestamp) -> Result<Vec<String>, HelpdeskError> {
        self.changed_since(since).await
    }

    async fn past_ticket(&self, id: &str) -> Result<Option<PastTicket>, HelpdeskError> {
        let me = self.me().await?;
        let conversation: wire::Conversation = self.client().get(&self.path(&format!("conversations/{id}"))).await?;
        let all = self.everything(id).await?.into_iter().filter_map(|message| said(id, message, me)).filter(|said| !said.text.is_empty());
        let messages: Vec<PastMessage> = all
            .map(|said| PastMessage {
                role: match said.by {
                    By::Customer => "customer",
                    By::Person => "agent",
                    By::Ours | By::Automaton => "bot",
                },
                at: said.at,
                text: said.text,
            })
            .collect();
        let is_answered = messages.iter().any(|message| message.role == "agent");
        let created_at = messages.first().map_or(Timestamp::UNIX_EPOCH, |first| first.at);
        let channel = conversation.meta.channel.unwrap_or_default();
        let channel = if channel.ends_with("Sms") { "sms".to_owned() } else { channel };
        let tags = conversation.labels;
        Ok(is_answered.then(|| PastTicket { ticket_id: id.to_owned(), created_at, channel, tags, messages }))
    }

    /// Of all portals that are not archived; drafts are left out.
    async fn articles(&self) -> Result<Vec<Article>, HelpdeskError> {
        let portals: Value = self.client().get(&self.path("portals")).await?;
        let mut articles = Vec::new();
        for portal in portals["payload"].as_array().into_iter().flatten().filter(|portal| portal["archived"] != true) {
            articles.extend(self.articles_of(portal).await?);
        }
        Ok(articles)
    }
}
