//! `whimbrel status`: where every message and effect stands.

use crate::config::Config;
use crate::config::model::ModelKind;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use adapters::inbox::depth::lines_waiting;
use adapters::spending::accounts::Accounts;
use jiff::Timestamp;
use runtime::ports::records::{Records, Status};
use serde_json::json;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// Prints counts that add up.
pub async fn run(config: &Config, screen: &Screen) -> anyhow::Result<ExitCode> {
    let home = Home::open(&config.data_dir)?;
    let status = wiring::desk_ledger(&home)?.status().await?;
    let spooled = lines_waiting(&home.spool())?;
    let gate = wiring::gate(&home)?;
    print(screen, &status, spooled);
    screen.line(match &gate.calibration {
        Some(calibration) => {
            format!("gate       calibrated on {} judged answers, {} of them wrong", calibration.samples, calibration.wrong)
        }
        None => "gate       not calibrated: nothing is sent by itself. Run `whimbrel learn TICKETS`.".to_owned(),
    });
    let model = adapters::spending::file::read(&home.spending(), Timestamp::now())?;
    if config.model.kind == ModelKind::Openai || model.asked > 0 {
        screen.line(format!("model      {}", model_line(config, &model, status.decided)));
    }
    screen.json(&json!({ "status": status, "spooled": spooled, "calibrated": gate.is_calibrated(), "model": model }))?;
    Ok(ExitCode::SUCCESS)
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
pub fn print(screen: &Screen, status: &Status, spooled: u64) {
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
        "messages   {} received = {} waiting{oldest} + {} decided + {} dead; {spooled} more in the spool",
        status.received, status.waiting, status.decided, status.dead
    ));
    screen.line(format!("decisions  {}", counts(&status.decisions)));
    screen.line(format!("reasons    {}", counts(&status.reasons)));
    screen.line(format!("effects    {}", counts(&status.effects)));
    screen.line(format!("dead       {} open: `whimbrel dead list`", status.dead_letters));
    screen.line(format!("opted out  {}", status.opted_out));
}
