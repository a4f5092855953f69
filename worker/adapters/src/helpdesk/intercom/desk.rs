//! The helpdesk port over Intercom.

use super::client::{IntercomSettings, rest};
use super::contacts::{Contacts, id_of};
use super::search;
use super::standing::said;
use super::wire::{self, Named};
use crate::helpdesk::news::{By, held, message, news};
use crate::helpdesk::rest::Rest;
use crate::helpdesk::{html, note};
use crate::http::ClientError;
use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::Method;
use runtime::conversation::Conversation;
use runtime::effect::{EffectKey, Proposal};
use runtime::inbound::{InboundMessage, ticket_of};
use runtime::ports::helpdesk::{Helpdesk, HelpdeskError};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use triage::classification::Priority;
use triage::phone::PhoneNumber;
use triage::ticket::{Author, Tag, Team, TicketId};

/// What a ticket's id begins with when the conversation is Intercom's.
pub const PREFIX: &str = "intercom-";

/// Intercom.
pub struct IntercomHelpdesk {
    client: Rest,
    settings: IntercomSettings,
    /// The company's number that customers write to.
    number: PhoneNumber,
    /// Messages go through a gateway of our own.
    beside: bool,
    contacts: Contacts,
    admin: OnceCell<String>,
}

impl IntercomHelpdesk {
    /// A desk for this number. `beside`: messages do not go through Intercom, which only keeps the ticket.
    pub fn new(settings: IntercomSettings, number: PhoneNumber, beside: bool) -> Result<Self, ClientError> {
        let client = rest(&settings)?;
        Ok(IntercomHelpdesk { client, settings, number, beside, contacts: Contacts::default(), admin: OnceCell::new() })
    }

    /// The seat that Whimbrel writes with.
    pub async fn admin(&self) -> Result<String, HelpdeskError> {
        let configured = &self.settings.admin_id;
        if !configured.is_empty() {
            return Ok(configured.clone());
        }
        let me = self.admin.get_or_try_init(async || {
            let me: Named = self.client.get("/me").await?;
            me.id.ok_or_else(|| refused("the token belongs to no teammate: set helpdesk.intercom.admin_id"))
        });
        me.await.cloned()
    }

    /// Intercom's id of a ticket.
    pub async fn conversation_id(&self, of: &Conversation) -> Result<String, HelpdeskError> {
        if let Some(id) = of.ticket.0.strip_prefix(PREFIX) {
            return Ok(id.to_owned());
        }
        let place = self.contacts.place(&self.client, &of.customer).await?;
        place.map(|place| place.conversation).ok_or_else(|| refused("this customer has no open conversation in Intercom"))
    }

    /// A conversation with its parts as text.
    pub async fn conversation(&self, id: &str) -> Result<wire::Conversation, HelpdeskError> {
        self.client.get(&format!("/conversations/{id}?display_as=plaintext")).await
    }

