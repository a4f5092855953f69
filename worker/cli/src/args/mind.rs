//! Who decides, on the command line.

use clap::ValueEnum;
use simulations::mind::Mind;

/// Who decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ChosenMind {
    /// The local mind alone.
    Local,
    /// The language model alone.
    Model,
    /// The local mind, and the model where that would miss the dial: as the worker does.
    Cascade,
}

impl ChosenMind {
    /// The mind of this word.
    pub fn mind(self) -> Mind {
        match self {
            ChosenMind::Local => Mind::Local,
            ChosenMind::Model => Mind::Model,
            ChosenMind::Cascade => Mind::Cascade,
        }
    }
}
