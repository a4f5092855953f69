"""aio-pika on a quorum queue: publish with confirms, then take with each message acknowledged, as its users write it, and once with
one acknowledgement for a group. usage: broker_aio_pika.py URL MESSAGES; prints a line of JSON for each."""

import asyncio
import json
import resource
import sys

import aio_pika

WINDOW = 500
PREFETCH = 512
GROUP = 256
WAIT_S = 120
QUEUE = "bench.aio-pika"
url, messages = sys.argv[1], int(sys.argv[2])
messages -= messages % WINDOW
body = b"x" * 1024


def cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def tell(peer, start):
    print(json.dumps({"peer": peer, "us_cpu": (cpu_s() - start) / messages * 1e6}), flush=True)


async def publish(channel):
    async def some():
        for _ in range(messages // WINDOW):
            message = aio_pika.Message(body, delivery_mode=2, content_type="application/json")
            await channel.default_exchange.publish(message, routing_key=QUEUE)

    await asyncio.gather(*[some() for _ in range(WINDOW)])


async def take(connection, group):
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=PREFETCH)
    queue = await channel.get_queue(QUEUE)
    taken, over = 0, asyncio.Event()

    async def on_message(message):
        nonlocal taken
        taken += 1
        if group == 1:
            await message.ack()
        elif taken % group == 0 or taken == messages:
            await message.ack(multiple=True)
        if taken == messages:
            over.set()

    start = cpu_s()
    await queue.consume(on_message)
    await asyncio.wait_for(over.wait(), WAIT_S)
    tell("aio-pika: take, acknowledge " + ("each" if group == 1 else f"every {group}th"), start)
    await channel.close()


async def main():
    connection = await aio_pika.connect(url)
    channel = await connection.channel(publisher_confirms=True)
    for group in (1, GROUP):
        await channel.queue_delete(QUEUE)
        await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        start = cpu_s()
        await publish(channel)
        if group == 1:
            tell("aio-pika: publish, confirmed", start)
        await take(connection, group)
    await connection.close()


asyncio.run(main())