    pub(crate) fn client(&self) -> &Rest {
        &self.client
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, HelpdeskError> {
        self.client.write(Method::POST, path, body).await
    }

    /// Takes a tag off.
    pub async fn untag(&self, of: &Conversation, tag: &Tag) -> Result<(), HelpdeskError> {
        let (id, admin) = (self.conversation_id(of).await?, self.admin().await?);
        let conversation = self.conversation(&id).await?;
        let Some(tag) = id_of(&conversation.tags.tags, &tag.0) else { return Ok(()) };
        let path = format!("/conversations/{id}/tags/{tag}");
        self.client.write(Method::DELETE, &path, &json!({ "admin_id": admin })).await.map(|_| ())
    }

    /// Closes it.
    pub async fn close(&self, of: &Conversation) -> Result<(), HelpdeskError> {
        let admin = self.admin().await?;
        self.part(of, json!({ "message_type": "close", "type": "admin", "admin_id": admin })).await
    }

    /// Opens it again.
    pub async fn open(&self, of: &Conversation) -> Result<(), HelpdeskError> {
        let admin = self.admin().await?;
        self.part(of, json!({ "message_type": "open", "admin_id": admin })).await
    }

    /// Puts it to sleep.
    pub async fn snooze(&self, of: &Conversation, until: Timestamp) -> Result<(), HelpdeskError> {
        let admin = self.admin().await?;
        self.part(of, json!({ "message_type": "snoozed", "admin_id": admin, "snoozed_until": until.as_second() })).await
    }

    /// Gives it to a team, by its name. False when there is none of that name.
    pub async fn assign(&self, of: &Conversation, team: &Team) -> Result<bool, HelpdeskError> {
        let teams: Value = self.client.get("/teams").await?;
        let teams: Vec<Named> = serde_json::from_value(teams["teams"].clone()).unwrap_or_default();
        let Some(team) = id_of(&teams, &team.0) else { return Ok(false) };
        let admin = self.admin().await?;
        self.part(of, json!({ "message_type": "assignment", "type": "team", "admin_id": admin, "assignee_id": team })).await?;
        Ok(true)
    }

    async fn part(&self, of: &Conversation, body: Value) -> Result<(), HelpdeskError> {
        let id = self.conversation_id(of).await?;
        self.post(&format!("/conversations/{id}/parts"), &body).await.map(|_| ())
    }

    /// Leaves a note, unless the one with this key stands there.
    async fn note(&self, key: &EffectKey, of: &Conversation, text: &str) -> Result<String, HelpdeskError> {
        let (id, admin) = (self.conversation_id(of).await?, self.admin().await?);
        let conversation = self.conversation(&id).await?;
        let parts = &conversation.conversation_parts.conversation_parts;
        if !parts.iter().any(|part| note::has_mark(part.body.as_deref().unwrap_or_default(), key)) {
            let body = json!({ "message_type": "note", "type": "admin", "admin_id": admin, "body": html::linked_paragraphs(text) });
            self.post(&format!("/conversations/{id}/reply"), &body).await?;
        }
        Ok(format!("{PREFIX}{id}-{key}"))
    }

    /// The id of a tag; it is made when there is none. Only tags of the policy's list come here.
    async fn tag_id(&self, tag: &Tag) -> Result<String, HelpdeskError> {
        let tags: Value = self.client.get("/tags").await?;
        let tags: Vec<Named> = serde_json::from_value(tags["data"].clone()).unwrap_or_default();
        if let Some(id) = id_of(&tags, &tag.0) {
            return Ok(id);
        }
        let made = self.post("/tags", &json!({ "name": tag.0 })).await?;
        made["id"].as_str().map(str::to_owned).ok_or_else(|| refused("Intercom did not make the tag"))
    }

    /// News of a conversation as messages of this ticket.
    async fn messages(&self, id: &str, ticket: TicketId, customer: &PhoneNumber) -> Result<Vec<InboundMessage>, HelpdeskError> {
        let (admin, conversation) = (self.admin().await?, self.conversation(id).await?);
        if !self.beside && conversation.source.kind != "sms" {
            return Ok(Vec::new());
        }
        let all = said(&conversation, &admin, self.beside);
        let mut news = news(&all);
        let assignee = conversation.admin_assignee_id.as_deref().filter(|assignee| *assignee != "0" && *assignee != admin);
        if let Some(assignee) = assignee.filter(|_| self.settings.stand_down_when_assigned) {
            let at = Timestamp::from_second(conversation.updated_at).unwrap_or(Timestamp::UNIX_EPOCH);
            held(&mut news, &all, format!("{PREFIX}{id}-held-{assignee}"), at);
        }
        // Beside Intercom, what the customer says comes from the gateway; what stands here is our own record of it.
        let wanted = news.into_iter().filter(|said| said.by == By::Person || !self.beside);
        Ok(wanted.map(|said| message(said, &ticket, customer, &self.number)).collect())
    }

    /// The ticket of a customer who writes to our number beside Intercom: the one under which they were seen last, else the one that
    /// the two numbers make.
    fn ticket_beside(&self, customer: &PhoneNumber) -> TicketId {
        self.contacts.ticket(customer).unwrap_or_else(|| ticket_of(customer, &self.number))
    }
}

fn refused(problem: &str) -> HelpdeskError {
    HelpdeskError::Refused { problem: problem.to_owned() }
}

#[async_trait]
impl Helpdesk for IntercomHelpdesk {
    async fn draft(&self, key: &EffectKey, of: &Conversation, proposal: &Proposal) -> Result<String, HelpdeskError> {
        self.note(key, of, &note::proposal(key, proposal)).await
    }

