/**
 * Commands of the geo group.
 *
 * Source: https://redis.io/commands/?group=geo
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { after, command, keys, oneKey, range } from "./row_builder.ts";

/** Rows of the geo group, sorted by name. */
export const GEO_COMMANDS: readonly CommandRow[] = [
  command("geoadd", "geo", "core", {
    since: "3.2.0",
    arity: -5,
    flags: "write denyoom",
    categories: "geo",
    keys: [oneKey("RW update")],
    summary: "Adds places to a geospatial index",
    complexity: "O(log(N)) for each place, N = places",
    arguments: "key@0 condition?<nx=NX|xx=XX>^6.2.0 change?=CH^6.2.0 " +
      "longitude_latitude_member*{longitude:double latitude:double " +
      "member:string}",
  }),
  command("geodist", "geo", "core", {
    since: "3.2.0",
    arity: -4,
    flags: "readonly",
    categories: "geo",
    keys: [oneKey("RO access")],
    summary: "Shows the distance of two places",
    complexity: "O(log(N)), N = places",
    arguments:
      "key@0 member1:string member2:string unit?<m=M|km=KM|ft=FT|mi=MI>",
  }),
  command("geohash", "geo", "core", {
    since: "3.2.0",
    arity: -2,
    flags: "readonly",
    categories: "geo",
    keys: [oneKey("RO access")],
    summary: "Shows places as geohash strings",
    complexity: "O(log(N)) for each place, N = places",
    arguments: "key@0 member*:string",
  }),
  command("geopos", "geo", "core", {
    since: "3.2.0",
    arity: -2,
    flags: "readonly",
    categories: "geo",
    keys: [oneKey("RO access")],
    summary: "Shows where places are",
    complexity: "O(N), N = places asked for",
    arguments: "key@0 member*:string",
  }),
  command("georadius", "geo", "core", {
    since: "3.2.0",
    arity: -6,
    flags: "write denyoom",
    categories: "geo",
    keys: [
      oneKey("RO access"),
      keys("OW update", after("STORE", 6), range(0, 1, 0)),
      keys("OW update", after("STOREDIST", 6), range(0, 1, 0)),
    ],
    summary: "Finds places around a position, and may store them",
    complexity: "O(N+log(M)), N = places in the bounding box, M = places",
    arguments:
      "key@0 longitude:double latitude:double radius:double unit<m=M|" +
      "km=KM|ft=FT|mi=MI> withcoord?=WITHCOORD withdist?=WITHDIST " +
      "withhash?=WITHHASH count?{count:integer=COUNT any?=ANY^6.2.0} " +
      "order?<asc=ASC|desc=DESC> key?@1=STORE key?@2=STOREDIST",
    deprecated: {
      since: "6.2.0",
      replacedBy:
        "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument",
    },
  }),
  command("georadius_ro", "geo", "core", {
    since: "3.2.10",
    arity: -6,
    flags: "readonly",
    categories: "geo",
    keys: [oneKey("RO access")],
    summary: "Finds places around a position",
    complexity: "O(N+log(M)), N = places in the bounding box, M = places",
    arguments:
      "key@0 longitude:double latitude:double radius:double unit<m=M|" +
      "km=KM|ft=FT|mi=MI> withcoord?=WITHCOORD withdist?=WITHDIST " +
      "withhash?=WITHHASH count?{count:integer=COUNT any?=ANY^6.2.0} " +
      "order?<asc=ASC|desc=DESC>",
    deprecated: {
      since: "6.2.0",
      replacedBy: "`GEOSEARCH` with the `BYRADIUS` argument",
    },
  }),
  command("georadiusbymember", "geo", "core", {
    since: "3.2.0",
    arity: -5,
    flags: "write denyoom",
    categories: "geo",
    keys: [
      oneKey("RO access"),
      keys("OW update", after("STORE", 5), range(0, 1, 0)),
      keys("OW update", after("STOREDIST", 5), range(0, 1, 0)),
    ],
    summary: "Finds places around a place, and may store them",
    complexity: "O(N+log(M)), N = places in the bounding box, M = places",
    arguments:
      "key@0 member:string radius:double unit<m=M|km=KM|ft=FT|mi=MI> " +
      "withcoord?=WITHCOORD withdist?=WITHDIST withhash?=WITHHASH " +
      "count?{count:integer=COUNT any?=ANY} order?<asc=ASC|desc=DESC> " +
      "key?@1=STORE key?@2=STOREDIST",
    deprecated: {
      since: "6.2.0",
      replacedBy: "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and " +
        "`FROMMEMBER` arguments",
    },
  }),
  command("georadiusbymember_ro", "geo", "core", {
    since: "3.2.10",
    arity: -5,
    flags: "readonly",
    categories: "geo",
    keys: [oneKey("RO access")],
    summary: "Finds places around a place",
    complexity: "O(N+log(M)), N = places in the bounding box, M = places",
    arguments:
      "key@0 member:string radius:double unit<m=M|km=KM|ft=FT|mi=MI> " +
      "withcoord?=WITHCOORD withdist?=WITHDIST withhash?=WITHHASH " +
      "count?{count:integer=COUNT any?=ANY} order?<asc=ASC|desc=DESC>",
    deprecated: {
      since: "6.2.0",
      replacedBy: "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments",
    },
  }),
  command("geosearch", "geo", "core", {
    since: "6.2.0",
    arity: -7,
    flags: "readonly",
    categories: "geo",
    keys: [oneKey("RO access")],
    summary: "Finds places within a circle or box",
    complexity: "O(N+log(M)), N = places in the bounding box, M = places",
    arguments: "key@0 from<member:string=FROMMEMBER|" +
      "longitude_latitude{longitude:double latitude:double}=FROMLONLAT> " +
      "by<circle{radius:double=BYRADIUS unit<m=M|km=KM|ft=FT|mi=MI>}|" +
      "box{width:double=BYBOX height:double unit<m=M|km=KM|ft=FT|mi=MI>}> " +
      "order?<asc=ASC|desc=DESC> count?{count:integer=COUNT any?=ANY} " +
      "withcoord?=WITHCOORD withdist?=WITHDIST withhash?=WITHHASH",
  }),
  command("geosearchstore", "geo", "core", {
    since: "6.2.0",
    arity: -8,
    flags: "write denyoom",
    categories: "geo",
    keys: [oneKey("OW update"), oneKey("RO access", { at: 2 })],
    summary: "Stores the places within a circle or box",
    complexity: "O(N+log(M)), N = places in the bounding box, M = places",
    arguments: "destination@0 source@1 from<member:string=FROMMEMBER|" +
      "longitude_latitude{longitude:double latitude:double}=FROMLONLAT> " +
      "by<circle{radius:double=BYRADIUS unit<m=M|km=KM|ft=FT|mi=MI>}|" +
      "box{width:double=BYBOX height:double unit<m=M|km=KM|ft=FT|mi=MI>}> " +
      "order?<asc=ASC|desc=DESC> count?{count:integer=COUNT any?=ANY} " +
      "storedist?=STOREDIST",
  }),
];
