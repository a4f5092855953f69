//! The helpdesk port and the channel over Zendesk.

use super::settings::{VENDOR, ZendeskSettings, rest};
use super::wire::{Changed, Comment, Comments, OneTicket, Ticket};
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
pub const PREFIX: &str = "zendesk-";
/// Comments of a page, and pages of a ticket at most: a ticket has 5,000 comments at most.
pub const PAGE: usize = 100;
/// See [`PAGE`].
pub const PAGES_MAX: usize = 50;
/// The vendor's times have whole seconds.
const SLACK_MS: i64 = 2_000;

/// Zendesk.
pub struct ZendeskHelpdesk {
    client: Rest,
    settings: ZendeskSettings,
    number: PhoneNumber,
    me: OnceCell<u64>,
    holders: Holders,
}

impl ZendeskHelpdesk {
    /// A desk for this number.
    pub fn new(settings: ZendeskSettings, number: PhoneNumber) -> Result<Self, ClientError> {
        Ok(ZendeskHelpdesk { client: rest(&settings)?, settings, number, me: OnceCell::new(), holders: Holders::default() })
    }

    pub(crate) fn client(&self) -> &Rest {
        &self.client
    }

    pub(crate) async fn me(&self) -> Result<u64, HelpdeskError> {
        let me = self.me.get_or_try_init(async || {
            let me: Value = self.client.get("/api/v2/users/me").await?;
            me["user"]["id"].as_u64().ok_or_else(|| strange(VENDOR, "user"))
        });
        me.await.copied()
    }

    pub(crate) async fn ticket(&self, id: &str) -> Result<Ticket, HelpdeskError> {
        let found: OneTicket = self.client.get(&format!("/api/v2/tickets/{id}")).await?;
        Ok(found.ticket)
    }

    pub(crate) async fn comments(&self, id: &str) -> Result<Vec<Comment>, HelpdeskError> {
        let mut all = Vec::new();
        let mut after = String::new();
        for _ in 0..PAGES_MAX {
            let page: Comments = self.client.get(&format!("/api/v2/tickets/{id}/comments?page%5Bsize%5D={PAGE}{after}")).await?;
            all.extend(page.comments);
            match page.meta.after_cursor.filter(|_| page.meta.has_more) {
                Some(cursor) => {
                    after = format!("&page%5Bafter%5D={}", form_urlencoded::byte_serialize(cursor.as_bytes()).collect::<String>())
                }
                None => break,
            }
        }
        Ok(all)
    }

    /// One update of the ticket: Zendesk counts them.
    async fn update(&self, id: &str, fields: Value) -> Result<(), HelpdeskError> {
        let body = json!({ "ticket": fields });
        self.client.write(Method::PUT, &format!("/api/v2/tickets/{id}"), &body).await.map(|_| ())
    }

    /// A private comment with more fields in the same update, unless the one with this key stands there.
    async fn note(&self, key: &EffectKey, of: &Conversation, text: &str, mut fields: Value) -> Result<String, HelpdeskError> {
        let id = ticket_id(of)?;
        if !self.comments(&id).await?.iter().any(|comment| note::has_mark(&comment.body, key)) {
            fields["comment"] = json!({ "body": text, "public": false });
            self.update(&id, fields).await?;
        }
        Ok(format!("{PREFIX}{id}-{key}"))
    }

