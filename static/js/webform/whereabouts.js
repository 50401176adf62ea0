/** Where the device was lately, for the rows of a log, as often and as exactly as the form asks. */

const FORBIDDEN = 1;
const S = 1_000;
const OWN = { latitude: 7, longitude: 7, accuracy: 1 }; // digits

export class Whereabouts {
  /**
   * @param {Record<string, string>} parameters of the question of type `audit`, in seconds
   * @param {{geolocation?: Geolocation, clock: Clock, note: (event: string) => void}} world
   */
  constructor(parameters, { geolocation, clock, note }) {
    this.isExact = parameters["location-priority"] === "high-accuracy";
    this.every = Number(parameters["location-min-interval"] ?? 0) * S;
    this.lasting = Number(parameters["location-max-age"] ?? 0) * S;
    Object.assign(this, { geolocation, clock, note });
    this.readings = [];
  }

  watch() {
    if (!this.geolocation) return this.note("location providers disabled");
    this.note("location tracking enabled");
    this.geolocation.watchPosition(
      ({ coords }) => this.#reading(coords),
      ({ code }) => this.#fault(code),
      { enableHighAccuracy: this.isExact, maximumAge: this.lasting },
    );
    return undefined;
  }

  /** The most accurate reading that is not too old, in the columns of the log; null for none. */
  at(now) {
    this.readings = this.readings.filter(({ time }) => now - time <= this.lasting);
    if (!this.readings.length) return null;
    const best = this.readings.reduce((one, other) => (other.accuracy < one.accuracy ? other : one));
    return Object.fromEntries(Object.entries(OWN).map(([name, digits]) => [name, Number(best[name].toFixed(digits))]));
  }

  #reading({ latitude, longitude, accuracy }) {
    const time = this.clock.now();
    this.#tell("location permissions granted");
    if (time - (this.readings.at(-1)?.time ?? -Infinity) < this.every) return;
    this.readings.push({ time, latitude, longitude, accuracy });
  }

  /** That there is no reading for a while is told by its absence. */
  #fault(code) {
    if (code === FORBIDDEN) this.#tell("location permissions not granted");
  }

  #tell(event) {
    if (event !== this.told) this.note(event);
    this.told = event;
  }
}
