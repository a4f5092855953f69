"""Writes `expected.json`: the sentence vectors that the transformer must give, by a forward pass of its own in NumPy.

    python3 -m venv /tmp/reference && . /tmp/reference/bin/activate
    pip install numpy==2.4.6 safetensors==0.8.0 tokenizers==0.23.3
    python worker/adapters/tests/transformer/reference.py models/all-MiniLM-L6-v2

It knows nothing of the Rust side but the two tiny models, whose weights both sides make by the same formula (see `tiny.rs`).
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

HERE = Path(__file__).parent
BEGINS = 8


def erf(x: np.ndarray) -> np.ndarray:
    return np.vectorize(math.erf, otypes=[np.float64])(x)


def norm(x, w, b, eps):
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / np.sqrt(var + eps) * w + b


def rows(ids: list[int], weights: dict, config: dict) -> np.ndarray:
    """The vectors of a text's tokens, in 64-bit numbers."""
    get = lambda name: weights[name].astype(np.float64)
    linear = lambda x, name: x @ get(f"{name}.weight").T + get(f"{name}.bias")
    eps, heads = config.get("layer_norm_eps", 1e-12), config["num_attention_heads"]
    first = config["pad_token_id"] + 1 if config["model_type"] == "xlm-roberta" else 0
    x = weights["embeddings.word_embeddings.weight"][ids].astype(np.float64)
    x = x + get("embeddings.position_embeddings.weight")[first : first + len(ids)] + get("embeddings.token_type_embeddings.weight")[0]
    x = norm(x, get("embeddings.LayerNorm.weight"), get("embeddings.LayerNorm.bias"), eps)
    for n in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{n}."
        split = lambda y: y.reshape(len(ids), heads, -1).transpose(1, 0, 2)
        q, k, v = (split(linear(x, at + f"attention.self.{part}")) for part in ("query", "key", "value"))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1])
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (shares / shares.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(ids), -1)
        x = norm(linear(mixed, at + "attention.output.dense") + x, get(at + "attention.output.LayerNorm.weight"),
                 get(at + "attention.output.LayerNorm.bias"), eps)
        wide = linear(x, at + "intermediate.dense")
        wide = 0.5 * wide * (1 + erf(wide / math.sqrt(2)))
        x = norm(linear(wide, at + "output.dense") + x, get(at + "output.LayerNorm.weight"), get(at + "output.LayerNorm.bias"), eps)
    return x


def unit(x: np.ndarray) -> np.ndarray:
    return x / np.linalg.norm(x)


def case(text: str, vector: np.ndarray) -> dict:
    """A text with the beginning of its vector, and sums that depend on all of it."""
    weights = np.cos(np.arange(len(vector)))
    return {
        "text": text,
        "begins": [round(float(v), 6) for v in vector[:BEGINS]],
        "sum": round(float(vector.sum()), 6),
        "wave": round(float(vector @ weights), 6),
    }


def number(name: str, n: int) -> np.ndarray:
    """The first n numbers of a tiny model's array."""
    seed = sum(name.encode()) % 97
    wave = 0.3 * np.sin(seed + 0.7 * np.arange(n, dtype=np.float64))
    return (wave + 1.0 if "LayerNorm.weight" in name else wave).astype(np.float32)


def tiny(kind: str, vocabulary: int) -> tuple[dict, dict]:
    """Configuration and weights of a model of 2 layers and 16 numbers."""
    hidden, inner, positions = 16, 32, 40
    config = {"model_type": kind, "num_hidden_layers": 2, "num_attention_heads": 4, "pad_token_id": 1, "layer_norm_eps": 1e-5}
    shapes = {
        "embeddings.word_embeddings.weight": (vocabulary, hidden),
        "embeddings.position_embeddings.weight": (positions, hidden),
        "embeddings.token_type_embeddings.weight": (2, hidden),
    }
    add = lambda name, out, into: shapes.update({f"{name}.weight": (out, into), f"{name}.bias": (out,)})
    norms = ["embeddings.LayerNorm"]
    for n in range(2):
        at = f"encoder.layer.{n}."
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            add(at + part, hidden, hidden)
        add(at + "intermediate.dense", inner, hidden)
        add(at + "output.dense", hidden, inner)
        norms += [at + "attention.output.LayerNorm", at + "output.LayerNorm"]
    for name in norms:
        shapes.update({f"{name}.weight": (hidden,), f"{name}.bias": (hidden,)})
    return config, {name: number(name, math.prod(shape)).reshape(shape) for name, shape in shapes.items()}


def of_tiny(kind: str, tokenizer_file: str, texts: list[str]) -> dict:
    tokenizer = Tokenizer.from_file(str(HERE / tokenizer_file))
    config, weights = tiny(kind, tokenizer.get_vocab_size())
    found = {"mean": [], "cls": [], "max": []}
    for text in texts:
        x = rows(tokenizer.encode(text).ids, weights, config)
        for mode, vector in (("mean", x.mean(0)), ("cls", x[0]), ("max", x.max(0))):
            found[mode].append(case(text, unit(vector)))
    return found


def of_model(folder: Path, texts: list[str]) -> list[dict]:
    config = json.loads((folder / "config.json").read_text())
    weights = load_file(folder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"])
    return [case(text, unit(rows(tokenizer.encode(text).ids, weights, config).mean(0))) for text in texts]


TEXTS = [
    "where is my order?",
    "I want my money back",
    "What time do you open on Sunday?",
    "My card was charged twice for order 10442, please refund one of them.",
    "pls help cant log in 2 my acct",
    "THE PARCEL ARRIVED BROKEN!!!",
    "can i return shoes i bought online in the store",
    "do you ship to canada",
    "STOP",
    "Où est mon colis ? Je l'attends depuis lundi.",
    "Je veux être remboursé, l'article est arrivé cassé.",
    "¿A qué hora abre la tienda de la calle Orchard?",
    "Mein Paket ist nicht angekommen.",
    "👍",
    "love it 😍😍 thx!!",
    "",
    "   ",
    "¯\\_(ツ)_/¯ 你好",
    "a" * 300,
    " ".join(f"word{n} the parcel of the customer" if n % 5 == 0 else "order" for n in range(500)),
]
TINY_TEXTS = ["where is my order", "my refund", "", "order order order my my where is refund is", "où est mon order"]


def main() -> None:
    found = {
        "model": of_model(Path(sys.argv[1]), TEXTS),
        "bert": of_tiny("bert", "wordpiece.json", TINY_TEXTS),
        "xlm-roberta": of_tiny("xlm-roberta", "unigram.json", TINY_TEXTS),
    }
    (HERE / "expected.json").write_text(written(found) + "\n")


def written(found) -> str:
    """A case a line."""
    if isinstance(found, dict) and "text" not in found:
        return "{" + ",\n".join(f"{json.dumps(name)}: {written(part)}" for name, part in found.items()) + "}"
    if isinstance(found, list):
        return "[\n" + ",\n".join(written(part) for part in found) + "]"
    return json.dumps(found, ensure_ascii=False)


main()
