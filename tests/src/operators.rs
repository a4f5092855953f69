//! What operators are shown, over a ledger and nothing else.

use adapters::telemetry::metrics::Metrics;
use console::health::Operators;
use runtime::ports::clock::Clock;
use runtime::ports::records::Records;
use std::sync::Arc;

/// No dependency beside the ledger, no inbox.
pub fn operators(records: Arc<dyn Records>, clock: Arc<dyn Clock>) -> Operators {
    Operators { records, dependencies: Vec::new(), metrics: Arc::new(Metrics::new()), inbox: None, clock }
}
