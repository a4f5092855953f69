//! `whimbrel prompts`: the texts that a language model is given.

use crate::args::prompts::PromptsCommand;
use crate::screen::Screen;
use anyhow::Context;
use prompts::prompt::{Name, Prompt, Rendered};
use prompts::sample::{SAMPLES, render};
use serde_json::json;
use std::process::ExitCode;

/// Lists, shows or renders prompts; asks no model.
pub fn run(command: &PromptsCommand, screen: &Screen) -> anyhow::Result<ExitCode> {
    match command {
        PromptsCommand::List => list(screen)?,
        PromptsCommand::Show(args) => show(&named(&args.name)?.render("{{data}}")?, screen)?,
        PromptsCommand::Render(args) => {
            let prompt = named(&args.name)?;
            let rendered = render(prompt.name, &args.sample)
                .with_context(|| format!("there is no sample `{}`: choose one of {}", args.sample, SAMPLES.join(", ")))?;
            show(&rendered?, screen)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn named(word: &str) -> anyhow::Result<Prompt> {
    let name = Name::of(word).with_context(|| format!("there is no prompt `{word}`: `whimbrel prompts list` has all of them"))?;
    Ok(Prompt::load(name)?)
}

fn list(screen: &Screen) -> anyhow::Result<()> {
    let prompts = Name::ALL.into_iter().map(Prompt::load).collect::<Result<Vec<_>, _>>()?;
    let rows = prompts.iter().map(|prompt| vec![prompt.id(), prompt.hash.clone(), prompt.name.purpose().to_owned()]);
    screen.table(&["prompt", "hash", "what it does"], rows.collect());
    let json = prompts.iter().map(
        |prompt| json!({ "name": prompt.name.word(), "version": prompt.version, "hash": prompt.hash, "purpose": prompt.name.purpose() }),
    );
    screen.json(&json.collect::<Vec<_>>())
}

fn show(rendered: &Rendered, screen: &Screen) -> anyhow::Result<()> {
    screen.line(format!("--- system\n{}\n--- user\n{}", rendered.system, rendered.user));
    screen.json(&json!({ "system": rendered.system, "user": rendered.user }))
}
