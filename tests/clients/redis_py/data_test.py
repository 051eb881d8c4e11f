"""Ordinary use of the data types by redis-py."""

import datetime
import time
import unittest

import redis

from server import ServerTest


class Strings(ServerTest):
    def test_strings_and_their_ends(self):
        r = self.r
        self.assertIs(r.set("key", "välue", ex=100), True)
        self.assertEqual(r.get("key"), "välue")
        self.assertIsNone(r.set("key", "other", nx=True))
        self.assertEqual(r.set("key", "new", keepttl=True, get=True), "välue")
        self.assertTrue(90 < r.ttl("key") <= 100)
        self.assertTrue(r.expire("key", datetime.timedelta(hours=1)))
        self.assertTrue(r.pttl("key") > 3_500_000)
        self.assertEqual(r.getex("key", persist=True), "new")
        self.assertEqual(r.ttl("key"), -1)
        self.assertTrue(r.mset({"a": 1, "b": 2.5, "c": b"raw"}))
        self.assertEqual(r.mget(["a", "none", "b"], "c"), ["1", None, "2.5", "raw"])
        self.assertEqual(r.incrby("a", 41), 42)
        self.assertEqual(r.incrbyfloat("b", 0.25), 2.75)
        self.assertEqual(r.setrange("c", 5, "!"), 6)
        self.assertEqual(r.bitcount("c"), 15)
        self.assertEqual(r.getdel("a"), "42")
        self.assertEqual(r.delete("a", "b", "c"), 2)
        with self.assertRaisesRegex(redis.ResponseError, "not an integer"):
            r.incr("key")

    def test_bytes_come_back_as_they_were(self):
        raw = self.another(decode_responses=False)
        value = bytes(range(256)) * 1000
        raw.set(b"\x00\r\n\xff", value)
        self.assertEqual(raw.get(b"\x00\r\n\xff"), value)
        self.assertEqual(raw.keys(), [b"\x00\r\n\xff"])
        copy = raw.dump(b"\x00\r\n\xff")
        self.assertTrue(raw.restore("copy", 0, copy))
        self.assertEqual(raw.get("copy"), value)


