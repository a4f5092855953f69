//! `modules.json` and what it points at: how the vectors of a text's tokens become one, and which words are put before a text.

use crate::embedder::transformer::config::{Config, shown};
use crate::embedder::transformer::error::ModelError;
use crate::embedder::transformer::folder::Folder;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Component, Path};

/// Modules at most, the network among them.
const MODULES_MAX: usize = 16;
/// Bytes of a prefix at most.
const PREFIX_BYTES_MAX: usize = 4_096;
/// Length of a vector after a dense step at most.
const DIMENSIONS_MAX: usize = 65_536;

/// How one vector is made of many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pooling {
    /// Their mean.
    Mean,
    /// The first token's, which stands for the whole text.
    First,
    /// The largest number at each place.
    Max,
}

/// A step after pooling.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// A linear map.
    Dense(Dense),
    /// To unit length.
    Normalize,
}

/// A linear map and a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dense {
    /// Where its weights lie, inside the model's folder.
    pub folder: String,
    /// Length of what goes in.
    pub inputs: usize,
    /// Length of what comes out.
    pub outputs: usize,
    /// Something is added.
    pub has_bias: bool,
    /// The hyperbolic tangent follows; else nothing.
    pub has_tanh: bool,
}

/// All that stands around the network.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recipe {
    /// How the tokens' vectors become one.
    pub pooling: Pooling,
    /// What is done to it then.
    pub steps: Vec<Step>,
    /// Stands before what people ask.
    pub query_prefix: String,
    /// Stands before what is searched.
    pub passage_prefix: String,
}

#[derive(Deserialize)]
struct Module {
    path: String,
    r#type: String,
}

