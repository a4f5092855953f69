//! The helpdesk port and the channel over Chatwoot.

use super::settings::{ChatwootSettings, VENDOR, rest};
use super::wire::{self, Message, Messages};
use crate::helpdesk::desk_error::strange;
use crate::helpdesk::news::{By, Holders, Said, held, message, news, says_continue};
use crate::helpdesk::rest::Rest;
use crate::helpdesk::{html, note};
use crate::http::ClientError;
use crate::sms_gateway::helpdesk::Channel;
use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::Method;
use runtime::conversation::Conversation;
use runtime::effect::{EffectKey, Proposal};
use runtime::inbound::{Act, InboundMessage};
use runtime::ports::helpdesk::{Helpdesk, HelpdeskError};
use runtime::ports::sms_gateway::OutboundSms;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use triage::classification::Priority;
use triage::phone::PhoneNumber;
use triage::ticket::{Tag, Team, TicketId};

/// What a ticket's id begins with.
pub const PREFIX: &str = "chatwoot-";
/// Pages of the list of conversations that a sweep reads at most.
pub const PAGES_MAX: usize = 200;
/// The vendor's times have whole seconds.
const SLACK_S: i64 = 2;

/// Chatwoot.
pub struct ChatwootHelpdesk {
    client: Rest,
    account: u64,
    base_url: String,
    number: PhoneNumber,
    me: OnceCell<u64>,
    holders: Holders,
}

impl ChatwootHelpdesk {
    /// A desk for this number.
    pub fn new(settings: &ChatwootSettings, number: PhoneNumber) -> Result<Self, ClientError> {
        Ok(ChatwootHelpdesk {
            client: rest(settings)?,
            account: settings.account,
            base_url: settings.base_url.trim_end_matches('/').to_owned(),
            number,
            me: OnceCell::new(),
            holders: Holders::default(),
        })
    }

    pub(crate) fn client(&self) -> &Rest {
        &self.client
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/v1/accounts/{}/{rest}", self.account)
    }

    pub(crate) async fn me(&self) -> Result<u64, HelpdeskError> {
        let me = self.me.get_or_try_init(async || {
            let me: Value = self.client.get("/api/v1/profile").await?;
            me["id"].as_u64().ok_or_else(|| strange(VENDOR, "profile"))
        });
        me.await.copied()
    }

    async fn post(&self, of: &str, what: &str, body: &Value) -> Result<Value, HelpdeskError> {
        self.client.write(Method::POST, &self.path(&format!("conversations/{of}/{what}")), body).await
    }

    pub(crate) async fn newest(&self, id: &str) -> Result<Vec<Message>, HelpdeskError> {
        let found: Messages = self.client.get(&self.path(&format!("conversations/{id}/messages"))).await?;
        Ok(found.payload)
    }

    async fn say(&self, id: &str, text: &str, private: bool) -> Result<Value, HelpdeskError> {
        let body = json!({ "content": text, "message_type": "outgoing", "private": private, "content_type": "text" });
        self.post(id, "messages", &body).await
    }

    async fn note(&self, key: &EffectKey, of: &Conversation, text: &str) -> Result<String, HelpdeskError> {
        let id = conversation_id(of)?;
        let known = self.newest(&id).await?;
        if !known.iter().any(|message| note::has_mark(message.content.as_deref().unwrap_or_default(), key)) {
            self.say(&id, text, true).await?;
        }
        Ok(format!("{PREFIX}{id}-{key}"))
    }

