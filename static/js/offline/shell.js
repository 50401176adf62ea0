/** The application itself, kept by the service worker so that its pages open without a network. */

const WORKER = "/sw.js";

/** Have the worker installed, and a new version take its place now that no interview is open here. */
export async function register() {
  if (!navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.register(WORKER, { scope: "/" }).catch(() => null);
  const urge = (worker) => worker?.state === "installed" && registration.active && worker.postMessage("update");
  urge(registration?.waiting);
  registration?.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => urge(worker));
  });
  registration?.update().catch(() => {}); // browsers by themselves look for one when they find the time
}
