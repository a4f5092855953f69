//! The file of past tickets: into the order of time, twins found, one ticket in memory at a time.

use crate::args::simulate::SimulateArgs;
use crate::commands::knowledge_sync::columns;
use crate::commands::simulate::folder::LineWriter;
use crate::commands::simulate::turns::{opened, undecided};
use adapters::loader::combined::CombinedLoader;
use adapters::loader::tickets_csv::TicketsCsv;
use adapters::past_tickets::PastTickets;
use anyhow::{Context, bail};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use knowledge::document::{Refused, RefusedKind};
use knowledge::ports::loader::{Item, Loader};
use knowledge::source::{Source, SourceId, SourceKind};
use simulations::line::Line;
use simulations::past::{Human, LeftOut};
use simulations::twins::{Twins, fnv};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use triage::ticket::TicketId;

/// Tickets read at once.
pub const PAGE: usize = 1_000;

/// Everything that is known before the first ticket is decided.
pub struct Input {
    /// The tickets in the order of time.
    pub tickets: PastTickets,
    /// How many there are.
    pub count: usize,
    /// Lines of what could not be read, or came twice; as a file, for they can be many.
    pub refused: PathBuf,
    /// Conversations that would give one another's answer away.
    pub twins: Twins,
    /// By place: when the same customer opened the next conversation.
    pub came_back_at: Vec<Option<Timestamp>>,
}

/// What to say of a file that is not there.
pub fn unopened(path: &str) -> String {
    format!("cannot open {path}: name a file of past tickets (JSON Lines, CSV, or an export)")
}

/// Reads the file.
pub fn read(args: &SimulateArgs, path: &str, work: &Path) -> anyhow::Result<Input> {
    let location = std::fs::canonicalize(path).with_context(|| unopened(path))?.to_string_lossy().into_owned();
    let kind = SourceKind::Tickets { columns: columns(&args.columns)? };
    let source = Source { id: SourceId("tickets".to_owned()), kind, location, language: None, valid_from: None };
    let mut tickets = PastTickets::create(&work.join("tickets.db"))?;
    let refused = work.join("refused.jsonl");
    let mut lines = LineWriter::create(&refused)?;
    let mut first_reason = None;
    for item in loader(args)?.items(&source)? {
        match item {
            Item::Ticket(past) if tickets.add(&past)? => {}
            Item::Ticket(past) => lines.write(&undecided(&past, 0, LeftOut::Twice))?,
            Item::Refused(line) => {
                first_reason.get_or_insert_with(|| format!(" ({}: {})", line.name, line.reason));
                lines.write(&refused_line(line))?;
            }
            Item::Document(_) => {}
        }
    }
    lines.finish()?;
    let count = tickets.order()?;
    if count == 0 {
        let why = first_reason.unwrap_or_default();
        bail!("no ticket could be read from {path}{why}: docs/tickets.md has the forms");
    }
    check_times(path, &tickets, count)?;
    let (twins, came_back_at) = survey(&tickets, count)?;
    Ok(Input { tickets, count, refused, twins, came_back_at })
}

/// A replay goes by time: a file that tells none cannot be replayed.
fn check_times(path: &str, tickets: &PastTickets, count: usize) -> anyhow::Result<()> {
    let at = |place: usize| anyhow::Ok(tickets.range(place, place + 1)?.first().and_then(opened));
    if count > 1 && at(0)? == at(count - 1)? {
        bail!(
            "all {count} tickets of {path} have the same time, and a replay needs their order: name the column of their time with --column at=COLUMN (docs/tickets.md)"
        );
    }
    Ok(())
}

/// Reads the file; times of a CSV that name no zone are of the zone that was given.
fn loader(args: &SimulateArgs) -> anyhow::Result<CombinedLoader> {
    let name = args.time_zone.as_deref().unwrap_or("UTC");
    let time_zone =
        TimeZone::get(name).with_context(|| format!("--time-zone {name} is unknown: write an IANA name such as Europe/Paris"))?;
    Ok(CombinedLoader { tickets_csv: TicketsCsv { time_zone, ..TicketsCsv::default() }, ..CombinedLoader::default() })
}

/// Looks at all tickets once, oldest first: twins, and when customers came back.
fn survey(tickets: &PastTickets, count: usize) -> anyhow::Result<(Twins, Vec<Option<Timestamp>>)> {
    let mut twins = Twins::default();
    let mut came_back_at = vec![None; count];
    let mut last_of: HashMap<u64, usize> = HashMap::new();
    for start in (0..count).step_by(PAGE) {
        for (place, past) in (start..).zip(tickets.range(start, start + PAGE)?) {
            twins.see(&past);
            let customer = fnv(past.ticket.customer.reveal().as_bytes());
            let opened = past.ticket.messages.first().map(|message| message.at);
            if let Some(before) = last_of.insert(customer, place)
                && let Some(slot) = came_back_at.get_mut(before)
            {
                *slot = opened;
            }
        }
    }
    Ok((twins, came_back_at))
}

/// The line of what never became a ticket; it stands under its place in the file.
fn refused_line(refused: Refused) -> Line {
    Line {
        ticket: TicketId(refused.name),
        at: Timestamp::UNIX_EPOCH,
        block: 0,
        customer: String::new(),
        left_out: Some(match refused.kind {
            RefusedKind::Unreadable => LeftOut::Unreadable,
            RefusedKind::SeenBefore => LeftOut::Twice,
            RefusedKind::WithoutCustomer => LeftOut::NoWords,
        }),
        twins: 0,
        question: refused.reason,
        human: Human::default(),
        decision: None,
        scores: None,
    }
}
