//! What the networks of one family are called in `config.json` and in their weights. They compute the same.

/// How a family names its weights, and where its positions begin.
#[derive(Clone, Copy, Debug)]
pub struct Architecture {
    /// `model_type` of `config.json`.
    pub model_types: &'static [&'static str],
    /// Positions begin after the padding token's place.
    pub positions_after_padding: bool,
    /// There are embeddings of token types; ours is always the first.
    pub has_token_types: bool,
    /// Before the number of a layer.
    pub layers: &'static str,
    /// Query, key and value.
    pub attention: [&'static str; 3],
    /// After the heads.
    pub attention_output: &'static str,
    /// Norm of the attention's sum.
    pub attention_norm: &'static str,
    /// Into the wide space.
    pub widen: &'static str,
    /// Back from it.
    pub narrow: &'static str,
    /// Norm of the layer's sum.
    pub output_norm: &'static str,
}

const BERT: Architecture = Architecture {
    model_types: &["bert"],
    positions_after_padding: false,
    has_token_types: true,
    layers: "encoder.layer",
    attention: ["attention.self.query", "attention.self.key", "attention.self.value"],
    attention_output: "attention.output.dense",
    attention_norm: "attention.output.LayerNorm",
    widen: "intermediate.dense",
    narrow: "output.dense",
    output_norm: "output.LayerNorm",
};

const ROBERTA: Architecture = Architecture { model_types: &["roberta", "xlm-roberta", "camembert"], positions_after_padding: true, ..BERT };

const DISTILBERT: Architecture = Architecture {
    model_types: &["distilbert"],
    positions_after_padding: false,
    has_token_types: false,
    layers: "transformer.layer",
    attention: ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
    attention_output: "attention.out_lin",
    attention_norm: "sa_layer_norm",
    widen: "ffn.lin1",
    narrow: "ffn.lin2",
    output_norm: "output_layer_norm",
};

/// Those that are known, for people.
pub const SUPPORTED: &str = "model_type may be bert, roberta, xlm-roberta, camembert or distilbert";

/// The family of a `model_type`.
pub fn of(model_type: &str) -> Option<Architecture> {
    [BERT, ROBERTA, DISTILBERT].into_iter().find(|family| family.model_types.contains(&model_type))
}
