//! The terms of a decision: what the operator set down, and the gate that was fitted to their tickets.

use crate::gate::Gate;
use crate::hash;
use crate::intent::IntentCatalog;
use crate::policy::Policy;

/// Policy, catalogue and gate, with their hashes taken once.
#[derive(Clone, Debug)]
pub struct Terms {
    /// What may be done.
    pub policy: Policy,
    /// What customers may want.
    pub catalog: IntentCatalog,
    /// How often such replies are wrong.
    pub gate: Gate,
    /// Hash of policy and catalogue.
    pub policy_hash: String,
    /// Hash of the gate.
    pub gate_hash: String,
}

impl Terms {
    /// Takes the hashes.
    pub fn new(policy: Policy, catalog: IntentCatalog, gate: Gate) -> Self {
        let policy_hash = hash::of(&(&policy, &catalog));
        let gate_hash = hash::of(&gate);
        Terms { policy, catalog, gate, policy_hash, gate_hash }
    }
}
