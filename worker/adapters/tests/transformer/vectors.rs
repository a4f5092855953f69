//! Vectors are those of the reference (`reference.py`).

use crate::tiny::Tiny;
use adapters::embedder::transformer::embedder::TransformerEmbedder;
use knowledge::ports::embedder::{Embedder, Embedding};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// Distance of a number from the reference's at most. The reference computes with 64 bits.
const DISTANCE_MAX: f64 = 1e-4;
/// The sums add up hundreds of numbers.
const SUM_DISTANCE_MAX: f64 = 1e-3;

#[derive(Deserialize)]
struct Case {
    text: String,
    /// The first numbers of the unit vector.
    begins: Vec<f64>,
    /// All numbers added up.
    sum: f64,
    /// All numbers added up, each times the cosine of its place.
    wave: f64,
}

#[derive(Deserialize)]
struct Expected {
    model: Vec<Case>,
    bert: BTreeMap<String, Vec<Case>>,
    #[serde(rename = "xlm-roberta")]
    xlm_roberta: BTreeMap<String, Vec<Case>>,
}

fn expected() -> Expected {
    serde_json::from_str(include_str!("expected.json")).unwrap()
}

async fn check(embedder: &TransformerEmbedder, cases: &[Case]) {
    let texts: Vec<&str> = cases.iter().map(|case| case.text.as_str()).collect();
    let vectors = embedder.embed(&texts).await.unwrap();
    assert_eq!(vectors.len(), cases.len());
    for (case, Embedding(vector)) in cases.iter().zip(&vectors) {
        assert_eq!(vector.len(), embedder.dimensions());
        let text: String = case.text.chars().take(40).collect();
        for (mine, theirs) in vector.iter().zip(&case.begins) {
            assert!((f64::from(*mine) - theirs).abs() < DISTANCE_MAX, "{text}: {mine} and {theirs}");
        }
        let sum: f64 = vector.iter().map(|value| f64::from(*value)).sum();
        let wave: f64 = vector.iter().enumerate().map(|(place, value)| f64::from(*value) * (place as f64).cos()).sum();
        assert!((sum - case.sum).abs() < SUM_DISTANCE_MAX, "{text}: {sum} and {}", case.sum);
        assert!((wave - case.wave).abs() < SUM_DISTANCE_MAX, "{text}: {wave} and {}", case.wave);
    }
}

#[tokio::test]
async fn twenty_sentences_have_the_vectors_of_the_reference() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/all-MiniLM-L6-v2");
    if !root.exists() {
        let test = "twenty_sentences_have_the_vectors_of_the_reference";
        let _closed = writeln!(std::io::stderr(), "left out: {test} (`make model` brings the model)");
        return;
    }
    let embedder = TransformerEmbedder::open(&root, 2).unwrap();
    let cases = expected().model;
    assert_eq!(cases.len(), 20);
    check(&embedder, &cases).await;
    assert_eq!(embedder.languages(), "en");
    assert!(embedder.name().starts_with("all-MiniLM-L6-v2-"), "{}", embedder.name());
}

#[tokio::test]
async fn tiny_models_of_both_families_have_the_vectors_of_the_reference() {
    let Expected { bert, xlm_roberta, .. } = expected();
    for (kind, modes) in [("bert", bert), ("xlm-roberta", xlm_roberta)] {
        for (mode, pooling) in [("mean", "mean_tokens"), ("cls", "cls_token"), ("max", "max_tokens")] {
            let tiny = Tiny::new(kind, pooling);
            check(&TransformerEmbedder::open(tiny.root(), 1).unwrap(), &modes[mode]).await;
        }
    }
}

