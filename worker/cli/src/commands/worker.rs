//! `whimbrel worker`: runs until it is stopped.

use crate::args::WorkerArgs;
use crate::commands::status;
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::{vendors, wiring};
use adapters::clock::system::SystemClock;
use adapters::inbox::depth::{is_empty, lines_waiting};
use adapters::ledger::sqlite::SqliteLedger;
use adapters::telemetry::metrics::Metrics;
use anyhow::Context;
use console::health::Operators;
use console::server;
use console::webhooks::Webhooks;
use runtime::ports::clock::Clock;
use runtime::ports::records::Records;
use runtime::sweep::Sweep;
use runtime::worker::Worker;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Runs the worker; SIGINT and SIGTERM end it after what is in flight is settled.
pub async fn run(config: &Config, args: &WorkerArgs, metrics: Arc<Metrics>, screen: &Screen) -> anyhow::Result<ExitCode> {
    let home = Home::open(&config.data_dir)?;
    let knowledge = wiring::knowledge(config, &home)?;
    let triage = wiring::triage_of(config, &home, &knowledge)?;
    if !triage.terms.gate.is_calibrated() {
        tracing::warn!("the gate is not calibrated: nothing is sent by itself; run `whimbrel learn TICKETS`");
    }
    let ledger = wiring::worker_ledger(&home)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let vendors = wiring::vendors(config, &home, clock.clone())?;
    let sweep = Sweep {
        helpdesk: vendors.0.clone(),
        gateway: vendors.1.clone(),
        ledger: ledger.clone(),
        notices: wiring::notices(&home)?,
        clock: clock.clone(),
        settings: config.sweep.clone(),
    };
    let worker = wiring::worker_with(config, &home, triage, ledger.clone(), vendors, clock.clone())?;
    worker.recover().await?;
    wiring::index::warm_up(config, &knowledge).await;
    let (stop, stopped) = watch::channel(false);
    if !config.console.listen.is_empty() {
        let operators = wiring::operators::operators(config, &home, &knowledge, ledger.clone(), metrics, clock.clone())?;
        listen(config, &home, ledger.clone(), operators, clock, stopped.clone()).await?;
    }
    tracing::info!(worker = config.worker.name, data_dir = %home.root().display(), "worker ready");
    let running = tokio::spawn({
        let worker = worker.clone();
        let poll_ms = config.worker.settings.poll_ms;
        async move { tokio::join!(worker.run(stopped.clone()), sweep.run(poll_ms, stopped)) }
    });
    if args.until_idle {
        tokio::select! {
            idle = until_idle(config, &home, &worker, ledger.as_ref()) => idle?,
            () = asked_to_stop() => {}
        }
    } else {
        asked_to_stop().await;
    }
    tracing::info!("worker stops: what is in flight is settled first");
    stop.send_replace(true);
    running.await.context("the worker ended early")?;
    if args.until_idle {
        let counts = ledger.status().await?;
        status::print(screen, &counts, lines_waiting(&home.spool())?);
        screen.json(&counts)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Serves operators and the webhooks of the vendors that are configured.
async fn listen(
    config: &Config,
    home: &Home,
    ledger: Arc<SqliteLedger>,
    operators: Operators,
    clock: Arc<dyn Clock>,
    mut stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let address = &config.console.listen;
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}: is another program there?"))?;
    let vendors = vendors::webhooks(config, clock.clone());
    let names: Vec<&str> = vendors.keys().copied().collect();
    tracing::info!(address, webhooks = names.join(" "), "console ready");
    let hooks = Webhooks {
        vendors: Arc::new(vendors),
        ledger,
        notices: wiring::notices(home)?,
        clock,
        body_bytes_max: config.console.body_bytes_max,
    };
    let over = async move { while !*stopped.borrow() && stopped.changed().await.is_ok() {} };
    tokio::spawn(server::serve(listener, operators, Some(hooks), over));
    Ok(())
}

/// Nothing in the spool, no message waiting, no effect open.
async fn until_idle(config: &Config, home: &Home, worker: &Worker, records: &dyn Records) -> anyhow::Result<()> {
    loop {
        let status = records.status().await?;
        let open: u64 = ["pending", "sending", "unknown"].iter().filter_map(|state| status.effects.get(*state)).sum();
        let due = worker.ledger.next_due(config.worker.settings.claim_terms()).await?;
        if is_empty(&home.spool())? && status.waiting == 0 && open == 0 && due.is_none() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(u64::try_from(config.worker.settings.poll_ms).unwrap_or(100))).await;
    }
}

async fn asked_to_stop() {
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signals) => {
                signals.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}
