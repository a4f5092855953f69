//! `whimbrel worker`: runs until it is stopped.

use crate::args::WorkerArgs;
use crate::commands::status;
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::{vendors, wiring};
use adapters::telemetry::metrics::Metrics;
use anyhow::Context;
use console::health::Operators;
use console::server;
use console::webhooks::Webhooks;
use runtime::ports::clock::Clock;
use runtime::ports::ledger::Ledger;
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
    let opened = wiring::ledger::worker(config, &home, &wiring::ledger::mind(&home, &triage)).await?;
    let (ledger, records, clock) = (opened.ledger.clone(), opened.records.clone(), opened.clock.clone());
    let vendors = wiring::vendors(config, &home, clock.clone())?;
    let sweep = Sweep {
        helpdesk: vendors.0.clone(),
        gateway: vendors.1.clone(),
        ledger: ledger.clone(),
        notices: wiring::notices(&home)?,
        clock: clock.clone(),
        settings: config.sweep.clone(),
    };
    let worker = wiring::worker_with(config, &home, triage, (opened.id.clone(), ledger.clone()), vendors, clock.clone())?;
    worker.recover().await?;
    wiring::index::warm_up(config, &knowledge).await;
    let (stop, stopped) = watch::channel(false);
    if !config.console.listen.is_empty() {
        let operators = wiring::operators::operators(config, &home, &knowledge, records.clone(), metrics, clock.clone())?;
        listen(config, &home, ledger, operators, clock, stopped.clone()).await?;
    }
    tracing::info!(worker = %opened.id.0, data_dir = %home.root().display(), "worker ready");
    let running = tokio::spawn({
        let worker = worker.clone();
        let poll_ms = config.worker.settings.poll_ms;
        async move { tokio::join!(worker.run(stopped.clone()), sweep.run(poll_ms, stopped)) }
    });
    if args.until_idle {
        tokio::select! {
            idle = until_idle(config, &worker, records.as_ref()) => idle?,
            () = asked_to_stop() => {}
        }
    } else {
        asked_to_stop().await;
    }
    tracing::info!("worker stops: what is in flight is settled first");
    stop.send_replace(true);
    running.await.context("the worker ended early")?;
    if let Err(error) = opened.leave().await {
        tracing::warn!(%error, "the others could not be told that this worker has stopped");
    }
    if args.until_idle {
        let counts = records.status().await?;
        status::print(screen, &counts, &wiring::inbox::depth(config, &home).await);
        screen.json(&counts)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Serves operators and the webhooks of the vendors that are configured.
async fn listen(
    config: &Config,
    home: &Home,
    ledger: Arc<dyn Ledger>,
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

/// Nothing in the inbox, no message waiting, no effect open.
async fn until_idle(config: &Config, worker: &Worker, records: &dyn Records) -> anyhow::Result<()> {
    loop {
        // The ledger once more behind the inbox: a message may just have gone from the one to the other.
        if is_still(config, worker, records).await? && is_inbox_empty(worker).await && is_still(config, worker, records).await? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(u64::try_from(config.worker.settings.poll_ms).unwrap_or(100))).await;
    }
}

/// Nothing to do in the ledger.
async fn is_still(config: &Config, worker: &Worker, records: &dyn Records) -> anyhow::Result<bool> {
    let status = records.status().await?;
    let due = worker.ledger.next_due(config.worker.settings.claim_terms()).await?;
    Ok(status.waiting == 0 && status.open_effects() == 0 && due.is_none())
}

/// An inbox that cannot be read now is not empty.
async fn is_inbox_empty(worker: &Worker) -> bool {
    worker.inbox.waiting().await.is_ok_and(|waiting| waiting == 0)
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