#[derive(Default, Deserialize)]
struct PoolingFile {
    word_embedding_dimension: Option<usize>,
    /// Newer folders name the mode, older ones have a flag for each.
    pooling_mode: Option<String>,
    include_prompt: Option<bool>,
    #[serde(flatten)]
    flags: BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct DenseFile {
    in_features: usize,
    out_features: usize,
    bias: Option<bool>,
    activation_function: Option<String>,
}

#[derive(Default, Deserialize)]
struct PromptsFile {
    #[serde(default)]
    prompts: BTreeMap<String, Option<String>>,
    default_prompt_name: Option<String>,
}

/// Where the network's own files lie, inside the model's folder: empty, or ending in `/`.
pub fn network_folder(folder: &mut Folder) -> Result<String, ModelError> {
    let modules: Option<Vec<Module>> = folder.json_if_there("modules.json")?;
    let network = modules.and_then(|modules| modules.into_iter().next()).map_or_else(String::new, |first| first.path);
    inside(&network)
}

impl Recipe {
    /// Reads and checks. A folder without `modules.json` is a bare network: its tokens' mean is taken.
    pub fn read(folder: &mut Folder, config: &Config) -> Result<Self, ModelError> {
        let modules: Option<Vec<Module>> = folder.json_if_there("modules.json")?;
        let mut recipe = Recipe { pooling: Pooling::Mean, steps: Vec::new(), query_prefix: String::new(), passage_prefix: String::new() };
        recipe.read_prompts(folder)?;
        let mut dimensions = config.hidden;
        let modules = modules.unwrap_or_default();
        if modules.len() > MODULES_MAX {
            return Err(ModelError::Contradiction(format!("modules.json has {} modules, more than {MODULES_MAX}", modules.len())));
        }
        for (place, module) in modules.into_iter().enumerate() {
            let path = inside(&module.path)?;
            let kind = module.r#type.rsplit('.').next().unwrap_or_default();
            match (place, kind) {
                (0, "Transformer") => {}
                (1, "Pooling") => recipe.pooling = pooling(folder.json(&format!("{path}config.json"))?, config.hidden)?,
                (2.., "Normalize") => recipe.steps.push(Step::Normalize),
                (2.., "Dense") => {
                    let dense = dense(folder.json(&format!("{path}config.json"))?, path, dimensions)?;
                    dimensions = dense.outputs;
                    recipe.steps.push(Step::Dense(dense));
                }
                _ => {
                    let what = format!("module {} of modules.json, `{}`,", place + 1, shown(&module.r#type));
                    let supported = "a Transformer comes first, Pooling second, then any of Dense and Normalize";
                    return Err(ModelError::Unsupported { what, supported });
                }
            }
        }
        Ok(recipe)
    }

    /// Length of a vector at the end.
    pub fn dimensions(&self, config: &Config) -> usize {
        let mut dense = self.steps.iter().filter_map(|step| match step {
            Step::Dense(dense) => Some(dense.outputs),
            Step::Normalize => None,
        });
        dense.next_back().unwrap_or(config.hidden)
    }

    fn read_prompts(&mut self, folder: &mut Folder) -> Result<(), ModelError> {
        let file: PromptsFile = folder.json_if_there("config_sentence_transformers.json")?.unwrap_or_default();
        let named = |name: &str| file.prompts.get(name).cloned().flatten();
        let usual = file.default_prompt_name.as_deref().and_then(named);
        self.query_prefix = named("query").or_else(|| usual.clone()).unwrap_or_default();
        self.passage_prefix = named("passage").or_else(|| named("document")).or(usual).unwrap_or_default();
        match [&self.query_prefix, &self.passage_prefix].iter().any(|prefix| prefix.len() > PREFIX_BYTES_MAX) {
            true => Err(ModelError::Contradiction(format!("a prompt has more than {PREFIX_BYTES_MAX} bytes"))),
            false => Ok(()),
        }
    }
}

/// A path that stays in the folder: empty, or ending in `/`.
fn inside(path: &str) -> Result<String, ModelError> {
    let stays = Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    match (stays, path) {
        (false, _) => Err(ModelError::Contradiction(format!("modules.json points out of the folder, to `{}`", shown(path)))),
        (true, "") => Ok(String::new()),
        (true, path) => Ok(format!("{}/", path.trim_end_matches('/'))),
    }
}

fn pooling(file: PoolingFile, hidden: usize) -> Result<Pooling, ModelError> {
    let unsupported = |what: String| ModelError::Unsupported { what, supported: "pooling may be mean, cls or max, one of them" };
    if let Some(dimensions) = file.word_embedding_dimension.filter(|dimensions| *dimensions != hidden) {
        return Err(ModelError::Contradiction(format!("pooling wants vectors of {dimensions} numbers, the network makes {hidden}")));
    }
    if file.include_prompt == Some(false) {
        return Err(unsupported("pooling without the prompt".to_owned()));
    }
    let flags = file.flags.iter().filter(|(name, on)| name.starts_with("pooling_mode_") && on.as_bool() == Some(true));
    let mut modes: Vec<&str> = flags.map(|(name, _)| name.as_str()).collect();
    modes.extend(file.pooling_mode.as_deref());
    match modes.as_slice() {
        ["mean" | "pooling_mode_mean_tokens"] => Ok(Pooling::Mean),
        ["cls" | "pooling_mode_cls_token"] => Ok(Pooling::First),
        ["max" | "pooling_mode_max_tokens"] => Ok(Pooling::Max),
        other => Err(unsupported(format!("pooling by `{}`", shown(&other.join(", "))))),
    }
}

fn dense(file: DenseFile, folder: String, inputs: usize) -> Result<Dense, ModelError> {
    if file.in_features != inputs || !(1..=DIMENSIONS_MAX).contains(&file.out_features) {
        let (wanted, made) = (file.in_features, file.out_features);
        return Err(ModelError::Contradiction(format!("{folder}config.json maps {wanted} numbers to {made}, but gets {inputs}")));
    }
    let function = file.activation_function.unwrap_or_default();
    let has_tanh = match function.rsplit('.').next() {
        Some("Tanh") => true,
        Some("Identity") => false,
        _ => {
            let what = format!("the function `{}` after a dense step", shown(&function));
            return Err(ModelError::Unsupported { what, supported: "it may be Tanh or Identity" });
        }
    };
    Ok(Dense { folder, inputs, outputs: file.out_features, has_bias: file.bias.unwrap_or(true), has_tanh })
}
