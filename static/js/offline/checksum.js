/** SHA-256 in hexadecimal, by which the phone and the server know that they hold the same bytes. */

/** @param {Blob | Uint8Array} bytes @returns {Promise<string>} 64 digits */
export async function sha256(bytes) {
  const whole = bytes instanceof Blob ? await bytes.arrayBuffer() : bytes;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Of answers, by which one sees whose they are. @param {import("../formlogic/instance.js").Tree} tree */
export const treeSum = (tree) => sha256(new TextEncoder().encode(JSON.stringify(tree)));