#[tokio::test]
async fn a_text_has_the_same_vector_alone_and_among_others() {
    let tiny = Tiny::new("bert", "mean_tokens");
    let embedder = TransformerEmbedder::open(tiny.root(), 2).unwrap();
    let long = "where is my order ".repeat(200);
    let texts = ["my order", "", &long, "refunds", &long, "where is my refund", "is"];
    let together = embedder.embed(&texts).await.unwrap();
    for (text, vector) in texts.iter().zip(&together) {
        let alone = embedder.embed(&[text]).await.unwrap();
        assert!(alone[0].cosine(vector) > 0.999_999, "{}", alone[0].cosine(vector));
    }
    assert!(embedder.embed(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_beyond_the_last_token_changes_nothing() {
    let tiny = Tiny::new("xlm-roberta", "mean_tokens");
    let embedder = TransformerEmbedder::open(tiny.root(), 1).unwrap();
    let long = "where is my order ".repeat(20);
    let longer = format!("{long}{}", "refund ".repeat(100_000));
    let vectors = embedder.embed(&[&long, &longer]).await.unwrap();
    assert_eq!(vectors[0], vectors[1]);
}

#[tokio::test]
async fn a_dense_step_gives_vectors_of_its_own_length() {
    let tiny = Tiny::new("bert", "mean_tokens");
    let before = TransformerEmbedder::open(tiny.root(), 1).unwrap().embed(&["my order"]).await.unwrap();
    tiny.add_dense(5, "torch.nn.modules.activation.Tanh");
    let embedder = TransformerEmbedder::open(tiny.root(), 1).unwrap();
    assert_eq!(embedder.dimensions(), 5);
    let vectors = embedder.embed(&["my order"]).await.unwrap();
    let (_, matrix) = crate::tiny::array("linear.weight", &[5, 16]);
    let (_, bias) = crate::tiny::array("linear.bias", &[5]);
    let (matrix, bias) = (matrix.to_vec2::<f32>().unwrap(), bias.to_vec1::<f32>().unwrap());
    let mapped = matrix.iter().zip(&bias).map(|(row, bias)| row.iter().zip(&before[0].0).map(|(a, b)| a * b).sum::<f32>() + bias);
    let by_hand = Embedding::unit(mapped.map(f32::tanh).collect());
    assert!(vectors[0].cosine(&by_hand) > 0.999_99, "{:?} and {by_hand:?}", vectors[0]);
}

#[tokio::test]
async fn prompts_of_the_folder_stand_before_questions_and_passages() {
    let tiny = Tiny::new("bert", "mean_tokens");
    let plain = TransformerEmbedder::open(tiny.root(), 1).unwrap();
    tiny.write("config_sentence_transformers.json", &json!({ "prompts": { "query": "where ", "passage": "refund " } }));
    let prompted = TransformerEmbedder::open(tiny.root(), 1).unwrap();
    let by_hand = plain.embed(&["where my order", "refund my order"]).await.unwrap();
    let (question, passage) = (prompted.embed(&["my order"]).await.unwrap(), prompted.embed_passages(&["my order"]).await.unwrap());
    let distance = |a: &Embedding, b: &Embedding| a.0.iter().zip(&b.0).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(distance(&question[0], &by_hand[0]) < 1e-5 && distance(&passage[0], &by_hand[1]) < 1e-5);
    assert!(distance(&question[0], &passage[0]) > 1e-4, "the prompts make a difference");
    assert_ne!(plain.name(), prompted.name(), "vectors of one are foreign to the other");
}

#[tokio::test]
async fn weights_of_sixteen_bits_and_behind_a_prefix_are_read() {
    let tiny = Tiny::new("bert", "mean_tokens");
    let whole = TransformerEmbedder::open(tiny.root(), 1).unwrap().embed(&["where is my order"]).await.unwrap();
    let halved = tiny.weights().into_iter().map(|(name, array)| (format!("bert.{name}"), array.to_dtype(candle_core::DType::F16).unwrap()));
    tiny.put_weights(&halved.collect());
    let halved = TransformerEmbedder::open(tiny.root(), 1).unwrap().embed(&["where is my order"]).await.unwrap();
    assert!(whole[0].cosine(&halved[0]) > 0.999, "{}", whole[0].cosine(&halved[0]));
}

#[tokio::test]
async fn a_distilbert_is_a_bert_with_other_names_and_without_types() {
    let bert = Tiny::new("bert", "mean_tokens");
    let mut arrays = bert.weights();
    let types = arrays.get_mut("embeddings.token_type_embeddings.weight").unwrap();
    *types = types.zeros_like().unwrap();
    bert.put_weights(&arrays);
    let names = [
        ("encoder.layer", "transformer.layer"),
        ("attention.self.query", "attention.q_lin"),
        ("attention.self.key", "attention.k_lin"),
        ("attention.self.value", "attention.v_lin"),
        ("attention.output.dense", "attention.out_lin"),
        ("attention.output.LayerNorm", "sa_layer_norm"),
        ("intermediate.dense", "ffn.lin1"),
        ("output.dense", "ffn.lin2"),
        ("output.LayerNorm", "output_layer_norm"),
    ];
    let renamed = |name: String| names.iter().fold(name, |name, (from, to)| name.replace(from, to));
    arrays.remove("embeddings.token_type_embeddings.weight");
    let distilbert = Tiny::new("bert", "mean_tokens");
    distilbert.put_weights(&arrays.into_iter().map(|(name, array)| (renamed(name), array)).collect());
    let config = json!({
        "model_type": "distilbert", "dim": 16, "n_layers": 2, "n_heads": 4, "hidden_dim": 32, "vocab_size": 13,
        "max_position_embeddings": 40, "activation": "gelu", "layer_norm_eps": 1e-5
    });
    distilbert.write("config.json", &config);
    let texts = ["where is my order", "refund"];
    let expected = TransformerEmbedder::open(bert.root(), 1).unwrap().embed(&texts).await.unwrap();
    assert_eq!(TransformerEmbedder::open(distilbert.root(), 1).unwrap().embed(&texts).await.unwrap(), expected);
}

#[tokio::test]
async fn a_text_of_which_no_token_is_left_has_a_vector_of_zeros() {
    let tiny = Tiny::new("bert", "mean_tokens");
    tiny.set("tokenizer.json", "post_processor", json!(null));
    let embedder = TransformerEmbedder::open(tiny.root(), 1).unwrap();
    let vectors = embedder.embed(&["my order", "", "refund"]).await.unwrap();
    assert_eq!(vectors[1], Embedding(vec![0.0; 16]));
    assert!(vectors[2].cosine(&embedder.embed(&["refund"]).await.unwrap()[0]) > 0.999_999);
}
