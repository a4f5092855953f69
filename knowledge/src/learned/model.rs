//! A trained model and its file.
//!
//! The file is: 8 bytes [`MAGIC`], 2 bytes format version, 8 bytes length of the body (both little endian), the body (postcard), 32 bytes
//! SHA-256 of all before. It holds weights and hashes, no text of a customer. The trailer finds damage, not malice; strangers' bytes are refused or read, never a panic.

use crate::learned::ensemble::Minds;
use crate::learned::scope::Scope;
use crate::learned::threshold::HeldOut;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use triage::intent::IntentName;

/// The first bytes of every model file.
pub const MAGIC: &[u8; 8] = b"WHBRMIND";
/// Version of the format. A new meaning of any byte, hash or feature is a new version.
pub const FORMAT: u16 = 3;
/// A larger file is refused unread, in bytes: 64 MiB.
pub const BYTES_MAX: usize = 64 << 20;

const FORMAT_END: usize = MAGIC.len() + 2;
const HEAD_BYTES: usize = FORMAT_END + 8;
const TRAILER_BYTES: usize = 32;

/// The bytes are no model that this program can use.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ModelError {
    /// It ends too early.
    #[error("the model file is cut short: {0} bytes. Train it again or copy it again")]
    Truncated(usize),
    /// It is too large.
    #[error("the model file has {0} bytes, more than the {BYTES_MAX} that are read")]
    TooLarge(usize),
    /// It is something else.
    #[error("this is no model file of the local mind")]
    NotAModel,
    /// Another program wrote it.
    #[error("the model file has format {0}, this program reads format {FORMAT}. Train it again")]
    OtherFormat(u16),
    /// A byte has changed.
    #[error("the model file is damaged: its SHA-256 does not match. Train it again or copy it again")]
    Damaged,
    /// Its parts do not belong together.
    #[error("the model file is inconsistent: {0}")]
    Inconsistent(&'static str),
    /// It could not be written.
    #[error("the model could not be written: {0}")]
    Unwritten(String),
}

/// What a model is made of.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Parts {
    /// The classes, by name, sorted; the number of a class is its place here.
    pub intents: Vec<IntentName>,
    /// Name of the embedder it was trained with.
    pub embedder: String,
    /// Length of that embedder's vectors.
    pub dimensions: usize,
    /// The two minds.
    pub minds: Minds,
    /// The sense of what lies outside.
    pub scope: Scope,
    /// Unseen training messages, to choose thresholds from.
    pub held_out: HeldOut,
    /// How many examples it was trained on, noisy copies not counted.
    pub examples: usize,
    /// The seed of the training.
    pub seed: u64,
}

/// A trained model.
#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    parts: Parts,
    name: String,
}

impl Model {
    /// Gives the parts their name.
    pub fn new(parts: Parts) -> Self {
        let body = postcard::to_allocvec(&parts).unwrap_or_default();
        Model { name: name_of(&body), parts }
    }

    /// What it is made of.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The same model for traffic of which so large a share lies outside all intents.
    pub fn at_share(self, share: f64) -> Self {
        Model::new(Parts { scope: Scope { share, ..self.parts.scope }, ..self.parts })
    }

    /// `local-` and a hash of everything in it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The model as one file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        let body = postcard::to_allocvec(&self.parts).map_err(|error| ModelError::Unwritten(error.to_string()))?;
        let mut bytes = Vec::with_capacity(HEAD_BYTES + body.len() + TRAILER_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&body);
        let digest = Sha256::digest(&bytes);
        bytes.extend_from_slice(&digest);
        Ok(bytes)
    }

    /// Reads what [`Model::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let Some(magic) = bytes.get(..MAGIC.len()) else { return Err(ModelError::Truncated(bytes.len())) };
        if magic != MAGIC {
            return Err(ModelError::NotAModel);
        }
        let Some([low, high]) = bytes.get(MAGIC.len()..FORMAT_END) else { return Err(ModelError::Truncated(bytes.len())) };
        let format = u16::from_le_bytes([*low, *high]);
        if format != FORMAT {
            return Err(ModelError::OtherFormat(format));
        }
        if bytes.len() > BYTES_MAX {
            return Err(ModelError::TooLarge(bytes.len()));
        }
        let length = bytes.get(FORMAT_END..HEAD_BYTES).and_then(|field| <[u8; 8]>::try_from(field).ok()).map(u64::from_le_bytes);
        let length = length.ok_or(ModelError::Truncated(bytes.len()))?;
        let expected = length.saturating_add((HEAD_BYTES + TRAILER_BYTES) as u64);
        match (bytes.len() as u64).cmp(&expected) {
            std::cmp::Ordering::Less => return Err(ModelError::Truncated(bytes.len())),
            std::cmp::Ordering::Greater => return Err(ModelError::Damaged),
            std::cmp::Ordering::Equal => {}
        }
        let (signed, trailer) = bytes.split_at(bytes.len() - TRAILER_BYTES);
        if Sha256::digest(signed).as_slice() != trailer {
            return Err(ModelError::Damaged);
        }
        let body = signed.get(HEAD_BYTES..).unwrap_or_default();
        let parts: Parts = postcard::from_bytes(body).map_err(|_| ModelError::Inconsistent("its body cannot be read"))?;
        parts.faults().map_or_else(|| Ok(Model { name: name_of(body), parts }), |fault| Err(ModelError::Inconsistent(fault)))
    }
}

impl Parts {
    /// The first reason why the parts cannot be used together.
    fn faults(&self) -> Option<&'static str> {
        let classes = self.intents.len();
        let minds = &self.minds;
        let checks = [
            (classes > 0 && minds.words.classes() == classes && minds.meaning.classes() == classes, "its classes are not its intents"),
            (minds.vocabulary.is_consistent(), "its vocabulary is out of order"),
            (minds.words.is_consistent(minds.vocabulary.len()), "its weights do not fit its vocabulary"),
            (minds.meaning.is_consistent(self.dimensions), "its weights do not fit its embedder"),
            (minds.centroids.is_consistent(classes, self.dimensions), "its middles do not fit its classes"),
            (minds.neighbours.is_consistent(classes, self.dimensions), "its examples do not fit its classes"),
            (minds.calibration.is_consistent(), "its calibration is no number"),
            (minds.outside.is_none_or(|outside| outside < classes), "its class for out of scope is none of its classes"),
            (self.scope.is_consistent(), "its sense of scope is no number"),
            (self.held_out.is_consistent(), "its held-out messages are no numbers"),
        ];
        checks.into_iter().find(|(holds, _)| !holds).map(|(_, fault)| fault)
    }
}

fn name_of(body: &[u8]) -> String {
    format!("local-{}", triage::hash::of_bytes(body))
}
