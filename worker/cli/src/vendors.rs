//! Which vendor stands behind which port: helpdesk, phone network, and their webhooks.

use crate::config::Config;
use crate::config::vendors::{GatewayKind, HelpdeskKind};
use adapters::helpdesk::chatwoot::desk::ChatwootHelpdesk;
use adapters::helpdesk::file::FileHelpdesk;
use adapters::helpdesk::intercom::desk::IntercomHelpdesk;
use adapters::helpdesk::webhook::WebhookHelpdesk;
use adapters::helpdesk::zendesk::desk::ZendeskHelpdesk;
use adapters::outbox::Outbox;
use adapters::secret::Secret;
use adapters::sms_gateway::file::FileSmsGateway;
use adapters::sms_gateway::helpdesk::{Channel, HelpdeskSmsGateway};
use adapters::sms_gateway::twilio::TwilioSmsGateway;
use adapters::webhook::chatwoot::ChatwootWebhook;
use adapters::webhook::generic::GenericWebhook;
use adapters::webhook::intercom::IntercomWebhook;
use adapters::webhook::twilio::TwilioWebhook;
use adapters::webhook::zendesk::ZendeskWebhook;
use anyhow::Context;
use runtime::ports::archive::Archive;
use runtime::ports::clock::Clock;
use runtime::ports::helpdesk::Helpdesk;
use runtime::ports::sms_gateway::SmsGateway;
use runtime::ports::webhook::Webhook;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A helpdesk and a phone network.
pub type Vendors = (Arc<dyn Helpdesk>, Arc<dyn SmsGateway>);

/// The helpdesk and the phone network that are configured. `outbox` is what the files write to.
pub fn connect(config: &Config, outbox: &Arc<Outbox>, clock: Arc<dyn Clock>) -> anyhow::Result<Vendors> {
    let number = || config.helpdesk.number().context("helpdesk.phone_number is no phone number");
    let beside = config.gateway.kind != GatewayKind::Helpdesk;
    let (helpdesk, channel): (Arc<dyn Helpdesk>, Option<Arc<dyn Channel>>) = match config.helpdesk.kind {
        HelpdeskKind::File => (Arc::new(FileHelpdesk::new(outbox.clone())), None),
        HelpdeskKind::Intercom => {
            let desk = Arc::new(IntercomHelpdesk::new(config.helpdesk.intercom.clone(), number()?, beside)?);
            (desk.clone(), Some(desk))
        }
        HelpdeskKind::Zendesk => {
            let desk = Arc::new(ZendeskHelpdesk::new(config.helpdesk.zendesk.clone(), number()?)?);
            (desk.clone(), Some(desk))
        }
        HelpdeskKind::Chatwoot => {
            let desk = Arc::new(ChatwootHelpdesk::new(&config.helpdesk.chatwoot, number()?)?);
            (desk.clone(), Some(desk))
        }
        HelpdeskKind::Webhook => {
            let desk = Arc::new(WebhookHelpdesk::new(config.helpdesk.webhook.clone(), clock.clone())?);
            (desk.clone(), Some(desk))
        }
    };
    let gateway: Arc<dyn SmsGateway> = match config.gateway.kind {
        GatewayKind::File => Arc::new(FileSmsGateway::new(outbox.clone())),
        GatewayKind::Twilio => {
            // Without a console nobody hears Twilio's news: the list of messages has to do.
            let public_url = if config.console.listen.is_empty() { "" } else { config.console.public_url.as_str() };
            Arc::new(TwilioSmsGateway::new(config.gateway.twilio.clone(), public_url, clock)?)
        }
        GatewayKind::Helpdesk => {
            let channel = channel.context("gateway.kind is \"helpdesk\", but this helpdesk sends no SMS")?;
            Arc::new(HelpdeskSmsGateway::new(channel))
        }
    };
    Ok((helpdesk, gateway))
}

/// The past tickets and articles of the helpdesk that is configured.
pub fn archive(config: &Config) -> anyhow::Result<Arc<dyn Archive>> {
    let number = config.helpdesk.number().context("helpdesk.phone_number is no phone number");
    match config.helpdesk.kind {
        HelpdeskKind::Intercom => Ok(Arc::new(IntercomHelpdesk::new(config.helpdesk.intercom.clone(), number?, false)?)),
        HelpdeskKind::Zendesk => Ok(Arc::new(ZendeskHelpdesk::new(config.helpdesk.zendesk.clone(), number?)?)),
        HelpdeskKind::Chatwoot => Ok(Arc::new(ChatwootHelpdesk::new(&config.helpdesk.chatwoot, number?)?)),
        HelpdeskKind::File | HelpdeskKind::Webhook => {
            anyhow::bail!("nothing can be fetched from this helpdesk: helpdesk.kind must be \"intercom\", \"zendesk\" or \"chatwoot\"")
        }
    }
}

/// Webhooks of the vendors that are configured, by the word in their path.
pub fn webhooks(config: &Config, clock: Arc<dyn Clock>) -> BTreeMap<&'static str, Arc<dyn Webhook>> {
    let mut hooks: BTreeMap<&'static str, Arc<dyn Webhook>> = BTreeMap::new();
    let given = |secret: &Secret| Some(secret.clone()).filter(|secret| !secret.is_empty());
    if config.gateway.kind == GatewayKind::Twilio {
        let twilio = &config.gateway.twilio;
        let hook = TwilioWebhook {
            public_url: config.console.public_url.clone(),
            account_sid: twilio.account_sid.clone(),
            auth_tokens: [&twilio.auth_token, &twilio.secondary_auth_token].into_iter().filter_map(given).collect(),
            shared_keys: given(&twilio.shared_key).into_iter().collect(),
        };
        hooks.insert("twilio", Arc::new(hook));
    }
    if config.helpdesk.kind == HelpdeskKind::Intercom {
        let intercom = &config.helpdesk.intercom;
        let hook = IntercomWebhook { client_secret: intercom.client_secret.clone(), app_id: intercom.app_id.clone() };
        hooks.insert("intercom", Arc::new(hook));
    }
    if config.helpdesk.kind == HelpdeskKind::Zendesk {
        hooks.insert("zendesk", Arc::new(ZendeskWebhook { signing_secret: config.helpdesk.zendesk.signing_secret.clone() }));
    }
    if config.helpdesk.kind == HelpdeskKind::Chatwoot {
        let chatwoot = &config.helpdesk.chatwoot;
        let hook = ChatwootWebhook { secret: chatwoot.webhook_secret.clone(), path_secret: chatwoot.path_secret.clone() };
        hooks.insert("chatwoot", Arc::new(hook));
    }
    if let Some(secret) = given(&config.webhook.secret) {
        hooks.insert("generic", Arc::new(GenericWebhook { secret, doubles: config.webhook.doubles, clock }));
    }
    hooks
}
