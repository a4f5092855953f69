//! `whimbrel ask`: decides a text now, sends nothing.

use crate::args::ask::{AskArgs, AskedMind};
use crate::commands::receipt;
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::process::ExitCode;
use triage::case::Case;
use triage::consultation::Mind;
use triage::decision::Decision;
use triage::phone::PhoneNumber;
use triage::ticket::{Author, Change, Message, MessageId, Tag, Ticket, TicketId};
use triage::triage::Triage;

/// Decides the texts as one burst and prints the receipt.
pub async fn run(config: &Config, args: &AskArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let home = Home::open(&config.data_dir)?;
    let knowledge = wiring::knowledge(config, &home)?;
    let mut triage = wiring::triage_of(config, &home, &knowledge)?;
    if let Some(record) = &args.record {
        triage.second = wiring::model::second_mind(config, &home, &triage, Some(Path::new(record)))?;
    }
    let decision = decide(&triage, &case(args)?, args.mind).await?;
    screen.json(&decision)?;
    receipt::print(screen, &decision);
    Ok(ExitCode::SUCCESS)
}

/// Decides with the mind that was asked for.
async fn decide(triage: &Triage, case: &Case, mind: AskedMind) -> anyhow::Result<Decision> {
    match mind {
        AskedMind::Local => Ok(triage.decide_alone(case).await?),
        AskedMind::Cascade => Ok(triage.decide(case).await?),
        AskedMind::Model => {
            let second = triage.second.as_ref().context("there is no model: set model.kind, model.base_url and model.name")?;
            let consulted = second.decide(case).await;
            let problem = consulted.consultations.iter().rev().find_map(|one| one.problem.clone()).unwrap_or_default();
            let mut decision = consulted.decision.with_context(|| format!("the model did not decide: {problem}"))?;
            (decision.receipt.mind, decision.receipt.consultations) = (Mind::Model, consulted.consultations);
            Ok(decision)
        }
    }
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
