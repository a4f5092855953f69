//! `whimbrel setup amqp`: declares the queues.

use crate::config::Config;
use crate::screen::Screen;
use crate::wiring;
use adapters::inbox::amqp::check;
use serde_json::json;

/// Declares what is missing.
pub async fn run(config: &Config, screen: &Screen) -> anyhow::Result<()> {
    let queues = check::set_up(&wiring::inbox::amqp(config)?).await?;
    for queue in &queues {
        screen.line(format!("queue {queue} is there"));
    }
    screen.json(&json!({ "queues": queues }))
}