    async fn tag(&self, key: &EffectKey, of: &Conversation, tags: &[Tag]) -> Result<String, HelpdeskError> {
        let (id, admin) = (self.conversation_id(of).await?, self.admin().await?);
        for tag in tags {
            let tag = self.tag_id(tag).await?;
            self.post(&format!("/conversations/{id}/tags"), &json!({ "id": tag, "admin_id": admin })).await?;
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
        if let Some(team) = team {
            // A team that Intercom does not have stands in the note all the same.
            self.assign(of, team).await?;
        }
        self.note(key, of, &note::hand_over(key, team, priority, note)).await
    }

    async fn read(&self, of: &Conversation) -> Result<Vec<InboundMessage>, HelpdeskError> {
        if let Some(id) = of.ticket.0.strip_prefix(PREFIX) {
            return self.messages(id, of.ticket.clone(), &of.customer).await;
        }
        self.contacts.note_ticket(of);
        let Some(place) = self.contacts.place(&self.client, &of.customer).await? else { return Ok(Vec::new()) };
        self.messages(&place.conversation, of.ticket.clone(), &of.customer).await
    }

    async fn read_by_id(&self, id: &str) -> Result<Vec<InboundMessage>, HelpdeskError> {
        let conversation = self.conversation(id).await?;
        let contact = conversation.contacts.contacts.first().and_then(|contact| contact.id.clone());
        let Some(contact) = contact else { return Ok(Vec::new()) };
        // Whoever has no number did not write by SMS.
        let Some(phone) = self.contacts.phone_of(&self.client, &contact).await? else { return Ok(Vec::new()) };
        let ticket = if self.beside { self.ticket_beside(&phone) } else { TicketId(format!("{PREFIX}{id}")) };
        self.messages(id, ticket, &phone).await
    }

    async fn changed_since(&self, since: Timestamp) -> Result<Vec<String>, HelpdeskError> {
        search::changed_since(&self.client, since, !self.beside).await
    }

    fn wants_record(&self) -> bool {
        self.beside
    }

    async fn record(&self, key: &EffectKey, of: &Conversation, by: Author, text: &str) -> Result<String, HelpdeskError> {
        match by {
            Author::Customer => self.record_customer(of, text).await,
            // A note, not a comment: it must never go out a second time by a channel of Intercom.
            Author::Agent | Author::Bot => self.note(key, of, &note::said(key, by, text)).await,
        }
    }
}

impl IntercomHelpdesk {
    /// What the customer said becomes a message of the contact, unless it stands there as the newest of theirs.
    async fn record_customer(&self, of: &Conversation, text: &str) -> Result<String, HelpdeskError> {
        let (place, is_new) = self.contacts.place_or_new(&self.client, &of.customer, text).await?;
        let id = format!("{PREFIX}{}-{}", place.conversation, of.ticket);
        if is_new {
            return Ok(id);
        }
        let conversation = self.conversation(&place.conversation).await?;
        if conversation.state == "closed" {
            self.contacts.forget(&of.customer);
        }
        let admin = self.admin().await?;
        let all = said(&conversation, &admin, false);
        let newest = all.iter().rev().find(|said| said.by == By::Customer);
        if newest.is_some_and(|newest| html::is_same_text(&newest.text, text)) {
            return Ok(id);
        }
        let body = json!({ "message_type": "comment", "type": "user", "intercom_user_id": place.contact, "body": text });
        self.post(&format!("/conversations/{}/reply", place.conversation), &body).await?;
        Ok(id)
    }
}
