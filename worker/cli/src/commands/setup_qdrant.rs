//! `whimbrel setup qdrant`: the collection, its payload indexes, the alias, and the passages.

use crate::args::setup::SetupQdrantArgs;
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use adapters::knowledge_store::sqlite::store::SqliteKnowledgeStore;
use anyhow::Context;
use knowledge::feed::Feed;
use serde_json::json;
use std::sync::Arc;

/// Makes and fills the collection of the server that is configured, whether or not workers use it already.
pub async fn run(config: &Config, args: &SetupQdrantArgs, screen: &Screen) -> anyhow::Result<()> {
    let home = Home::open(&config.data_dir)?;
    let store = Arc::new(SqliteKnowledgeStore::open(&home.knowledge())?);
    let dimensions = wiring::embedder(config)?.dimensions();
    let index = wiring::index::qdrant(config, &store, dimensions)?;
    let hint = || format!("{} was not set up; `whimbrel doctor` says what it looks like from here", config.index.qdrant.url);
    let (name, revision) = match args.rebuild {
        true => {
            let progress = |changes: u64| screen.remark(format!("{changes} changes written ..."));
            index.rebuild(store.as_ref(), &progress).await.with_context(hint)?
        }
        false => {
            let name = index.set_up().await.with_context(hint)?;
            let revision = Feed::new(store, Arc::new(index)).catch_up().await.with_context(hint)?;
            (name, revision)
        }
    };
    let alias = &config.index.qdrant.collection;
    screen.line(format!("the alias {alias} leads to {name}, which stands at revision {} of the knowledge", revision.0));
    screen.json(&json!({ "alias": alias, "collection": name, "revision": revision }))
}
