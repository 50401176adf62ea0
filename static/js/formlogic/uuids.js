/** Identifiers that nobody else draws. */

/** A UUID of version 4; `random` gives numbers from 0 to below 1. */
export function drawnUuid(random) {
  const draw = (count) => Math.floor(random() * count);
  return "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g, (mark) =>
    (mark === "x" ? draw(16) : 8 + draw(4)).toString(16),
  );
}
