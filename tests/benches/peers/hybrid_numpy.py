"""The best that is assembled by hand in Python: bm25s beside one matrix product, joined by reciprocal ranks. The vectors are
hashed words, so that only the engine is measured. usage: hybrid_numpy.py CORPUS PASSAGES; prints one line of JSON."""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # more threads only spin

import json
import resource
import sys
import zlib

import bm25s
import numpy as np

DIMENSIONS = 384


def embed(text):
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    for word in text.split():
        h = zlib.crc32(word.encode())
        vector[h % DIMENSIONS] += 1.0 if h & 0x10000 else -1.0
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def read(name):
    with open(os.path.join(corpus, name)) as lines:
        return [json.loads(line) for line in lines]


corpus, count = sys.argv[1], int(sys.argv[2])
texts = [line["text"] for line in read("docs.jsonl")[:count]]
queries = [query for query in read("queries.jsonl") if query["doc"] < count][:500]
vectors = np.stack([embed(text) for text in texts])
words = bm25s.BM25()
words.index(bm25s.tokenize(texts, stopwords=None, show_progress=False), show_progress=False)


def first(text):
    tokens = bm25s.tokenize([text], stopwords=None, show_progress=False, return_ids=False)
    by_words = words.retrieve(tokens, k=10, show_progress=False)[0][0]
    near = vectors @ embed(text)
    by_nearness = np.argpartition(-near, 10)[:10]
    by_nearness = by_nearness[np.argsort(-near[by_nearness])]
    scores = {}
    for ranked in (by_words, by_nearness):
        for rank, passage in enumerate(ranked):
            scores[int(passage)] = scores.get(int(passage), 0.0) + 1.0 / (60 + rank)
    return sorted(scores, key=scores.get, reverse=True)[:10]


first(queries[0]["text"])
start = cpu_s()
hits = sum(query["doc"] in first(query["text"]) for query in queries)
spent = cpu_s() - start
rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"peer": "bm25s + numpy", "ms_cpu_q": spent / len(queries) * 1e3, "hit10": hits / len(queries), "peak_mb": rss_mb}))
