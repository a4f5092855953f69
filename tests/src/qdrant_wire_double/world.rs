//! Collections, aliases and points, in memory.

use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::{PointId, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tonic::Status;

/// A point as it is kept.
#[derive(Clone, Default)]
pub struct Point {
    /// Its payload.
    pub payload: HashMap<String, Value>,
    /// Dense vectors by name, normed.
    pub dense: BTreeMap<String, Vec<f32>>,
    /// Sparse vectors by name.
    pub sparse: BTreeMap<String, BTreeMap<u32, f32>>,
}

/// A collection.
#[derive(Clone, Default)]
pub struct Collection {
    /// Lengths of the dense vectors by name.
    pub dense: BTreeMap<String, u64>,
    /// Sparse vectors by name, and whether words are weighed by their rarity.
    pub sparse: BTreeMap<String, bool>,
    /// Fields with a payload index.
    pub indexed: BTreeSet<String>,
    /// Points by id.
    pub points: BTreeMap<String, Point>,
}

/// Everything.
#[derive(Default)]
pub struct World {
    /// Collections by name.
    pub collections: BTreeMap<String, Collection>,
    /// Collections by alias.
    pub aliases: BTreeMap<String, String>,
    /// What was asked, by the name of the call; each as often as it was asked.
    pub calls: BTreeMap<&'static str, u64>,
}

impl World {
    /// The collection of this name or alias.
    pub fn collection(&mut self, name: &str) -> Result<&mut Collection, Status> {
        let name = self.aliases.get(name).map_or(name, String::as_str).to_owned();
        let missing = || Status::not_found(format!("Not found: Collection `{name}` doesn't exist!"));
        self.collections.get_mut(&name).ok_or_else(missing)
    }
}

/// An id as text.
pub fn key(id: Option<&PointId>) -> Result<String, Status> {
    match id.and_then(|id| id.point_id_options.as_ref()) {
        Some(PointIdOptions::Uuid(uuid)) => Ok(uuid.clone()),
        Some(PointIdOptions::Num(number)) => Ok(number.to_string()),
        None => Err(Status::invalid_argument("Missing point id")),
    }
}

/// The id of a text.
pub fn id(key: &str) -> PointId {
    let options = key.parse().map_or_else(|_| PointIdOptions::Uuid(key.to_owned()), PointIdOptions::Num);
    PointId { point_id_options: Some(options) }
}
