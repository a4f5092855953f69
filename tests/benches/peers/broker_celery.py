"""Celery on a quorum queue: empty tasks, acknowledged late, in one worker without a pool. usage: broker_celery.py URL MESSAGES; prints a
line of JSON each for publishing and taking."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time

from celery import Celery
from kombu import Queue

QUEUE = "bench.celery"
PREFETCH = 64
# Publishing costs a round trip a message: fewer are enough.
SHARE = 4

url = os.environ.get("BENCH_URL") or sys.argv[1]
seen = os.environ.get("BENCH_SEEN") or tempfile.mkstemp()[1]
# An empty path is kombu's virtual host /.
app = Celery("broker_celery", broker=url.replace("/%2f", "//"))
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_transport_options={"confirm_publish": True},
    task_acks_late=True,
    task_default_queue=QUEUE,
    task_ignore_result=True,
    task_queues=[Queue(QUEUE, durable=True, routing_key=QUEUE, queue_arguments={"x-queue-type": "quorum"})],
    worker_detect_quorum_queues=True,
    worker_prefetch_multiplier=PREFETCH,
    worker_send_task_events=False,
)


@app.task(name="nothing")
def nothing(body):
    with open(seen, "ab", buffering=0) as file:
        file.write(b".")


def cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def cpu_s_of(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    messages = int(sys.argv[2]) // SHARE
    with app.connection() as connection:
        try:
            connection.channel().queue_delete(QUEUE)
        except Exception:
            pass
    body, start = "x" * 1024, cpu_s()
    with app.producer_pool.acquire(block=True) as producer:
        for _ in range(messages):
            nothing.apply_async((body,), producer=producer)
    print(json.dumps({"peer": "Celery: publish, confirmed", "us_cpu": (cpu_s() - start) / messages * 1e6}), flush=True)
    command = [sys.executable, "-m", "celery", "-A", "broker_celery", "worker", "-P", "solo", "-l", "ERROR"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    environment = dict(os.environ, BENCH_URL=url, BENCH_SEEN=seen, PYTHONPATH=os.path.dirname(os.path.abspath(__file__)))
    worker = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        first, spent = 0, 0.0
        while os.path.getsize(seen) < messages:
            if first == 0 and os.path.getsize(seen) > 0:
                first, spent = os.path.getsize(seen), cpu_s_of(worker.pid)
            time.sleep(0.01)
        spent = cpu_s_of(worker.pid) - spent
    finally:
        worker.terminate()
        worker.wait()
    os.remove(seen)
    print(json.dumps({"peer": "Celery: take, acknowledge late", "us_cpu": spent / (messages - first) * 1e6}), flush=True)


if __name__ == "__main__":
    main()
