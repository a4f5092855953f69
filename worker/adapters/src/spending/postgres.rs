//! The accounts in the shared ledger: all workers charge the same day, month and ticket, so that no cap is passed by all of them
//! together. A charge is one transaction under the locks of its three rows. Whoever cannot reach the accounts spends nothing.

use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::settings::PostgresSettings;
use crate::ledger::postgres::store::{Store, Verb, options};
use crate::ledger::words::count;
use crate::spending::accounts::{Accounts, Spent, passed};
use crate::spending::memory::difference;
use async_trait::async_trait;
use prompts::budget::money::Caps;
use prompts::ports::spending::Spending;
use runtime::ports::ledger::LedgerError;
use sqlx::postgres::PgConnection;
use std::sync::mpsc;
use std::time::Duration;
use triage::ticket::TicketId;

/// A charge that is not answered for so long is refused, in milliseconds.
pub const CHARGE_TIMEOUT_MS: u64 = 5_000;
/// What stands in the place of a cap's name when the accounts cannot be reached.
pub const UNREACHABLE: &str = "ledger";

/// Days and months begin at midnight UTC by the server's clock.
macro_rules! day {
    () => {
        "'day ' || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    };
}
macro_rules! month {
    () => {
        "'month ' || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM')"
    };
}

enum Movement {
    Charge { ticket: TicketId, micro_usd: u64, caps: Caps, caller: mpsc::SyncSender<Result<(), &'static str>> },
    Settle { ticket: TicketId, difference: i64 },
    Asked,
}

/// The port is not asynchronous, and a charge must not wait for the tasks that wait for it: one thread has a connection of its own.
pub struct PostgresSpending {
    movements: mpsc::Sender<Movement>,
}

impl PostgresSpending {
    /// Starts the thread; it connects when the first model is asked.
    pub fn start(settings: &PostgresSettings, url: &str) -> Result<Self, LedgerError> {
        let options = options(url, settings, "spending")?;
        let settings = PostgresSettings { connections_max: 1, ..settings.clone() };
        let (movements, received) = mpsc::channel();
        let keep = move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            let mut store = None;
            while let Ok(movement) = received.recv() {
                runtime.block_on(async {
                    if store.is_none() {
                        store = Store::connect(options.clone(), &settings).await.ok();
                    }
                    made(store.as_ref(), movement).await;
                });
            }
        };
        let started = std::thread::Builder::new().name("spending".to_owned()).spawn(keep);
        started.map_err(|error| LedgerError { problem: format!("no thread for the accounts: {error}"), is_transient: true })?;
        Ok(PostgresSpending { movements })
    }
}

async fn made(store: Option<&Store>, movement: Movement) {
    let told = |problem: LedgerError| tracing::error!(%problem, "what the model cost cannot be written down");
    match (movement, store) {
        (Movement::Charge { ticket, micro_usd, caps, caller }, Some(store)) => {
            let charged = store.run(&Charge { ticket: &ticket, micro_usd, caps: &caps }).await;
            if let Ok(Err(cap)) = &charged {
                tracing::warn!(name: "cap_reached", cap, "a cap of the language model is reached");
            }
            let answer = charged.map_err(told).unwrap_or(Err(UNREACHABLE));
            let _ = caller.send(answer);
        }
        (Movement::Charge { caller, .. }, None) => {
            let _ = caller.send(Err(UNREACHABLE));
        }
        (Movement::Settle { ticket, difference }, Some(store)) => {
            store.run(&Move { ticket: &ticket, micro_usd: difference }).await.unwrap_or_else(told);
        }
        (Movement::Asked, Some(store)) => store.run(&Ask).await.unwrap_or_else(told),
        (Movement::Settle { .. } | Movement::Asked, None) => tracing::error!("the accounts of the model cannot be reached"),
    }
}

impl Spending for PostgresSpending {
    fn charge(&self, ticket: &TicketId, micro_usd: u64, caps: &Caps) -> Result<(), &'static str> {
        let (caller, answer) = mpsc::sync_channel(1);
        let charge = Movement::Charge { ticket: ticket.clone(), micro_usd, caps: *caps, caller };
        self.movements.send(charge).map_err(|_| UNREACHABLE)?;
        answer.recv_timeout(Duration::from_millis(CHARGE_TIMEOUT_MS)).unwrap_or(Err(UNREACHABLE))
    }

    fn asked(&self, _: &TicketId) {
        let _ = self.movements.send(Movement::Asked);
    }

    fn settle(&self, ticket: &TicketId, charged_micro_usd: u64, cost_micro_usd: u64) {
        let difference = difference(charged_micro_usd, cost_micro_usd);
        if difference != 0 {
            let _ = self.movements.send(Movement::Settle { ticket: ticket.clone(), difference });
        }
    }
}

