/** Pictures, made smaller before they are sent where the form says how large they may be. */

import Upload from "./upload.js";

const QUALITY = 0.85;

/**
 * The picture with its longer side at most so many pixels, upright as the camera held it.
 * @param {Blob} file
 * @param {number} longest
 */
export async function resized(file, longest) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = longest / Math.max(bitmap.width, bitmap.height);
  if (!(scale < 1)) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const type = file.type === "image/png" ? "image/png" : "image/jpeg";
  return new Promise((resolve) => canvas.toBlob((made) => resolve(made ?? file), type, QUALITY));
}

export default class Image extends Upload {
  async prepared(file) {
    const longest = Number(this.question.parameters["max-pixels"]);
    if (!longest) return file;
    return resized(file, longest).catch(() => file); // a kind of picture that this browser cannot read
  }
}
