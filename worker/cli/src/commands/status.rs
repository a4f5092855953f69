//! `whimbrel status`: where every message and effect stands.

use crate::config::Config;
use crate::config::model::ModelKind;
use crate::home::Home;
use crate::screen::{Screen, moment};
use crate::wiring;
use crate::wiring::inbox::Depth;
use adapters::inbox::depth::lines_waiting;
use adapters::spending::accounts::Accounts;
use jiff::Timestamp;
use knowledge::learned::share::observed;
use runtime::ports::records::{Records, SeenWorker, Status};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

/// Receipts that the share of messages outside all intents is read off, the newest ones.
const RECEIPTS_MAX: usize = 1_000;

/// Prints counts that add up.
pub async fn run(config: &Config, screen: &Screen) -> anyhow::Result<ExitCode> {
    let home = Home::open(&config.data_dir)?;
    let records = wiring::ledger::desk(config, &home).await?;
    let status = records.status().await?;
    let spooled = lines_waiting(&home.spool())?;
    let inbox = wiring::inbox::depth(config, &home).await;
    let gate = wiring::gate(&home)?;
    print(screen, &status, &inbox);
    screen.line(match &gate.calibration {
        Some(calibration) => {
            format!("gate       calibrated on {} judged answers, {} of them wrong", calibration.samples, calibration.wrong)
        }
        None => "gate       not calibrated: nothing is sent by itself. Run `whimbrel learn TICKETS`.".to_owned(),
    });
    let outside = outside(&home, records.as_ref()).await?;
    if let Some(outside) = &outside {
        screen.line(format!(
            "scope      about {:.0} % of the last {} messages lay outside all intents; the model takes {:.0} % for granted",
            outside.share * 100.0,
            outside.messages,
            outside.taken_for_granted * 100.0
        ));
    }
    let model = wiring::ledger::spent(config, &home).await?;
    if config.model.kind == ModelKind::Openai || model.asked > 0 {
        screen.line(format!("model      {}", model_line(config, &model, status.decided)));
    }
    let workers = records.workers().await?;
    print_workers(screen, &workers);
    let all = json!({
        "status": status, "spooled": spooled, "inbox": inbox, "calibrated": gate.is_calibrated(), "model": model, "out_of_scope": outside,
        "workers": workers
    });
    screen.json(&all)?;
    Ok(ExitCode::SUCCESS)
}

/// Who shares the ledger; nothing where one worker has it to itself.
fn print_workers(screen: &Screen, workers: &[SeenWorker]) {
    for worker in workers {
        let how = match (worker.stopped_at, worker.is_gone) {
            (Some(at), _) => format!("stopped at {}", moment(at)),
            (None, true) => {
                format!("GONE, last seen at {}: its claims end with their leases, and others take them over", moment(worker.seen_at))
            }
            (None, false) => format!("seen at {}", moment(worker.seen_at)),
        };
        screen.line(format!(
            "worker     {} {}, started at {}, {how}; holds {} turns and {} effects",
            worker.name.0,
            worker.version,
            moment(worker.started_at),
            worker.turns,
            worker.effects
        ));
    }
    let minds: BTreeSet<&str> =
        workers.iter().filter(|worker| worker.stopped_at.is_none() && !worker.is_gone).map(|worker| worker.mind.as_str()).collect();
    if minds.len() > 1 {
        screen.line(
            "           These workers do not decide alike: give them the same policy, intents, gate and model (docs/many-workers.md).",
        );
    }
}

/// The share of messages outside all intents, as the newest receipts of the model in force tell it.
#[derive(Serialize)]
struct Outside {
    share: f64,
    messages: usize,
    taken_for_granted: f64,
}

async fn outside(home: &Home, records: &dyn Records) -> anyhow::Result<Option<Outside>> {
    // A damaged model is the doctor's to name: counts are shown without it.
    let Ok(Some(model)) = wiring::model(home) else { return Ok(None) };
    let newest = records.decisions(RECEIPTS_MAX).await?;
    let of_model = newest.iter().map(|stored| &stored.decision.receipt).filter(|receipt| receipt.versions.classifier == model.name());
    let said: Vec<f64> = of_model.filter_map(|receipt| receipt.out_of_scope).collect();
    let taken_for_granted = model.parts().scope.share;
    Ok(observed(&said, taken_for_granted).map(|share| Outside { share, messages: said.len(), taken_for_granted }))
}

/// What the language model was needed for and what it cost.
fn model_line(config: &Config, model: &Accounts, decided: u64) -> String {
    let usd = |micro_usd: u64| format!("${:.2}", micro_usd as f64 / 1_000_000.0);
    let of = |cap: Option<u64>| cap.map_or(String::new(), |cap| format!(" of {}", usd(cap)));
    let caps = config.model.caps();
    let share = 100.0 * model.asked as f64 / decided.max(1) as f64;
    let state = match &model.capped {
        Some(cap) => format!("; the cap of the {cap} is reached: the local mind decides alone"),
        None => String::new(),
    };
    format!(
        "asked about {} turns ({share:.0} % of those decided); {}{} today, {}{} this month{state}",
        model.asked,
        usd(model.day_micro_usd),
        of(caps.day),
        usd(model.month_micro_usd),
        of(caps.month)
    )
}

/// The counts, for people.
pub fn print(screen: &Screen, status: &Status, inbox: &Depth) {
    let counts = |counts: &BTreeMap<String, u64>| match counts.is_empty() {
        true => "none".to_owned(),
        false => counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", "),
    };
    let oldest = status.oldest_waiting_at.map_or(String::new(), |at| {
        let waited_s = (Timestamp::now().as_millisecond() - at.as_millisecond()).max(0) / 1_000;
        format!(" (oldest for {waited_s} s)")
    });
    screen.line(format!("worker     {}", if status.paused { "paused" } else { "not paused" }));
    screen.line(format!(
        "messages   {} received = {} waiting{oldest} + {} decided + {} dead; {inbox}",
        status.received, status.waiting, status.decided, status.dead
    ));
    screen.line(format!("decisions  {}", counts(&status.decisions)));
    screen.line(format!("reasons    {}", counts(&status.reasons)));
    screen.line(format!("effects    {}", counts(&status.effects)));
    screen.line(format!("dead       {} open: `whimbrel dead list`", status.dead_letters));
    screen.line(format!("opted out  {}", status.opted_out));
}