/// The account of a ticket.
fn of(ticket: &TicketId) -> String {
    format!("ticket {}", ticket.0.replace('\0', "\u{fffd}"))
}

struct Charge<'a> {
    ticket: &'a TicketId,
    micro_usd: u64,
    caps: &'a Caps,
}

#[async_trait]
impl Verb for Charge<'_> {
    type Answer = Result<(), &'static str>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Self::Answer, Problem> {
        let ticket = of(self.ticket);
        let mut spent = Spent::default();
        let accounts = locked(connection, &ticket).await?;
        for (account, micro_usd) in &accounts {
            let sum = count(*micro_usd);
            match account.split(' ').next() {
                Some("day") => spent.day = sum,
                Some("month") => spent.month = sum,
                _ => spent.ticket = sum,
            }
        }
        let Some(cap) = passed(spent, self.micro_usd, self.caps) else {
            add(connection, &accounts, i64::try_from(self.micro_usd).unwrap_or(i64::MAX)).await?;
            return Ok(Ok(()));
        };
        if let Some((account, _)) = accounts.iter().find(|(account, _)| account.split(' ').next() == Some(cap)).filter(|_| cap != "ticket")
        {
            sqlx::query("UPDATE spending SET capped = 1 WHERE account = $1").bind(account).execute(connection).await?;
        }
        Ok(Err(cap))
    }
}

struct Move<'a> {
    ticket: &'a TicketId,
    micro_usd: i64,
}

#[async_trait]
impl Verb for Move<'_> {
    type Answer = ();

    async fn run(&self, connection: &mut PgConnection) -> Result<(), Problem> {
        let accounts = locked(connection, &of(self.ticket)).await?;
        add(connection, &accounts, self.micro_usd).await
    }
}

struct Ask;

#[async_trait]
impl Verb for Ask {
    type Answer = ();

    async fn run(&self, connection: &mut PgConnection) -> Result<(), Problem> {
        let sql = "INSERT INTO spending (account, micro_usd, at) VALUES ('asked', 1, 0)
         ON CONFLICT (account) DO UPDATE SET micro_usd = spending.micro_usd + 1";
        sqlx::query(sql).execute(connection).await?;
        Ok(())
    }
}

/// The accounts of today, of this month and of a ticket, always locked in this order.
async fn locked(connection: &mut PgConnection, ticket: &str) -> Result<Vec<(String, i64)>, Problem> {
    let sql = concat!(
        "INSERT INTO spending (account, micro_usd, at) SELECT account, 0, (extract(epoch FROM clock_timestamp()) * 1000)::bigint
         FROM (VALUES (1, ",
        day!(),
        "), (2, ",
        month!(),
        "), (3, $1)) AS a(n, account) ORDER BY n
         ON CONFLICT (account) DO UPDATE SET at = excluded.at RETURNING account, micro_usd"
    );
    Ok(sqlx::query_as(sql).bind(ticket).fetch_all(connection).await?)
}

async fn add(connection: &mut PgConnection, accounts: &[(String, i64)], micro_usd: i64) -> Result<(), Problem> {
    let names: Vec<&str> = accounts.iter().map(|(account, _)| account.as_str()).collect();
    let sql = "UPDATE spending SET micro_usd = GREATEST(micro_usd + $2, 0) WHERE account = ANY($1)";
    sqlx::query(sql).bind(names).bind(micro_usd).execute(connection).await?;
    Ok(())
}

/// The sums of now.
pub async fn read(settings: &PostgresSettings, url: &str) -> Result<Accounts, LedgerError> {
    let one = PostgresSettings { connections_max: 1, ..settings.clone() };
    Store::connect(options(url, &one, "spending")?, &one).await?.run(&Sums).await
}

struct Sums;

#[async_trait]
impl Verb for Sums {
    type Answer = Accounts;

    async fn run(&self, connection: &mut PgConnection) -> Result<Accounts, Problem> {
        let sql = concat!("SELECT account, micro_usd, capped FROM spending WHERE account IN ('asked', ", day!(), ", ", month!(), ")");
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(sql).fetch_all(connection).await?;
        let mut accounts = Accounts::default();
        for (account, sum, capped) in rows {
            let name = account.split(' ').next().unwrap_or_default();
            match name {
                "day" => accounts.day_micro_usd = count(sum),
                "month" => accounts.month_micro_usd = count(sum),
                _ => accounts.asked = count(sum),
            }
            if capped != 0 && accounts.capped.as_deref() != Some("month") {
                accounts.capped = Some(name.to_owned());
            }
        }
        Ok(accounts)
    }
}
