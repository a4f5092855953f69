//! What customers want: the company's own list of intents.

use crate::ticket::Team;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name that marks what lies outside all intents.
pub const OUT_OF_SCOPE: &str = "oos";

/// The name of an intent, such as `refund_status`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IntentName(pub String);

impl IntentName {
    /// Outside all intents.
    pub fn is_out_of_scope(&self) -> bool {
        self.0 == OUT_OF_SCOPE
    }
}

impl fmt::Display for IntentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One intent of the catalogue.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// Its name.
    pub name: IntentName,
    /// What a customer with this intent wants, in a sentence.
    #[serde(default)]
    pub description: String,
    /// A few ways to say it.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Who takes it when a person must.
    #[serde(default)]
    pub team: Option<Team>,
}

/// The closed list of intents. A name that is not in it is never put on a ticket.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntentCatalog {
    /// The intents.
    #[serde(default)]
    pub intents: Vec<Intent>,
}

impl IntentCatalog {
    /// The intent of this name.
    pub fn get(&self, name: &IntentName) -> Option<&Intent> {
        self.intents.iter().find(|intent| &intent.name == name)
    }
}