class Collections(ServerTest):
    def test_hashes(self):
        r = self.r
        fields = {"name": "Ada", "age": 36}
        self.assertEqual(r.hset("user", mapping=fields), 2)
        self.assertEqual(r.hgetall("user"), {"name": "Ada", "age": "36"})
        self.assertEqual(r.hmget("user", "name", "none"), ["Ada", None])
        self.assertEqual(r.hincrbyfloat("user", "age", 0.5), 36.5)
        self.assertEqual(r.hgetall("none"), {})
        r.hset("wide", mapping={f"f{i}": i for i in range(1000)})
        self.assertEqual(dict(r.hscan_iter("wide", count=50)),
                         {f"f{i}": str(i) for i in range(1000)})
        self.assertEqual(r.hdel("wide", *[f"f{i}" for i in range(1000)]), 1000)
        self.assertFalse(r.exists("wide"))

    def test_lists(self):
        r = self.r
        self.assertEqual(r.rpush("list", *range(10)), 10)
        self.assertEqual(r.lrange("list", 0, 2), ["0", "1", "2"])
        self.assertEqual(r.linsert("list", "BEFORE", 5, "five"), 11)
        self.assertEqual(r.lpos("list", "five"), 5)
        self.assertEqual(r.lmove("list", "other", "RIGHT", "LEFT"), "9")
        self.assertEqual(r.lpop("list", 2), ["0", "1"])
        self.assertTrue(r.ltrim("list", 0, 1))
        self.assertEqual(r.lrange("list", 0, -1), ["2", "3"])
        self.assertEqual(r.lmpop(2, "none", "list", direction="LEFT"),
                         ["list", ["2"]])
        self.assertEqual(r.sort("list", alpha=True, desc=True), ["3"])

    def test_sets(self):
        r = self.r
        self.assertEqual(r.sadd("a", 1, 2, 3), 3)
        r.sadd("b", 2, 3, 4)
        self.assertEqual(r.smembers("a"), {"1", "2", "3"})
        self.assertEqual(r.sinter("a", "b"), {"2", "3"})
        self.assertEqual(r.sdiffstore("c", "a", "b"), 1)
        self.assertEqual(r.smismember("a", [1, 9]), [1, 0])
        self.assertEqual(r.sintercard(2, ["a", "b"], limit=1), 1)
        self.assertIn(r.spop("b"), {"2", "3", "4"})
        self.assertEqual(set(r.sscan_iter("a")), {"1", "2", "3"})

    def test_a_leaderboard(self):
        r = self.r
        r.zadd("board", {f"player:{i}": i * 10 for i in range(200)})
        self.assertEqual(r.zincrby("board", 5000, "player:7"), 5070.0)
        self.assertEqual(r.zrevrank("board", "player:7"), 0)
        self.assertEqual([name for name, _ in
                          r.zrevrange("board", 0, 2, withscores=True)],
                         ["player:7", "player:199", "player:198"])
        self.assertEqual(r.zadd("board", {"player:7": 1}, gt=True), 0)
        self.assertEqual(r.zadd("board", {"player:7": 9000}, xx=True, ch=True), 1)
        self.assertEqual(r.zcount("board", 100, "(200"), 10)
        self.assertEqual(r.zrangebyscore("board", "-inf", 20), [
            "player:0", "player:1", "player:2"])
        self.assertEqual(r.zmscore("board", ["player:3", "none"]), [30.0, None])
        self.assertEqual(len(list(r.zscan_iter("board"))), 200)
        r.zadd("bonus", {"player:3": 0.5, "player:4": 1})
        self.assertEqual(r.zunionstore("total", {"board": 1, "bonus": 100}), 200)
        self.assertEqual(r.zscore("total", "player:4"), 140.0)
        self.assertEqual(r.zremrangebyrank("board", 0, -11), 190)

    def test_places(self):
        r = self.r
        r.geoadd("towns", [13.361389, 38.115556, "Palermo",
                           15.087269, 37.502669, "Catania"])
        self.assertEqual(round(r.geodist("towns", "Palermo", "Catania", "km")), 166)
        self.assertEqual(
            r.geosearch("towns", longitude=15, latitude=37, radius=200,
                        unit="km", sort="ASC"), ["Catania", "Palermo"])
        (longitude, latitude), = r.geopos("towns", "Palermo")
        self.assertAlmostEqual(longitude, 13.361389, 4)
        self.assertAlmostEqual(latitude, 38.115556, 4)
        self.assertEqual(r.geohash("towns", "Catania"), ["sqdtr74hyu0"])

    def test_counting_visitors(self):
        r = self.r
        for start in range(0, 3000, 100):
            r.pfadd("visitors", *range(start, start + 100))
        self.assertTrue(abs(r.pfcount("visitors") - 3000) < 150)
        r.pfadd("others", "a", "b")
        self.assertTrue(r.pfmerge("all", "visitors", "others"))
        self.assertTrue(r.pfcount("all") > r.pfcount("others"))


class Keyspace(ServerTest):
    def test_scan_iter_finds_each_key(self):
        r = self.r
        with r.pipeline(transaction=False) as pipe:
            for i in range(2000):
                pipe.set(f"user:{i}", i)
                if i % 4 == 0:
                    pipe.sadd(f"tags:{i}", i)
            pipe.execute()
        self.assertEqual(set(r.scan_iter("user:*", count=30)),
                         {f"user:{i}" for i in range(2000)})
        self.assertEqual(len(set(r.scan_iter(_type="SET"))), 500)
        self.assertEqual(r.unlink(*r.scan_iter("user:*")), 2000)
        self.assertEqual(r.dbsize(), 500)

    def test_keys_end(self):
        r = self.r
        self.assertTrue(r.set("soon", 1, px=30))
        r.set("later", 1)
        self.assertTrue(r.expireat("later", int(time.time()) + 1000))
        while r.exists("soon"):
            time.sleep(0.01)
        self.assertEqual(r.keys(), ["later"])
        self.assertTrue(990 < r.ttl("later") <= 1000)

    def test_the_server_tells_of_itself(self):
        r = self.r
        self.assertTrue(r.info("server")["redis_version"].startswith("7."))
        r.client_setname("suite")
        names = [client["name"] for client in r.client_list()]
        self.assertIn("suite", names)
        self.assertEqual(r.config_get("maxmemory-policy"),
                         {"maxmemory-policy": "noeviction"})
        r.config_set("slowlog-max-len", 64)
        self.assertEqual(r.config_get("slowlog-max-len"), {"slowlog-max-len": "64"})
        self.assertEqual(r.command_count(), len(r.command()))
        self.assertEqual(r.acl_whoami(), "default")
        r.rpush("list", 1)
        self.assertIn(r.object("encoding", "list"), {"listpack", "quicklist"})
        self.assertTrue(r.memory_usage("list") > 0)
        seconds, microseconds = r.time()
        self.assertTrue(abs(seconds - time.time()) < 60)
        self.assertTrue(0 <= microseconds < 1_000_000)


if __name__ == "__main__":
    unittest.main()
