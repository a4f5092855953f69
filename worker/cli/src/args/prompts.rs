//! The command line of `prompts`.

use clap::{Args as ClapArgs, Subcommand};

/// What to do with the prompts.
#[derive(Debug, Subcommand)]
pub enum PromptsCommand {
    /// List them with version and hash.
    List,
    /// Show the texts of one.
    Show(PromptArgs),
    /// Show what a model would see of it with a sample.
    Render(RenderArgs),
}

/// One prompt.
#[derive(Debug, ClapArgs)]
pub struct PromptArgs {
    /// Its name, as `prompts list` has it.
    pub name: String,
}

/// Arguments of `prompts render`.
#[derive(Debug, ClapArgs)]
pub struct RenderArgs {
    /// Its name, as `prompts list` has it.
    pub name: String,
    /// The sample: plain, empty, long, emoji, right-to-left or injection.
    #[arg(long, default_value = "plain")]
    pub sample: String,
}