    async fn group(&self, team: &Team) -> Result<Option<u64>, HelpdeskError> {
        let groups: Value = self.client.get("/api/v2/groups").await?;
        let groups = groups["groups"].as_array().cloned().unwrap_or_default();
        let named = groups.iter().find(|group| group["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(&team.0)));
        Ok(named.and_then(|group| group["id"].as_u64()))
    }

    async fn messages(&self, ticket: &Ticket, customer: &PhoneNumber) -> Result<Vec<InboundMessage>, HelpdeskError> {
        let (me, id) = (self.me().await?, ticket.id.to_string());
        let all: Vec<Said> = self.comments(&id).await?.into_iter().filter_map(|comment| said(comment, ticket, me)).collect();
        let mut news = news(&all);
        let is_solved = ticket.status.as_deref().is_some_and(|status| status == "solved" || status == "closed");
        let assignee = ticket.assignee_id.filter(|assignee| *assignee != me && !is_solved);
        if let Some(assignee) = assignee {
            held(&mut news, &all, format!("{PREFIX}{id}-held-{assignee}"), ticket.updated_at);
        }
        if self.holders.let_go(&id, assignee.is_some()) || is_solved {
            news.push(Said::handed_back(format!("{PREFIX}{id}-back"), ticket.updated_at));
        }
        let ticket = TicketId(format!("{PREFIX}{id}"));
        Ok(news.into_iter().map(|said| message(said, &ticket, customer, &self.number)).collect())
    }
}

/// What counts of a comment: public ones, and the note that gives the ticket back.
fn said(comment: Comment, ticket: &Ticket, me: u64) -> Option<Said> {
    let by = match comment.author_id {
        author if Some(author) == ticket.requester_id => By::Customer,
        author if author == me => By::Ours,
        _ => By::Person,
    };
    let (id, at) = (format!("{PREFIX}{}-{}", ticket.id, comment.id), comment.created_at.unwrap_or(ticket.updated_at));
    let text = comment.text().trim().to_owned();
    match comment.public {
        true => Some(Said { id, by, at, text, act: Act::Said }),
        false => (by == By::Person && says_continue(&text)).then(|| Said::handed_back(id, at)),
    }
}

fn ticket_id(of: &Conversation) -> Result<String, HelpdeskError> {
    let id = of.ticket.0.strip_prefix(PREFIX).map(str::to_owned);
    id.ok_or_else(|| HelpdeskError::Refused { problem: "this ticket is none of Zendesk's: SMS must go through Zendesk".to_owned() })
}

#[async_trait]
impl Helpdesk for ZendeskHelpdesk {
    async fn draft(&self, key: &EffectKey, of: &Conversation, proposal: &Proposal) -> Result<String, HelpdeskError> {
        self.note(key, of, &note::proposal(key, proposal), json!({})).await
    }

    async fn tag(&self, key: &EffectKey, of: &Conversation, tags: &[Tag]) -> Result<String, HelpdeskError> {
        let id = ticket_id(of)?;
        if !tags.is_empty() {
            // PUT adds; the ticket's own field, and POST, would replace the others.
            let body = json!({ "tags": tags });
            self.client.write(Method::PUT, &format!("/api/v2/tickets/{id}/tags"), &body).await?;
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
        let mut fields = json!({ "status": "open", "priority": note::word(priority) });
        if let Some(team) = team
            && let Some(group) = self.group(team).await?
        {
            fields["group_id"] = Value::from(group);
        }
        self.note(key, of, &note::hand_over(key, team, priority, note), fields).await
    }

    async fn read(&self, of: &Conversation) -> Result<Vec<InboundMessage>, HelpdeskError> {
        let Ok(id) = ticket_id(of) else { return Ok(Vec::new()) };
        self.messages(&self.ticket(&id).await?, &of.customer).await
    }

    async fn read_by_id(&self, id: &str) -> Result<Vec<InboundMessage>, HelpdeskError> {
        let ticket = self.ticket(id).await?;
        let channel = ticket.via.channel.as_ref().and_then(Value::as_str).unwrap_or_default();
        let Some(requester) = ticket.requester_id.filter(|_| channel == self.settings.channel) else { return Ok(Vec::new()) };
        let user: Value = self.client.get(&format!("/api/v2/users/{requester}")).await?;
        let Some(phone) = user["user"]["phone"].as_str().and_then(|phone| PhoneNumber::parse(phone).ok()) else { return Ok(Vec::new()) };
        self.messages(&ticket, &phone).await
    }

    async fn changed_since(&self, since: Timestamp) -> Result<Vec<String>, HelpdeskError> {
        let mut ids = Vec::new();
        let mut query = format!("start_time={}", since.as_second());
        for _ in 0..PAGES_MAX {
            let page: Changed = self.client.get(&format!("/api/v2/incremental/tickets/cursor?{query}")).await?;
            ids.extend(page.tickets.iter().map(|ticket| ticket.id.to_string()));
            match page.after_cursor.filter(|_| !page.end_of_stream) {
                Some(cursor) => query = format!("cursor={}", form_urlencoded::byte_serialize(cursor.as_bytes()).collect::<String>()),
                None => break,
            }
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}

#[async_trait]
impl Channel for ZendeskHelpdesk {
    async fn reply(&self, of: &Conversation, sms: &OutboundSms) -> Result<String, HelpdeskError> {
        self.update(&ticket_id(of)?, json!({ "comment": { "body": sms.text, "public": true } })).await?;
        let found = self.replied(of, sms, Timestamp::UNIX_EPOCH).await?;
        found.ok_or_else(|| HelpdeskError::Unknown { problem: "Zendesk took the reply but does not show it yet".to_owned() })
    }

    async fn replied(&self, of: &Conversation, sms: &OutboundSms, since: Timestamp) -> Result<Option<String>, HelpdeskError> {
        let (id, me) = (ticket_id(of)?, self.me().await?);
        let is_since = |at: Option<Timestamp>| at.is_none_or(|at| at.as_millisecond() >= since.as_millisecond().saturating_sub(SLACK_MS));
        let mut ours = self.comments(&id).await?.into_iter().rev().filter(|comment| comment.public && comment.author_id == me);
        let same = ours.find(|comment| is_since(comment.created_at) && html::is_same_text(comment.text(), &sms.text));
        Ok(same.map(|comment| format!("{PREFIX}{id}-{}", comment.id)))
    }
}
