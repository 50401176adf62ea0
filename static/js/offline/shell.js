/** The application itself, kept by the service worker so that its pages open without a network. */

const WORKER = "/sw.js";

/** The browser, or what somebody chose in it, allows no service worker: nothing would open without a network. */
export class NoWorker extends Error {
  sentence = "kit_blocked";
}

/**
 * Have the worker installed.
 * @returns {Promise<ServiceWorkerRegistration>}
 * @throws NoWorker, or TypeError where it did not come
 */
export async function registered() {
  const refused = (error) => {
    if (error instanceof TypeError) throw error;
  };
  const registration = await navigator.serviceWorker?.register(WORKER, { scope: "/" }).catch(refused);
  if (!registration) throw new NoWorker();
  return registration;
}

/** Have it installed where that is possible, and look whether there is a newer one: it takes over once all pages were closed. */
export async function register() {
  const registration = await registered().catch(() => null);
  registration?.update().catch(() => {}); // browsers by themselves look when they find the time
}
