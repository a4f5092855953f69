//! Past tickets that are at hand already: for a simulation, which lets the knowledge see one part of the history after the other.

use knowledge::ports::loader::{Item, Loader, LoaderError};
use knowledge::source::Source;
use triage::past::PastTicket;

/// Gives the tickets that it holds, whatever the source's location says.
#[derive(Clone)]
pub struct Held(pub Vec<PastTicket>);

impl Loader for Held {
    fn items(&self, _: &Source) -> Result<Box<dyn Iterator<Item = Item> + Send>, LoaderError> {
        Ok(Box::new(self.0.clone().into_iter().map(|past| Item::Ticket(Box::new(past)))))
    }
}
