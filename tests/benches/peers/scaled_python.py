"""What a Python shop would assemble, tuned: aio-pika on a quorum queue, a linear model of scikit-learn used without its pipeline, bm25s
beside one matrix product, httpx to the phone network, acknowledged after the send, nothing kept. The vectors are hashed words.
usage: scaled_python.py FOLDER BROKER QUEUE PHONE MESSAGES; FOLDER holds passages.jsonl and examples.jsonl. Prints one line of JSON."""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # more threads only spin

import asyncio
import json
import resource
import sys
import time
import zlib

import aio_pika
import bm25s
import httpx
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier

DIMENSIONS = 384
FETCHED = 20
QUOTED = 5
IN_FLIGHT = 32
folder, broker, queue_name, phone, messages = sys.argv[1:5] + [int(sys.argv[5])]


def embed(text):
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    for word in text.split():
        h = zlib.crc32(word.encode())
        vector[h % DIMENSIONS] += 1.0 if h & 0x10000 else -1.0
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def read(name):
    with open(os.path.join(folder, name)) as lines:
        return [json.loads(line) for line in lines]


def cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


passages = [line["text"] for line in read("passages.jsonl")]
examples = read("examples.jsonl")
grams = TfidfVectorizer()
model = SGDClassifier(loss="log_loss", max_iter=5, random_state=1)
model.fit(grams.fit_transform([line["text"] for line in examples]), [line["intent"] for line in examples])
weights, bias = np.ascontiguousarray(model.coef_.T), model.intercept_
words = bm25s.BM25()
words.index(bm25s.tokenize(passages, stopwords=None, show_progress=False), show_progress=False)
vectors = np.stack([embed(text) for text in passages])


def answer(text):
    intent = int((grams.transform([text]) @ weights + bias).argmax())
    tokens = bm25s.tokenize([text], stopwords=None, show_progress=False, return_ids=False)
    by_words = words.retrieve(tokens, k=FETCHED, show_progress=False)[0][0]
    near = vectors @ embed(text)
    by_nearness = np.argpartition(-near, FETCHED)[:FETCHED]
    by_nearness = by_nearness[np.argsort(-near[by_nearness])]
    scores = {}
    for ranked in (by_words, by_nearness):
        for rank, passage in enumerate(ranked):
            scores[int(passage)] = scores.get(int(passage), 0.0) + 1.0 / (60 + rank)
    best = sorted(scores, key=scores.get, reverse=True)[:QUOTED]
    return intent, passages[best[0]].split(". ")[0]


async def main():
    connection = await aio_pika.connect(broker)
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=IN_FLIGHT)
    queue = await channel.get_queue(queue_name)
    http = httpx.AsyncClient(limits=httpx.Limits(max_connections=IN_FLIGHT))
    done, over = 0, asyncio.Event()

    async def on_message(message):
        nonlocal done
        said = json.loads(message.body)
        _, text = answer(said["text"])
        response = await http.post(phone, data={"To": said["from"], "From": said["to"], "Body": text})
        assert response.status_code == 201, response.status_code
        await message.ack()
        done += 1
        if done == messages:
            over.set()

    start, start_cpu = time.perf_counter(), cpu_s()
    await queue.consume(on_message)
    await over.wait()
    took, spent = time.perf_counter() - start, cpu_s() - start_cpu
    rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rate": messages / took, "cpu_ms": spent / messages * 1e3, "rss_mb": rss_mb}))
    await http.aclose()
    await connection.close()


asyncio.run(main())
