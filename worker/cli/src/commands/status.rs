//! `whimbrel status`: where every message and effect stands.

use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use adapters::inbox::depth::lines_waiting;
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
    screen.json(&json!({ "status": status, "spooled": spooled, "calibrated": gate.is_calibrated() }))?;
    Ok(ExitCode::SUCCESS)
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
