//! What others said in the helpdesk comes into the ledger before anything is decided or sent: whoever took the ticket there has it.

use crate::conversation::Conversation;
use crate::ports::clock::Clock;
use crate::ports::helpdesk::{Helpdesk, HelpdeskError};
use crate::ports::ledger::{Ledger, LedgerError, Received};

/// The helpdesk could not be read, or the ledger did not take what it says.
#[derive(Debug, thiserror::Error)]
pub enum CatchUpError {
    /// The helpdesk failed.
    #[error(transparent)]
    Helpdesk(#[from] HelpdeskError),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Reads the conversation in the helpdesk and takes in what is new. True when something was: what was decided before may no
/// longer be true.
pub async fn catch_up(helpdesk: &dyn Helpdesk, ledger: &dyn Ledger, clock: &dyn Clock, of: &Conversation) -> Result<bool, CatchUpError> {
    let messages = helpdesk.read(of).await?;
    if messages.is_empty() {
        return Ok(false);
    }
    let received = ledger.receive(&messages, clock.now()).await?;
    Ok(received.contains(&Received::New))
}
