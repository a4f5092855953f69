"""The queue that a Python shop would embed: huey's SqliteHuey with fsync on. One job is an enqueue and the run of an empty
task. usage: huey_queue.py FOLDER SECONDS; prints one line of JSON."""

import json
import os
import resource
import sys
import time

from huey import SqliteHuey

folder, seconds = sys.argv[1], float(sys.argv[2])
huey = SqliteHuey(filename=os.path.join(folder, "huey.db"), fsync=True, results=False)


@huey.task()
def nothing(body):
    pass


def cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


body = "x" * 1024
jobs, start, cpu = 0, time.perf_counter(), cpu_s()
while time.perf_counter() - start < seconds:
    nothing(body)
    huey.execute(huey.dequeue())
    jobs += 1
wall = time.perf_counter() - start
print(json.dumps({"jobs_s": jobs / wall, "cpu_us": (cpu_s() - cpu) / jobs * 1e6}))
