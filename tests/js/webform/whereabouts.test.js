/** Readings of a device's place: as often as asked, the best of those that are not too old. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Whereabouts } from "../../../static/js/webform/whereabouts.js";

const PARAMETERS = { "location-priority": "balanced", "location-min-interval": "10", "location-max-age": "60" };

/** A device whose readings and time are given by hand. */
function device(parameters = PARAMETERS) {
  const world = { time: 0, events: [] };
  const geolocation = { watchPosition: (ok, fault, options) => Object.assign(world, { ok, fault, options }) };
  const clock = { now: () => world.time };
  const where = new Whereabouts(parameters, { geolocation, clock, note: (event) => world.events.push(event) });
  where.watch();
  const read = (time, accuracy, latitude = 31.234567891) => {
    world.time = time;
    world.ok({ coords: { latitude, longitude: 121.4, accuracy } });
  };
  return { world, where, read };
}

test("the most accurate reading of the last while is taken, as far as it is exact", () => {
  const { where, read } = device();
  read(0, 8.04);
  read(20_000, 30);
  assert.deepEqual(where.at(30_000), { latitude: 31.2345679, longitude: 121.4, accuracy: 8 });
  assert.equal(where.at(70_000).accuracy, 30);
  assert.equal(where.at(90_000), null);
});

test("readings that come too soon are left out", () => {
  const { where, read } = device();
  read(0, 30);
  read(9_000, 5);
  assert.equal(where.at(9_000).accuracy, 30);
  read(10_000, 5);
  assert.equal(where.at(10_000).accuracy, 5);
});

test("what the person allows is told once", () => {
  const { world, read } = device();
  read(0, 5);
  read(20_000, 5);
  world.fault({ code: 3 });
  world.fault({ code: 1 });
  assert.deepEqual(world.events, [
    "location tracking enabled",
    "location permissions granted",
    "location permissions not granted",
  ]);
});

test("only what asks for it uses the exact and costly way", () => {
  assert.equal(device().world.options.enableHighAccuracy, false);
  const exact = device({ ...PARAMETERS, "location-priority": "high-accuracy" });
  assert.deepEqual(exact.world.options, { enableHighAccuracy: true, maximumAge: 60_000 });
});

test("a device without a way to tell says so", () => {
  const events = [];
  const where = new Whereabouts(PARAMETERS, { clock: { now: () => 0 }, note: (event) => events.push(event) });
  where.watch();
  assert.deepEqual(events, ["location providers disabled"]);
  assert.equal(where.at(0), null);
});
