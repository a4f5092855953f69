//! Folders of tiny models: two layers, sixteen numbers, weights by a formula that `reference.py` knows too.

use candle_core::{Device, Tensor};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const HIDDEN: usize = 16;
const INNER: usize = 32;
const POSITIONS: usize = 40;

/// A folder with a model in it, gone when this is dropped.
pub(crate) struct Tiny {
    folder: TempDir,
}

impl Tiny {
    /// A `bert` or an `xlm-roberta` with this pooling mode (`mean_tokens`, `cls_token`, `max_tokens`).
    pub(crate) fn new(kind: &str, pooling: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (tokenizer, vocabulary) = match kind {
            "bert" => (include_str!("wordpiece.json"), 13),
            _ => (include_str!("unigram.json"), 15),
        };
        let tiny = Tiny { folder };
        let config = json!({
            "model_type": kind, "hidden_size": HIDDEN, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": INNER,
            "vocab_size": vocabulary, "max_position_embeddings": POSITIONS, "hidden_act": "gelu", "pad_token_id": 1, "layer_norm_eps": 1e-5
        });
        tiny.write("config.json", &config);
        std::fs::write(tiny.path("tokenizer.json"), tokenizer).unwrap();
        let modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")];
        let modules = modules.map(|(path, kind)| json!({ "path": path, "type": format!("sentence_transformers.models.{kind}") }));
        tiny.write("modules.json", &json!(modules));
        tiny.write("1_Pooling/config.json", &json!({ "word_embedding_dimension": HIDDEN, format!("pooling_mode_{pooling}"): true }));
        tiny.write("sentence_bert_config.json", &json!({ "max_seq_length": 32, "do_lower_case": false }));
        candle_core::safetensors::save(&weights(vocabulary), tiny.path("model.safetensors")).unwrap();
        tiny
    }

    /// The folder.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// A file in it.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root().join(file)
    }

    /// Writes a file of JSON.
    pub(crate) fn write(&self, file: &str, content: &Value) {
        std::fs::create_dir_all(self.path(file).parent().unwrap()).unwrap();
        std::fs::write(self.path(file), content.to_string()).unwrap();
    }

    /// Changes a key of a file of JSON.
    pub(crate) fn set(&self, file: &str, key: &str, value: Value) {
        let mut content: Value = serde_json::from_slice(&std::fs::read(self.path(file)).unwrap()).unwrap();
        content[key] = value;
        self.write(file, &content);
    }

    /// The weights as they are.
    pub(crate) fn weights(&self) -> HashMap<String, Tensor> {
        candle_core::safetensors::load(self.path("model.safetensors"), &Device::Cpu).unwrap()
    }

    /// Writes other weights.
    pub(crate) fn put_weights(&self, arrays: &HashMap<String, Tensor>) {
        candle_core::safetensors::save(arrays, self.path("model.safetensors")).unwrap();
    }

    /// Lays a dense step with such weights behind the others.
    pub(crate) fn add_dense(&self, outputs: usize, function: &str) {
        let mut modules: Value = serde_json::from_slice(&std::fs::read(self.path("modules.json")).unwrap()).unwrap();
        modules.as_array_mut().unwrap().push(json!({ "path": "3_Dense", "type": "sentence_transformers.models.Dense" }));
        self.write("modules.json", &modules);
        let config = json!({ "in_features": HIDDEN, "out_features": outputs, "bias": true, "activation_function": function });
        self.write("3_Dense/config.json", &config);
        let arrays = HashMap::from([array("linear.weight", &[outputs, HIDDEN]), array("linear.bias", &[outputs])]);
        candle_core::safetensors::save(&arrays, self.path("3_Dense/model.safetensors")).unwrap();
    }
}

/// The numbers of an array: a wave whose start depends on the name.
pub(crate) fn array(name: &str, shape: &[usize]) -> (String, Tensor) {
    let seed = name.bytes().map(u32::from).sum::<u32>() % 97;
    let middle = if name.contains("LayerNorm.weight") { 1.0 } else { 0.0 };
    let number = |place: usize| (middle + 0.3 * (f64::from(seed) + 0.7 * place as f64).sin()) as f32;
    let numbers: Vec<f32> = (0..shape.iter().product()).map(number).collect();
    (name.to_owned(), Tensor::from_vec(numbers, shape, &Device::Cpu).unwrap())
}

fn weights(vocabulary: usize) -> HashMap<String, Tensor> {
    let mut arrays = vec![
        array("embeddings.word_embeddings.weight", &[vocabulary, HIDDEN]),
        array("embeddings.position_embeddings.weight", &[POSITIONS, HIDDEN]),
        array("embeddings.token_type_embeddings.weight", &[2, HIDDEN]),
    ];
    let (mut linear, mut norms) = (Vec::new(), vec!["embeddings.LayerNorm".to_owned()]);
    for layer in 0..2 {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        for part in ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"] {
            linear.push((name(part), HIDDEN, HIDDEN));
        }
        linear.extend([(name("intermediate.dense"), INNER, HIDDEN), (name("output.dense"), HIDDEN, INNER)]);
        norms.extend([name("attention.output.LayerNorm"), name("output.LayerNorm")]);
    }
    for (name, outputs, inputs) in linear {
        arrays.extend([array(&format!("{name}.weight"), &[outputs, inputs]), array(&format!("{name}.bias"), &[outputs])]);
    }
    for name in norms {
        arrays.extend([array(&format!("{name}.weight"), &[HIDDEN]), array(&format!("{name}.bias"), &[HIDDEN])]);
    }
    arrays.into_iter().collect()
}
