//! What `doctor` says about the language model's endpoint.

use crate::config::Config;
use crate::config::model::ModelKind;
use crate::wiring::model::endpoint;
use adapters::language_model::openai::probe::{Features, probe};
use adapters::language_model::openai::settings::Structured;
use adapters::token_counter::tiktoken;
use anyhow::{Context, bail};

/// What the endpoint has, found out by asking it; none where no model is configured.
pub async fn check(config: &Config) -> Option<anyhow::Result<String>> {
    match config.model.kind {
        ModelKind::None => None,
        ModelKind::Openai => Some(ask(config).await),
    }
}

async fn ask(config: &Config) -> anyhow::Result<String> {
    let model = &config.model;
    let features = probe(&endpoint(config, None)?, &model.name).await?;
    let Some(best) = features.best() else {
        let problem = features.problem().map_or("no answer".to_owned(), ToString::to_string);
        bail!(
            "{} does not answer as a chat model ({problem}): check model.base_url, model.name and the key in {}",
            model.base_url,
            model.key_env
        );
    };
    let forms: Vec<String> =
        features.forms.iter().map(|(form, result)| format!("{} {}", word(*form), ending(result.as_ref().ok()))).collect();
    let mut says = format!("{} at {}: {}; answers are asked for with {}", model.name, model.base_url, forms.join(", "), word(best));
    says.push_str(listed(&features));
    says.push_str(&format!("; tokens by {}", tiktoken::counter(&model.name).name()));
    if model.price() == prompts::budget::money::Price::default() {
        says.push_str("; no price is configured for it, so that no cap in money can hold");
    }
    if ![Structured::Auto, best].contains(&model.structured) {
        let wanted = features.forms.iter().find(|(form, _)| *form == model.structured);
        wanted
            .and_then(|(_, result)| result.as_ref().ok())
            .context(format!("the endpoint does not answer with model.structured = \"{}\": set it to \"auto\"", word(model.structured)))?;
    }
    Ok(says)
}

fn word(form: Structured) -> &'static str {
    match form {
        Structured::Auto => "auto",
        Structured::JsonSchema => "json-schema",
        Structured::Tool => "tool",
        Structured::Text => "text",
    }
}

fn ending(took: Option<&std::time::Duration>) -> String {
    took.map_or("no".to_owned(), |took| format!("yes ({} ms)", took.as_millis()))
}

fn listed(features: &Features) -> &'static str {
    match features.lists_model {
        Some(true) => "",
        Some(false) => "; its list of models does not name this one",
        None => "; it has no list of models",
    }
}
