//! What `doctor` says about the inbox.

use crate::config::Config;
use crate::config::inbox::InboxKind;
use crate::home::Home;
use crate::wiring;
use adapters::inbox::amqp;
use adapters::inbox::depth::lines_waiting;

/// A finding, with what was looked at.
pub type Finding = (&'static str, anyhow::Result<String>);

/// Looks at the inbox that is configured, and at messages that nobody would read.
pub async fn check(config: &Config, home: &Home) -> Vec<Finding> {
    let spooled = lines_waiting(&home.spool());
    if config.inbox.kind == InboxKind::Spool {
        return vec![("spool", spooled.map(|lines| format!("{lines} messages wait")).map_err(Into::into))];
    }
    let mut findings: Vec<Finding> = match wiring::inbox::amqp(config) {
        Err(error) => vec![("broker", Err(error))],
        Ok(settings) => {
            let found = amqp::check::check(&settings).await;
            found.into_iter().map(|finding| ("broker", finding.map_err(Into::into))).collect()
        }
    };
    match spooled {
        Ok(0) | Err(_) => {}
        Ok(lines) => findings.push((
            "spool",
            Err(anyhow::anyhow!(
                "{lines} messages lie in {} and nobody reads them, because inbox.kind is \"amqp\": enqueue those files, then delete them",
                home.spool().display()
            )),
        )),
    }
    findings
}
