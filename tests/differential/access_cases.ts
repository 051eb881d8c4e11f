/**
 * Requests that may stamp the last use of a key: every served command with a
 * key, doing its work and failing to. `K` is a key of each type in turn, `O`
 * another key of the same type, `N` a key that is not there.
 *
 * @module
 */

import { GROUP_REQUESTS } from "./access_group_cases.ts";
import { LIST_REQUESTS } from "./access_list_cases.ts";
import { HYPERLOGLOG_REQUESTS, SET_REQUESTS } from "./access_set_cases.ts";
import { GEO_REQUESTS } from "./access_geo_cases.ts";
import { SORTED_SET_REQUESTS } from "./access_sorted_set_cases.ts";

const EXPIRIES = ["EXPIRE K 1000", "PEXPIRE K 1000000"].flatMap((request) => [
  request,
  `${request} NX`,
  `${request} XX`,
  `${request} GT`,
  `${request} LT`,
]);

const STRINGS = [
  "GET K",
  "GETRANGE K 0 -1",
  "SUBSTR K 0 -1",
  "STRLEN K",
  "MGET K N O",
  "LCS K O",
  "LCS K N",
  "SET K new",
  "SET K new NX",
  "SET K new XX",
  "SET K new GET",
  "SET K new NX GET",
  "SET K new KEEPTTL",
  "SET K new EX 1000",
  "SETNX K new",
  "SETEX K 1000 new",
  "PSETEX K 1000000 new",
  "GETSET K new",
  "GETDEL K",
  "GETEX K",
  "GETEX K PERSIST",
  "GETEX K EX 1000",
  "GETEX K EX 0",
  "MSET K new O new",
  "MSETNX K new N new",
  "MSETNX N new K new O new",
  "MSETNX O new N new",
  "APPEND K new",
  "APPEND K ",
  "SETRANGE K 1 new",
  "SETRANGE K 1 ",
  "SETRANGE K 536870911 new",
  "INCR K",
  "DECR K",
  "INCRBY K 9223372036854775807",
  "DECRBY K 4",
  "INCRBYFLOAT K 1.5",
  "INCRBYFLOAT K x",
];

const BITS = [
  "GETBIT K 3",
  "SETBIT K 3 1",
  "SETBIT K 3 2",
  "BITCOUNT K",
  "BITCOUNT K 0 x",
  "BITPOS K 1",
  "BITPOS K 2",
  "BITFIELD K GET u8 0",
  "BITFIELD K SET u8 0 65",
  "BITFIELD K OVERFLOW FAIL INCRBY u8 0 255",
  "BITFIELD_RO K GET u8 0",
  "BITOP AND K O N",
  "BITOP AND N K O",
  "BITOP OR N N K",
  "BITOP NOT K O",
  "BITOP NOT K N",
];

const HASHES = [
  "HGET K f0",
  "HMGET K f0 none",
  "HEXISTS K f0",
  "HLEN K",
  "HSTRLEN K f0",
  "HGETALL K",
  "HKEYS K",
  "HVALS K",
  "HSCAN K 0",
  "HSCAN K 0 JUNK",
  "HRANDFIELD K",
  "HRANDFIELD K 2 WITHVALUES",
  "HSET K f0 new",
  "HMSET K f9 new",
  "HSETNX K f0 new",
  "HSETNX K f9 new",
  "HDEL K f0",
  "HDEL K none",
  "HINCRBY K f1 1",
  "HINCRBY K f0 1",
  "HINCRBYFLOAT K f1 1.5",
  "HINCRBYFLOAT K f0 1.5",
];

const STREAMS = [
  "XLEN K",
  "XRANGE K - +",
  "XREVRANGE K + -",
  "XRANGE K x +",
  "XRANGE K - + COUNT 0",
  "XREAD STREAMS K 0",
  "XREAD STREAMS K $",
  "XREAD STREAMS O K 0 9999999999999-0",
  "XADD K 9-1 f v",
  "XADD K 1-0 f v",
  "XADD K NOMKSTREAM MAXLEN 1 9-1 f v",
  "XDEL K 1-1",
  "XDEL K 7-7",
  "XTRIM K MAXLEN 0",
  "XTRIM K MAXLEN 100",
  "XSETID K 9-9",
  "XSETID K 0-1",
];

const ANY = [
  "DEL N",
  "DEL K",
  "UNLINK K",
  "EXISTS K N O",
  "TOUCH K N O",
  "TYPE K",
  ...EXPIRIES,
  "EXPIRE K 0",
  "EXPIREAT K 9999999999",
  "EXPIREAT K 1 GT",
  "PEXPIREAT K 9999999999000",
  "PERSIST K",
  "TTL K",
  "PTTL K",
  "EXPIRETIME K",
  "PEXPIRETIME K",
  "RENAME K N",
  "RENAME K K",
  "RENAME K O",
  "RENAME N K",
  "RENAMENX K N",
  "RENAMENX K K",
  "RENAMENX K O",
  "RENAMENX N K",
  "COPY K N",
  "COPY K O",
  "COPY N K",
  "COPY K O REPLACE",
  "COPY K K DB 1",
  "SORT K",
  "SORT K ALPHA",
  "SORT K BY O ALPHA GET O",
  "SORT K ALPHA STORE N",
  "SORT K ALPHA STORE K",
  "SORT K ALPHA STORE O",
  "SORT N STORE K",
  "SORT K JUNK",
  "SORT_RO K",
  "SORT_RO K BY N",
  "MOVE K 1",
  "MOVE K 2",
  "MOVE N 2",
  "DUMP K",
  "RESTORE K 0 junk",
  "RESTORE K 0 junk REPLACE",
  "OBJECT ENCODING K",
  "OBJECT IDLETIME K",
  "OBJECT REFCOUNT K",
  "DEBUG OBJECT K",
  "DEBUG DIGEST-VALUE K",
  "DEBUG DIGEST",
  "MEMORY USAGE K",
  "KEYS *",
  "SCAN 0 COUNT 1000",
  "SCAN 0 COUNT 1000 TYPE string",
  "RANDOMKEY",
];

/** Of no data: names of shard channels, and the keys a client watches. */
const CONNECTIONS = [
  "SPUBLISH K message",
  "SUNSUBSCRIBE K",
  "WATCH K N",
];

/** All of them, words apart by one space; an empty last word is an empty argument. */
export const ACCESS_REQUESTS: readonly string[] = [
  ...STRINGS,
  ...BITS,
  ...HASHES,
  ...LIST_REQUESTS,
  ...SET_REQUESTS,
  ...SORTED_SET_REQUESTS,
  ...GEO_REQUESTS,
  ...HYPERLOGLOG_REQUESTS,
  ...STREAMS,
  ...GROUP_REQUESTS,
  ...ANY,
  ...CONNECTIONS,
];

/**
 * Commands that have no request: SSUBSCRIBE takes the name of a channel in
 * place of a key, and with RESP2 the client can then ask for nothing else.
 * redis-server 7.0 does not know those of hash fields that end.
 */
export const WITHOUT_REQUEST: readonly string[] = [
  "hexpire",
  "hexpireat",
  "hexpiretime",
  "hpersist",
  "hpexpire",
  "hpexpireat",
  "hpexpiretime",
  "hpttl",
  "httl",
  "ssubscribe",
];
