//! The data folder: what lies where.

use anyhow::Context;
use std::path::{Path, PathBuf};

/// The data folder.
#[derive(Clone, Debug)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// Opens the folder, making it when it is not there.
    pub fn open(root: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(root).with_context(|| {
            format!("cannot make {}: choose another data_dir, or give this user the right to write there", root.display())
        })?;
        Ok(Home { root: root.to_path_buf() })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Messages, decisions, effects.
    pub fn ledger(&self) -> PathBuf {
        self.root.join("ledger.db")
    }

    /// Documents, versions, passages, curation.
    pub fn knowledge(&self) -> PathBuf {
        self.root.join("knowledge.db")
    }

    /// The learned classifier.
    pub fn model(&self) -> PathBuf {
        self.root.join("intents.model")
    }

    /// The calibrated gate.
    pub fn gate(&self) -> PathBuf {
        self.root.join("gate.json")
    }

    /// The gate of what the language model answers.
    pub fn model_gate(&self) -> PathBuf {
        self.root.join("gate-model.json")
    }

    /// What the language model cost.
    pub fn spending(&self) -> PathBuf {
        self.root.join("model-spending.jsonl")
    }

    /// What the language model answered in simulations.
    pub fn model_answers(&self) -> PathBuf {
        self.root.join("model-answers.db")
    }

    /// Messages that are not yet in the ledger.
    pub fn spool(&self) -> PathBuf {
        self.root.join("spool")
    }

    /// Conversations that webhooks have named.
    pub fn notices(&self) -> PathBuf {
        self.root.join("notices")
    }

    /// What the `file` helpdesk and gateway did.
    pub fn outbox(&self) -> PathBuf {
        self.root.join("outbox.jsonl")
    }

    /// Writes a file so that it is there whole or not at all.
    pub fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
        let temporary = path.with_extension("new");
        let written = std::fs::write(&temporary, bytes)
            .and_then(|()| std::fs::File::open(&temporary)?.sync_all())
            .and_then(|()| std::fs::rename(&temporary, path));
        written.with_context(|| format!("cannot write {}: is the disk full, or may this user not write there?", path.display()))
    }
}
