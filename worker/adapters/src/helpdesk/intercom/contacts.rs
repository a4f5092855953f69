//! Contacts by phone number, and the conversation in which a customer's ticket is kept.

use super::client::VENDOR;
use super::wire::{Named, Page};
use crate::helpdesk::desk_error::strange;
use crate::helpdesk::rest::Rest;
use reqwest::Method;
use runtime::conversation::Conversation;
use runtime::ports::helpdesk::HelpdeskError;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use triage::phone::PhoneNumber;
use triage::ticket::TicketId;

/// Places that are remembered at most; then they are looked up anew.
pub const PLACES_MAX: usize = 10_000;

/// Where a customer's ticket is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The contact.
    pub contact: String,
    /// The conversation.
    pub conversation: String,
}

/// Finds contacts and conversations.
#[derive(Default)]
pub struct Contacts {
    places: Mutex<HashMap<PhoneNumber, Place>>,
    /// The ledger's ticket of each: with several numbers of the company it cannot be made of helpdesk.phone_number.
    tickets: Mutex<HashMap<PhoneNumber, TicketId>>,
}

/// The first of several contacts, by id: the same one every time.
fn first(found: &Value) -> Option<String> {
    let contacts = found["data"].as_array()?;
    contacts.iter().filter_map(|contact| contact["id"].as_str()).min().map(str::to_owned)
}

impl Contacts {
    /// The contact with this number, or none.
    pub async fn by_phone(&self, client: &Rest, phone: &PhoneNumber) -> Result<Option<String>, HelpdeskError> {
        let query = json!({ "query": { "field": "phone", "operator": "=", "value": phone.reveal() } });
        let found: Value = client.search("/contacts/search", &query).await?;
        Ok(first(&found))
    }

    /// The number of a contact, when it has one.
    pub async fn phone_of(&self, client: &Rest, contact: &str) -> Result<Option<PhoneNumber>, HelpdeskError> {
        let contact: Value = client.get(&format!("/contacts/{contact}")).await?;
        Ok(contact["phone"].as_str().and_then(|phone| PhoneNumber::parse(phone).ok()))
    }

    /// The customer's newest conversation that is not closed, or none.
    pub async fn place(&self, client: &Rest, phone: &PhoneNumber) -> Result<Option<Place>, HelpdeskError> {
        if let Some(place) = self.places().get(phone) {
            return Ok(Some(place.clone()));
        }
        let Some(contact) = self.by_phone(client, phone).await? else { return Ok(None) };
        let of_contact = json!({ "field": "contact_ids", "operator": "=", "value": contact });
        let open = json!({ "field": "open", "operator": "=", "value": true });
        let query = json!({ "query": { "operator": "AND", "value": [of_contact, open] }, "pagination": { "per_page": 20 } });
        let page: Page = client.search("/conversations/search", &query).await?;
        let newest = page.conversations.into_iter().max_by_key(|conversation| conversation.updated_at);
        let place = newest.and_then(|newest| newest.id).map(|conversation| Place { contact, conversation });
        if let Some(place) = &place {
            self.remember(phone, place);
        }
        Ok(place)
    }

    /// The customer's conversation; with what they said first, a new one when there is none. True when it was made.
    pub async fn place_or_new(&self, client: &Rest, phone: &PhoneNumber, text: &str) -> Result<(Place, bool), HelpdeskError> {
        if let Some(place) = self.place(client, phone).await? {
            return Ok((place, false));
        }
        let contact = match self.by_phone(client, phone).await? {
            Some(contact) => contact,
            None => {
                let made = client.write(Method::POST, "/contacts", &json!({ "role": "user", "phone": phone.reveal() })).await?;
                made["id"].as_str().map(str::to_owned).ok_or_else(|| strange(VENDOR, "contact"))?
            }
        };
        let body = json!({ "from": { "type": "user", "id": contact }, "body": text });
        let made = client.write(Method::POST, "/conversations", &body).await?;
        let conversation = made["conversation_id"].as_str().or_else(|| made["id"].as_str()).map(str::to_owned);
        let place = Place { contact, conversation: conversation.ok_or_else(|| strange(VENDOR, "new conversation"))? };
        self.remember(phone, &place);
        Ok((place, true))
    }

    /// What was remembered of a customer no longer holds: the conversation was closed, merged or deleted.
    pub fn forget(&self, phone: &PhoneNumber) {
        self.places().remove(phone);
    }

    /// Under which ticket a customer was seen last.
    pub fn ticket(&self, phone: &PhoneNumber) -> Option<TicketId> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner).get(phone).cloned()
    }

    /// A customer is seen under this ticket.
    pub fn note_ticket(&self, of: &Conversation) {
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        if tickets.len() >= PLACES_MAX {
            tickets.clear();
        }
        tickets.insert(of.customer.clone(), of.ticket.clone());
    }

    fn remember(&self, phone: &PhoneNumber, place: &Place) {
        let mut places = self.places();
        if places.len() >= PLACES_MAX {
            places.clear();
        }
        places.insert(phone.clone(), place.clone());
    }

    fn places(&self) -> std::sync::MutexGuard<'_, HashMap<PhoneNumber, Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The id behind a name, whatever its case.
pub fn id_of(named: &[Named], name: &str) -> Option<String> {
    named.iter().find(|named| named.name.eq_ignore_ascii_case(name)).and_then(|named| named.id.clone())
}
