//! What `doctor` says about the index on a server.

use crate::config::Config;
use crate::config::index::IndexKind;
use crate::home::Home;
use crate::wiring;
use adapters::knowledge_store::sqlite::store::SqliteKnowledgeStore;
use anyhow::{Context, bail};
use knowledge::ports::store::KnowledgeStore;
use knowledge::ports::vector_index::VectorIndex;

/// The oldest server that can do what the index needs: upserts that only update (`update_mode`).
const VERSION_MIN: (u64, u64) = (1, 17);

/// What the server looks like; none where the index is in this process. Nothing is made or fed.
pub async fn check(config: &Config, home: &Home, dimensions: usize) -> Option<anyhow::Result<String>> {
    match config.index.kind {
        IndexKind::Embedded => None,
        IndexKind::Qdrant => Some(ask(config, home, dimensions).await),
    }
}

async fn ask(config: &Config, home: &Home, dimensions: usize) -> anyhow::Result<String> {
    let (url, alias) = (&config.index.qdrant.url, &config.index.qdrant.collection);
    let store = SqliteKnowledgeStore::open(&home.knowledge())?;
    let index = wiring::index::qdrant(config, &store, dimensions)?;
    let version = index.server_version().await.with_context(|| {
        format!("{url} does not answer: is the server running, and is this its gRPC port (6334, not 6333)? Until then turns go to people")
    })?;
    let (major, minor) = VERSION_MIN;
    if parts(&version) < VERSION_MIN {
        bail!("{url} is Qdrant {version}: update it to {major}.{minor} or newer");
    }
    let Some(name) = index.collection().await? else {
        bail!("Qdrant {version} at {url} has no alias {alias}: run `whimbrel setup qdrant`");
    };
    let (stands, newest) = (index.revision().await?, store.revision().await?);
    let behind = newest.0.saturating_sub(stands.0);
    let says = format!("Qdrant {version} at {url}: {alias} leads to {name}, revision {}", stands.0);
    if stands > newest {
        bail!(
            "{says}, but this knowledge.db stands at {}: a copy or a backup? Run `whimbrel setup qdrant --rebuild` if it is right",
            newest.0
        );
    }
    Ok(if behind == 0 { says } else { format!("{says}, {behind} behind: the next search feeds it") })
}

fn parts(version: &str) -> (u64, u64) {
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}
