//! `whimbrel ask`: decides a text now, sends nothing.

use crate::args::ask::AskArgs;
use crate::args::mind::ChosenMind;
use crate::commands::receipt;
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use anyhow::{Context, bail};
use jiff::{SignedDuration, Timestamp};
use simulations::mind::decide;
use std::path::Path;
use std::process::ExitCode;
use triage::case::Case;
use triage::phone::PhoneNumber;
use triage::ticket::{Author, Change, Message, MessageId, Tag, Ticket, TicketId};

/// Decides the texts as one burst and prints the receipt.
pub async fn run(config: &Config, args: &AskArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let home = Home::open(&config.data_dir)?;
    let knowledge = wiring::knowledge(config, &home)?;
    let mut triage = wiring::triage_of(config, &home, &knowledge)?;
    if let Some(record) = &args.record {
        triage.second = wiring::model::second_mind(config, &home, &triage, Some(Path::new(record)))?;
    }
    if args.mind == ChosenMind::Model && triage.second.is_none() {
        bail!("there is no model: set model.kind, model.base_url and model.name");
    }
    let decision = decide(&triage, args.mind.mind(), &case(args)?).await?.decision;
    screen.json(&decision)?;
    receipt::print(screen, &decision);
    Ok(ExitCode::SUCCESS)
}

/// The texts as a ticket of their own, a second apart, the last one at the given moment.
fn case(args: &AskArgs) -> anyhow::Result<Case> {
    let customer = PhoneNumber::parse(&args.from).context("--from")?;
    let at = args.at.unwrap_or_else(Timestamp::now);
    let count = args.text.len();
    let messages: Vec<Message> = args
        .text
        .iter()
        .enumerate()
        .map(|(n, text)| Message {
            id: MessageId(format!("ask-{}", n + 1)),
            author: Author::Customer,
            at: at - SignedDuration::from_secs(i64::try_from(count - n - 1).unwrap_or(0)),
            text: text.clone(),
            media: Vec::new(),
            carrier_answered: false,
        })
        .collect();
    let tags = args.tag.iter().map(|tag| Change { at: Timestamp::MIN, to: Tag(tag.clone()) }).collect();
    let ticket = Ticket { id: TicketId("ask".to_owned()), customer, messages, tags, owners: Vec::new(), opted_out: Vec::new() };
    Ok(Case::at(&ticket, &MessageId(format!("ask-{count}")))?)
}
