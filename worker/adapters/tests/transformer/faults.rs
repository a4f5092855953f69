//! Every fault of a folder is named, and none stops the program.

use crate::tiny::Tiny;
use adapters::embedder::transformer::embedder::TransformerEmbedder;
use serde_json::{Value, json};

/// What is said about a tiny model to which this was done.
fn said(harm: impl FnOnce(&Tiny)) -> String {
    let tiny = Tiny::new("bert", "mean_tokens");
    harm(&tiny);
    TransformerEmbedder::open(tiny.root(), 1).err().unwrap().to_string()
}

fn set(file: &str, key: &str, value: Value) -> String {
    said(|tiny| tiny.set(file, key, value))
}

#[test]
fn missing_files_are_named() {
    for file in ["config.json", "tokenizer.json", "model.safetensors", "1_Pooling/config.json"] {
        let said = said(|tiny| std::fs::remove_file(tiny.path(file)).unwrap());
        assert!(said.contains(&format!("has no {file}")), "{said}");
    }
    let said = TransformerEmbedder::open(std::path::Path::new("/nowhere/at/all"), 1).err().unwrap().to_string();
    assert!(said.contains("is no folder") && said.contains("make model"), "{said}");
}

#[test]
fn pickled_weights_are_refused_with_a_way_out() {
    let said = said(|tiny| std::fs::rename(tiny.path("model.safetensors"), tiny.path("pytorch_model.bin")).unwrap());
    assert!(said.contains("safe_serialization=True"), "{said}");
}

#[test]
fn what_is_not_supported_is_named_with_what_is() {
    let cases = [
        ("config.json", "model_type", json!("t5"), "the architecture `t5`", "xlm-roberta"),
        ("config.json", "hidden_act", json!("silu"), "the activation `silu`", "gelu"),
        ("config.json", "position_embedding_type", json!("relative_key"), "relative_key", "absolute"),
        ("1_Pooling/config.json", "pooling_mode_lasttoken", json!(true), "pooling_mode_lasttoken", "mean, cls or max"),
        ("1_Pooling/config.json", "include_prompt", json!(false), "without the prompt", "mean, cls or max"),
    ];
    for (file, key, value, what, supported) in cases {
        let said = set(file, key, value);
        assert!(said.contains(what) && said.contains(supported), "{said}");
    }
    let said = said(|tiny| tiny.write("modules.json", &json!([{ "path": "", "type": "sentence_transformers.models.CLIPModel" }])));
    assert!(said.contains("CLIPModel"), "{said}");
}

#[test]
fn numbers_that_contradict_each_other_are_named() {
    let cases = [
        ("config.json", "hidden_size", json!(24), "pooling wants vectors of 16 numbers"),
        ("config.json", "intermediate_size", json!(64), "has the shape"),
        ("config.json", "vocab_size", json!(12), "a token of number 12"),
        ("config.json", "vocab_size", json!(14), "has the shape"),
        ("config.json", "num_hidden_layers", json!(3), "it has no `encoder.layer.2"),
        ("config.json", "num_attention_heads", json!(3), "do not share 16"),
        ("config.json", "num_attention_heads", json!(0), "num_attention_heads = 0"),
        ("config.json", "num_hidden_layers", json!(1_000_000_000), "num_hidden_layers"),
        ("config.json", "vocab_size", json!(u64::MAX), "vocab_size"),
        ("config.json", "max_position_embeddings", json!(4), "max_position_embeddings"),
        ("config.json", "layer_norm_eps", json!(-1.0), "layer_norm_eps"),
        ("1_Pooling/config.json", "word_embedding_dimension", json!(384), "pooling wants vectors of 384 numbers"),
        ("sentence_bert_config.json", "max_seq_length", json!(2), "2 tokens"),
    ];
    for (file, key, value, part) in cases {
        let said = set(file, key, value);
        assert!(said.contains(part), "{key}: {said}");
    }
    let dense = said(|tiny| {
        tiny.add_dense(5, "torch.nn.modules.activation.Tanh");
        tiny.set("3_Dense/config.json", "in_features", json!(17));
    });
    assert!(dense.contains("maps 17 numbers to 5, but gets 16"), "{dense}");
}

#[test]
fn paths_do_not_lead_out_of_the_folder() {
    for path in ["../1_Pooling", "/etc", "a/../../b"] {
        let modules = json!([{ "path": path, "type": "sentence_transformers.models.Transformer" }]);
        let said = said(|tiny| tiny.write("modules.json", &modules));
        assert!(said.contains("points out of the folder"), "{said}");
    }
}

#[test]
fn damaged_files_are_errors_wherever_they_are_cut() {
    for file in ["config.json", "tokenizer.json", "model.safetensors", "modules.json", "1_Pooling/config.json"] {
        let whole = std::fs::read(Tiny::new("bert", "mean_tokens").path(file)).unwrap();
        for part in 0..16 {
            let cut = whole.len() * part / 16;
            let said = said(|tiny| std::fs::write(tiny.path(file), &whole[..cut]).unwrap());
            assert!(said.contains(file.rsplit('/').next().unwrap()), "{file} cut at {cut}: {said}");
        }
    }
}

#[test]
fn a_hostile_head_of_weights_allocates_nothing() {
    let heads: [(u64, &str); 5] = [
        (u64::MAX, "{}"),
        (8, "{}"),
        (2, "{}"),
        (64, r#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#),
        (78, r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[18446744073709551615,3]}}      "#),
    ];
    for (length, head) in heads {
        let bytes = [&length.to_le_bytes(), head.as_bytes()].concat();
        let said = said(|tiny| std::fs::write(tiny.path("model.safetensors"), bytes).unwrap());
        assert!(said.contains("model.safetensors"), "{said}");
    }
}

#[test]
fn a_hostile_tokenizer_is_an_error() {
    let deep = "[".repeat(100_000);
    let unigram = r#"{"version":"1.0","model":{"type":"Unigram","unk_id":7,"vocab":[["a",0.0]]}}"#;
    let token = r###"{"version":"1.0","model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{"a":4000000000}}}"###;
    for tokenizer in ["", "null", "{}", &deep, unigram, token] {
        let said = said(|tiny| std::fs::write(tiny.path("tokenizer.json"), tokenizer).unwrap());
        assert!(said.contains("tokenizer.json"), "{said}");
    }
}

#[test]
fn weights_that_are_no_numbers_are_an_error() {
    let said = said(|tiny| {
        let mut arrays = tiny.weights();
        let bias = arrays.get_mut("embeddings.LayerNorm.bias").unwrap();
        *bias = (bias.clone() * f64::NAN).unwrap();
        tiny.put_weights(&arrays);
    });
    assert!(said.contains("no numbers"), "{said}");
}
