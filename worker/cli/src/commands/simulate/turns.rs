//! The tickets of a block, decided so many at a time.

use crate::commands::courtesy::COURTESY;
use jiff::Timestamp;
use knowledge::stages::personal::Personal;
use simulations::calibrate::Judged;
use simulations::line::Line;
use simulations::past::{Human, LeftOut, PastError, pseudonym, replayable};
use simulations::score::{Bench, score};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use triage::consultation::Mind as Author;
use triage::past::PastTicket;
use triage::ticket::{Author as Writer, TicketId};

/// Tasks for each that is decided at the same time: small shares keep all of them busy to the end of a page.
const SHARES: usize = 8;

/// What every task of a block shares.
pub struct Block {
    /// Its number.
    pub number: usize,
    /// Decides and compares.
    pub bench: Bench,
    /// Why its tickets do not count; none when they do.
    pub left_out: Option<LeftOut>,
    /// Conversations that stand in the file before, under another id.
    pub copies: BTreeSet<TicketId>,
    /// Conversations that would give one another's answer away.
    pub twins: Arc<BTreeMap<TicketId, BTreeSet<TicketId>>>,
}

/// A ticket of the block.
pub struct Turn {
    /// Its line.
    pub line: Line,
    /// What the gates can learn of it once the answer was given.
    pub judged: Vec<(Author, Judged)>,
    /// When that was.
    pub answered_at: Timestamp,
}

/// Decides a page, so many at the same time; turns come in the order of the tickets, whatever the number.
pub async fn decide_page(
    block: &Arc<Block>,
    page: Vec<PastTicket>,
    back: &[Option<Timestamp>],
    concurrency: usize,
) -> anyhow::Result<Vec<Turn>> {
    let share = page.len().div_ceil(concurrency.max(1) * SHARES).max(1);
    let room = Arc::new(tokio::sync::Semaphore::new(concurrency.max(1)));
    let mut pairs = page.into_iter().zip(back.iter().copied()).peekable();
    let mut tasks = Vec::new();
    while pairs.peek().is_some() {
        let part: Vec<_> = pairs.by_ref().take(share).collect();
        let (block, room) = (block.clone(), room.clone());
        tasks.push(tokio::spawn(async move {
            let _permit = room.acquire().await;
            let mut turns = Vec::with_capacity(part.len());
            for (past, back) in &part {
                let mut turn = decide_one(&block, past, *back).await;
                turn.line.twins = block.twins.get(&past.ticket.id).map_or(0, BTreeSet::len);
                turns.push(turn);
            }
            turns
        }));
    }
    let mut turns = Vec::new();
    for task in tasks {
        turns.extend(task.await?);
    }
    Ok(turns)
}

async fn decide_one(block: &Block, past: &PastTicket, back: Option<Timestamp>) -> Turn {
    let without = |why| Turn { line: undecided(past, block.number, why), judged: Vec::new(), answered_at: Timestamp::MAX };
    if block.copies.contains(&past.ticket.id) {
        return without(LeftOut::Copy);
    }
    let mut ready = match replayable(past, &COURTESY) {
        Ok(ready) => ready,
        Err(PastError::LeftOut(why)) => return without(why),
        Err(PastError::Case(_)) => return without(LeftOut::Failed),
    };
    if let (Some(answered), Some(back)) = (ready.answered_at, back) {
        ready.human.came_back_after_s = Some((back.as_second() - answered.as_second()).max(0));
    }
    let personal = Personal::of(&past.ticket.messages);
    let question = personal.clean(&ready.case.text());
    match score(&block.bench, &ready, block.number, question).await {
        Ok(scored) => {
            let mut line = scored.line;
            line.left_out = block.left_out;
            line.human.answer = line.human.answer.map(|answer| personal.clean(&answer));
            Turn { line, judged: scored.judged, answered_at: ready.answered_at.unwrap_or(Timestamp::MAX) }
        }
        Err(_) => without(LeftOut::Failed),
    }
}

/// The line of a ticket that was not decided.
pub fn undecided(past: &PastTicket, block: usize, why: LeftOut) -> Line {
    let first = past.ticket.messages.iter().find(|message| message.author == Writer::Customer);
    let personal = Personal::of(&past.ticket.messages);
    Line {
        ticket: past.ticket.id.clone(),
        at: opened(past).unwrap_or(Timestamp::UNIX_EPOCH),
        block,
        customer: pseudonym(past),
        left_out: Some(why),
        twins: 0,
        question: first.map(|message| personal.clean(&message.text)).unwrap_or_default(),
        human: Human { intents: past.intents.clone(), ..Human::default() },
        decision: None,
        scores: None,
    }
}

/// When a ticket was opened.
pub fn opened(past: &PastTicket) -> Option<Timestamp> {
    past.ticket.messages.first().map(|message| message.at)
}

/// When the last word of a ticket was said.
pub fn closed(past: &PastTicket) -> Timestamp {
    past.ticket.messages.last().map_or(Timestamp::UNIX_EPOCH, |message| message.at)
}
