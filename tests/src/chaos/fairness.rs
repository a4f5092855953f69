//! One sender floods: what the others feel of it, beside what they feel without, in one run.

use crate::chaos::customers::{Crowd, write};
use crate::chaos::doors::Doors;
use crate::chaos::house::{COMPANY, House, More, is_idle};
use crate::chaos::phone::Phone;
use crate::fakes::address::FakeAddress;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Everything is answered within so many seconds.
const IDLE_S_MAX: u64 = 120;
/// How often the house is asked whether it is idle, in milliseconds.
const ASK_MS: u64 = 200;

/// What the others waited for their answer, in seconds.
pub struct Fairness {
    /// The 95th percentile without the flood.
    pub calm_p95_s: f64,
    /// And with it.
    pub flooded_p95_s: f64,
    /// Others who were measured, each time.
    pub others: usize,
    /// Messages of the one who floods.
    pub flood: usize,
}

/// Measures both, one after the other, on one worker.
pub async fn measure(program: PathBuf, seed: u64, others: usize, flood: usize) -> anyhow::Result<Fairness> {
    let (phone, desk) = (Phone::new(seed, 0), FakeAddress::default());
    let house = House::new(program, phone.serve().await?, &desk.serve().await?, More::default())?;
    let mut worker = house.start()?;
    let crowd = |area| Crowd { messages: others, area, seed, every_ms: 20 };
    // The first answers of a process are made while it still warms up: nobody is measured.
    answered(&house, &phone, Crowd { messages: 20, ..crowd(600) }).await?;
    let calm_p95_s = answered(&house, &phone, crowd(601)).await?;
    let line =
        |n: usize| json!({ "v": 1, "message_id": format!("f{n}"), "from": "+16020000000", "to": COMPANY, "text": format!("hello {n}?") });
    house.spool()?.put((0..flood).map(|n| line(n).to_string().into_bytes()))?;
    let flooded_p95_s = answered(&house, &phone, crowd(603)).await?;
    worker.kill()?;
    worker.wait()?;
    Ok(Fairness { calm_p95_s, flooded_p95_s, others, flood })
}

/// The 95th percentile of what those waited who were answered by SMS.
async fn answered(house: &House, phone: &Phone, crowd: Crowd) -> anyhow::Result<f64> {
    let waits = waits(house, &Doors::of(house)?, phone, crowd).await?;
    waits.get(waits.len() * 95 / 100).copied().ok_or_else(|| anyhow::anyhow!("nobody was answered"))
}

/// A crowd writes. Returns what those waited who were answered by SMS, in seconds, the shortest wait first.
pub async fn waits(house: &House, doors: &Doors, phone: &Phone, crowd: Crowd) -> anyhow::Result<Vec<f64>> {
    let written = write(doors, phone, crowd).await?;
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs(IDLE_S_MAX) && !is_idle(&house.status()?) {
        tokio::time::sleep(Duration::from_millis(ASK_MS)).await;
    }
    let first: BTreeMap<String, Instant> = phone.received().into_iter().rev().map(|sms| (sms.to, sms.at)).collect();
    let wait =
        |(customer, at): (&String, &Instant)| first.get(customer).map(|answered| answered.saturating_duration_since(*at).as_secs_f64());
    let mut waits: Vec<f64> = written.safe_at.iter().filter_map(wait).collect();
    waits.sort_by(f64::total_cmp);
    Ok(waits)
}
