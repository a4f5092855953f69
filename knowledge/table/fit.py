"""Fits one vector a token so that the mean of a text's token vectors points where the model's sentence vector points."""

import random
import re
import unicodedata

import numpy as np
import scipy.sparse as sparse

DIMENSIONS = 256
# Pull towards a token's starting vector, in units of one text.
RIDGE = 0.1
STEPS = 60
# Rounds of scaling each text's row so that direction counts and length does not (a second one measured no better); within these bounds.
ROUNDS = 1
SCALES = (0.5, 4.0)
# A token's starting weight is SIF / (SIF + frequency); the vocabulary is ordered by frequency, so Zipf's law gives the frequency.
SIF = 1e-4
FIRST_WORD = 900
SEED = 7
# Longer texts get no badly spelt copy.
NOISY_WORDS_MAX = 20
STRAIGHT = str.maketrans("’‘´`′“”„«»", "'''''\"\"\"\"\"")


def kept(vocabulary: list[str]) -> list[int]:
    """The tokens worth a row: no place holders, no scripts that the model was not made for."""
    special = re.compile(r"\[(unused\d+|PAD|UNK|CLS|SEP|MASK)\]")
    return [i for i, token in enumerate(vocabulary) if not special.fullmatch(token) and all(ord(c) < 0x250 or not c.isalpha() for c in token)]


def spaced(text: str) -> str:
    """Straight quotes, and every symbol alone: the Rust side cuts texts so."""
    return re.sub(r"([^\w\s])", r" \1 ", unicodedata.normalize("NFC", text).translate(STRAIGHT))


def pieces(tokenizer, texts: list[str], places: list[int]) -> list[list[int]]:
    """The rows of each text's tokens, unknown ones left out."""
    place = {token: row for row, token in enumerate(places)}
    found = tokenizer.encode_batch([spaced(text) for text in texts], add_special_tokens=False)
    return [[place[i] for i in encoded.ids if i in place] for encoded in found]


def rows(tokenizer, texts: list[str], places: list[int]) -> sparse.csr_matrix:
    """Texts by kept tokens: each row is the mean of its tokens."""
    values, columns, starts = [], [], [0]
    for ids in pieces(tokenizer, texts, places):
        columns += ids
        values += [1.0 / len(ids)] * len(ids) if ids else []
        starts.append(len(columns))
    found = sparse.csr_matrix((np.array(values, np.float32), np.array(columns), np.array(starts)), shape=(len(texts), len(places)))
    found.sum_duplicates()
    return found


def ridge(x, y: np.ndarray, start: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Least squares of x w = y with a pull of w towards `start`, by conjugate gradient on all columns at once."""
    w = start.copy()
    residual = x.T @ (y - x @ w)
    direction, before = residual.copy(), (residual**2).sum(0)
    for _ in range(STEPS):
        image = x.T @ (x @ direction) + penalty * direction
        step = before / np.maximum((direction * image).sum(0), 1e-12)
        w += step * direction
        residual -= step * image
        after = (residual**2).sum(0)
        direction = residual + (after / np.maximum(before, 1e-12)) * direction
        before = after
    return w


def ranks(places: list[int]) -> np.ndarray:
    """A token's rank by frequency. Marks, letters and place holders stand before the words and count as frequent."""
    return np.maximum(np.array(places, dtype=float) - FIRST_WORD, 1.0)


def with_noise(texts: list[str], y: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Adds badly spelt copies of the short texts; their aim is the vector of the text as it should be spelt."""
    chance = random.Random(SEED)
    copied = [i for i, text in enumerate(texts) if len(text.split()) <= NOISY_WORDS_MAX]
    return texts + [noisy(texts[i], chance) for i in copied], np.vstack([y, y[copied]])


def start(x, y: np.ndarray, alone: np.ndarray, ranks: np.ndarray) -> np.ndarray:
    """Where a token begins: its own sentence vector, weighted by rarity and turned by one linear map that fits all texts best."""
    frequency = 1.0 / (ranks * np.log(ranks.max()))
    weighted = (alone - alone.mean(0)) * (SIF / (SIF + frequency))[:, None].astype(np.float32)
    seen = x @ weighted
    gram = seen.T @ seen
    turn = np.linalg.solve(gram + 1e-3 * np.trace(gram) / len(gram) * np.eye(len(gram)), seen.T @ y)
    return (weighted @ turn).astype(np.float32)


def table(x, y: np.ndarray, begin: np.ndarray) -> np.ndarray:
    """Token vectors: after the first round each text's row is scaled so that its direction counts and not its length."""
    w = begin
    for _ in range(ROUNDS):
        predicted = x @ w
        along = (predicted * y).sum(1) / np.maximum((predicted**2).sum(1), 1e-6)
        scale = sparse.diags(np.clip(along, *SCALES).astype(np.float32))
        w = ridge((scale @ x).tocsr(), y, begin, np.float32(RIDGE))
    return w


def directions(y: np.ndarray) -> np.ndarray:
    """The directions in which sentence vectors are long; cosines hardly change when the rest is dropped."""
    _, found = np.linalg.eigh((y.T @ y).astype(np.float64))
    return found[:, ::-1][:, :DIMENSIONS].astype(np.float32)


def quantise(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bytes and a scale a token."""
    scale = np.abs(w).max(1) / 127.0
    scale[scale == 0] = 1.0
    return np.round(w / scale[:, None]).astype(np.int8), scale.astype("<f4")


SHORT = {"you": "u", "your": "ur", "are": "r", "please": "pls", "thanks": "thx", "to": "2", "for": "4", "why": "y", "tomorrow": "tmrw",
         "message": "msg", "because": "bc", "with": "w", "about": "abt", "people": "ppl", "before": "b4", "and": "n", "what": "wat",
         "okay": "k", "account": "acct", "my": "mi", "the": "d", "that": "dat", "know": "kno", "have": "hv", "money": "mny"}


def noisy(text: str, chance: random.Random) -> str:
    """The text as somebody in a hurry types it: short forms, no apostrophes, lost vowels, slips."""
    return " ".join(noisy_word(word, chance) for word in text.lower().split())


def noisy_word(word: str, chance: random.Random) -> str:
    bare = word.rstrip(".,!?")
    if bare in SHORT and chance.random() < 0.5:
        return SHORT[bare]
    if chance.random() < 0.7:
        word = word.replace("'", "")
    if len(bare) < 5 or not bare.isalpha():
        return word
    kind = chance.random()
    at = chance.randrange(1, len(bare) - 1)
    if kind < 0.12:
        return bare[0] + re.sub("[aeiou]", "", bare[1:-1]) + bare[-1]
    if kind < 0.17:
        return bare[:at] + bare[at + 1] + bare[at] + bare[at + 2 :]
    if kind < 0.22:
        return bare[:at] + bare[at + 1 :]
    return bare[:at] + bare[at] + bare[at:] if kind < 0.26 else word
