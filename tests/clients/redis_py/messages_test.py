"""Pub/sub of redis-py, in threads and in asyncio, and its asynchronous client."""

import asyncio
import queue
import unittest

import redis.asyncio

from server import ServerTest, client_options

WAIT = 60


class Messages(ServerTest):
    def test_a_thread_listens(self):
        heard = queue.Queue()
        pubsub = self.r.pubsub(ignore_subscribe_messages=True)
        pubsub.subscribe(**{"news": heard.put})
        pubsub.psubscribe(**{"weather.*": heard.put})
        thread = pubsub.run_in_thread(sleep_time=0.01)
        try:
            while self.r.pubsub_numsub("news") != [("news", 1)] \
                    or self.r.pubsub_numpat() != 1:
                pass
            self.assertEqual(self.r.publish("news", "grüße"), 1)
            self.assertEqual(self.r.publish("weather.sun", "hot"), 1)
            self.assertEqual(self.r.publish("other", "nobody"), 0)
            first, second = heard.get(timeout=WAIT), heard.get(timeout=WAIT)
        finally:
            thread.stop()
            thread.join()
        self.assertEqual((first["type"], first["channel"], first["data"]),
                         ("message", "news", "grüße"))
        self.assertEqual((second["type"], second["pattern"], second["data"]),
                         ("pmessage", "weather.*", "hot"))

    def test_subscribing_and_leaving_is_confirmed(self):
        pubsub = self.r.pubsub()
        pubsub.subscribe("a", "b")
        pubsub.unsubscribe("a")
        kinds = [pubsub.get_message(timeout=WAIT) for _ in range(3)]
        self.assertEqual([(k["type"], k["channel"], k["data"]) for k in kinds], [
            ("subscribe", "a", 1), ("subscribe", "b", 2), ("unsubscribe", "a", 1)])
        self.assertTrue(pubsub.connection.can_read() is False)
        pubsub.close()

    def test_events_of_keys(self):
        self.r.config_set("notify-keyspace-events", "KEA")
        self.addCleanup(self.r.config_set, "notify-keyspace-events", "")
        pubsub = self.r.pubsub()
        pubsub.psubscribe("__keyevent@0__:*")
        pubsub.get_message(timeout=WAIT)
        self.r.set("key", 1, px=20)
        events = [pubsub.get_message(timeout=WAIT) for _ in range(3)]
        self.assertEqual([e["channel"].split(":")[1] for e in events],
                         ["set", "expire", "expired"])
        self.assertEqual({e["data"] for e in events}, {"key"})
        pubsub.close()


class Asynchronous(ServerTest):
    def test_many_tasks_at_once(self):
        asyncio.run(self.count_together())
        self.assertEqual(self.r.get("total"), "500")

    async def count_together(self):
        client = redis.asyncio.Redis(**client_options(max_connections=100))

        async def work(task):
            for _ in range(10):
                async with client.pipeline(transaction=True) as pipe:
                    replies = await pipe.incr("total").incr(f"of:{task}").execute()
                self.assertTrue(replies[0] >= replies[1])

        await asyncio.gather(*[work(task) for task in range(50)])
        found = [key async for key in client.scan_iter("of:*")]
        self.assertEqual(len(set(found)), 50)
        await client.close()
        await client.connection_pool.disconnect()

    def test_a_task_waits_and_another_listens(self):
        asyncio.run(self.wait_and_listen())

    async def wait_and_listen(self):
        client = redis.asyncio.Redis(**client_options())
        pubsub = client.pubsub()
        await pubsub.subscribe("news")
        hello = await pubsub.get_message(timeout=WAIT)
        self.assertEqual(hello["type"], "subscribe")
        popping = asyncio.create_task(client.blpop(["jobs"], timeout=WAIT))
        await client.publish("news", "first")
        await client.rpush("jobs", "job")
        message = await pubsub.get_message(timeout=WAIT)
        self.assertEqual(message["data"], "first")
        self.assertEqual(tuple(await popping), ("jobs", "job"))
        await pubsub.close()
        await client.close()
        await client.connection_pool.disconnect()


if __name__ == "__main__":
    unittest.main()