    async fn team(&self, team: &Team) -> Result<Option<u64>, HelpdeskError> {
        let teams: Vec<Value> = self.client.get(&self.path("teams")).await?;
        let named = teams.iter().find(|known| known["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(&team.0)));
        Ok(named.and_then(|team| team["id"].as_u64()))
    }

    async fn messages(&self, conversation: &wire::Conversation, customer: &PhoneNumber) -> Result<Vec<InboundMessage>, HelpdeskError> {
        let (me, id) = (self.me().await?, conversation.id.to_string());
        let all: Vec<Said> = self.newest(&id).await?.into_iter().filter_map(|message| said(&id, message, me)).collect();
        let mut news = news(&all);
        // Resolved, nobody has it; pending, the bot does.
        let is_free = conversation.status.as_deref().is_some_and(|status| status == "resolved" || status == "pending");
        let assignee = conversation.meta.assignee.as_ref().and_then(|assignee| assignee.id).filter(|assignee| *assignee != me && !is_free);
        let at = Timestamp::from_second(conversation.last_activity_at.unwrap_or(0)).unwrap_or(Timestamp::UNIX_EPOCH);
        if let Some(assignee) = assignee {
            held(&mut news, &all, format!("{PREFIX}{id}-held-{assignee}"), at);
        }
        if self.holders.let_go(&id, assignee.is_some()) || is_free {
            news.push(Said::handed_back(format!("{PREFIX}{id}-back"), at));
        }
        let ticket = TicketId(format!("{PREFIX}{id}"));
        Ok(news.into_iter().map(|said| message(said, &ticket, customer, &self.number)).collect())
    }
}

/// What counts of a message: notes, activities and templates do not.
pub(crate) fn said(conversation: &str, message: Message, me: u64) -> Option<Said> {
    if message.message_type > 1 {
        return None;
    }
    let sender = message.sender.clone().unwrap_or_default();
    let by = match (message.message_type, sender.kind.as_deref(), sender.id) {
        (0, _, _) => By::Customer,
        (_, _, Some(id)) if id == me => By::Ours,
        (_, Some("agent_bot"), _) | (_, _, None) => By::Automaton,
        _ => By::Person,
    };
    let at = Timestamp::from_second(message.second()).unwrap_or(Timestamp::UNIX_EPOCH);
    let (id, text) = (format!("{PREFIX}{conversation}-{}", message.id), message.content.unwrap_or_default().trim().to_owned());
    match message.private {
        false => Some(Said { id, by, at, text, act: Act::Said }),
        true => (by == By::Person && says_continue(&text)).then(|| Said::handed_back(id, at)),
    }
}

fn conversation_id(of: &Conversation) -> Result<String, HelpdeskError> {
    let id = of.ticket.0.strip_prefix(PREFIX).map(str::to_owned);
    id.ok_or_else(|| HelpdeskError::Refused { problem: "this ticket is none of Chatwoot's: SMS must go through Chatwoot".to_owned() })
}

#[async_trait]
impl Helpdesk for ChatwootHelpdesk {
    async fn draft(&self, key: &EffectKey, of: &Conversation, proposal: &Proposal) -> Result<String, HelpdeskError> {
        self.note(key, of, &note::proposal(key, proposal)).await
    }

    /// The call replaces the whole list: what stands there is read and kept. Labels are in lower case.
    async fn tag(&self, key: &EffectKey, of: &Conversation, tags: &[Tag]) -> Result<String, HelpdeskError> {
        let id = conversation_id(of)?;
        let known: Value = self.client.get(&self.path(&format!("conversations/{id}/labels"))).await?;
        let known = known["payload"].as_array().cloned().unwrap_or_default();
        let mut labels: Vec<String> = known.iter().filter_map(|label| label.as_str().map(str::to_owned)).collect();
        let before = labels.len();
        for tag in tags.iter().map(|tag| tag.0.to_lowercase()) {
            if !labels.contains(&tag) {
                labels.push(tag);
            }
        }
        if labels.len() > before {
            self.post(&id, "labels", &json!({ "labels": labels })).await?;
        }
        Ok(format!("{PREFIX}{id}-{key}"))
    }

    async fn escalate(
        &self,
        key: &EffectKey,
        of: &Conversation,
        team: Option<&Team>,
        priority: Priority,
        note: &str,
    ) -> Result<String, HelpdeskError> {
        let id = conversation_id(of)?;
        if let Some(team) = team
            && let Some(team) = self.team(team).await?
        {
            self.post(&id, "assignments", &json!({ "team_id": team })).await?;
        }
        // A bot's conversation is pending: open, it is seen by people.
        self.post(&id, "toggle_status", &json!({ "status": "open" })).await?;
        self.note(key, of, &note::hand_over(key, team, priority, note)).await
    }

    async fn read(&self, of: &Conversation) -> Result<Vec<InboundMessage>, HelpdeskError> {
        let Ok(id) = conversation_id(of) else { return Ok(Vec::new()) };
        let conversation: wire::Conversation = self.client.get(&self.path(&format!("conversations/{id}"))).await?;
        self.messages(&conversation, &of.customer).await
    }

    async fn read_by_id(&self, id: &str) -> Result<Vec<InboundMessage>, HelpdeskError> {
        let conversation: wire::Conversation = self.client.get(&self.path(&format!("conversations/{id}"))).await?;
        let is_sms = conversation.meta.channel.as_deref().is_some_and(|channel| channel.ends_with("Sms"));
        let phone = conversation.meta.sender.phone_number.as_deref().and_then(|phone| PhoneNumber::parse(phone).ok());
        match phone.filter(|_| is_sms) {
            Some(phone) => self.messages(&conversation, &phone).await,
            None => Ok(Vec::new()),
        }
    }

    /// The list shows the newest activity first, twenty-five to a page.
    async fn changed_since(&self, since: Timestamp) -> Result<Vec<String>, HelpdeskError> {
        let mut ids = Vec::new();
        for page in 1..=PAGES_MAX {
            let found: Value = self.client.get(&self.path(&format!("conversations?status=all&page={page}"))).await?;
            let page: Vec<wire::Conversation> = serde_json::from_value(found["data"]["payload"].clone()).unwrap_or_default();
            let changed = page.iter().filter(|conversation| conversation.last_activity_at.is_none_or(|at| at >= since.as_second()));
            let before = ids.len();
            ids.extend(changed.map(|conversation| conversation.id.to_string()));
            if ids.len() == before {
                break;
            }
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}

#[async_trait]
impl Channel for ChatwootHelpdesk {
    async fn reply(&self, of: &Conversation, sms: &OutboundSms) -> Result<String, HelpdeskError> {
        let id = conversation_id(of)?;
        let said = self.say(&id, &sms.text, false).await?;
        let message = said["id"].as_u64().ok_or_else(|| HelpdeskError::Unknown { problem: "Chatwoot gave no id".to_owned() })?;
        Ok(format!("{PREFIX}{id}-{message}"))
    }

    async fn replied(&self, of: &Conversation, sms: &OutboundSms, since: Timestamp) -> Result<Option<String>, HelpdeskError> {
        let (id, me) = (conversation_id(of)?, self.me().await?);
        let since = since.as_second() - SLACK_S;
        let mut ours = self.newest(&id).await?.into_iter().rev().filter(|message| {
            let is_ours = message.sender.as_ref().and_then(|sender| sender.id) == Some(me);
            is_ours && !message.private && message.message_type == 1 && message.second() >= since
        });
        let same = ours.find(|message| html::is_same_text(message.content.as_deref().unwrap_or_default(), &sms.text));
        Ok(same.map(|message| format!("{PREFIX}{id}-{}", message.id)))
    }
}
