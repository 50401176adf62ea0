/** The application itself, kept by the service worker so that its pages open without a network. */

const WORKER = "/sw.js";

/** Have the worker installed, and look whether there is a newer one: it takes over once all pages were closed. */
export async function register() {
  const registration = await navigator.serviceWorker?.register(WORKER, { scope: "/" }).catch(() => null);
  registration?.update().catch(() => {}); // browsers by themselves look when they find the time
}
