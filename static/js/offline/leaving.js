/** Signing out, with a network or without: from then on nothing of this account is shown here. */

import { csrfToken } from "../webform/server.js";

const ADDRESS = "/logout/";
const PATIENCE_MS = 5_000;
const LONG_S = 31_536_000;
export const WISH = "#sign-out"; // with which the page "On this phone" is asked to go on with it

/** Sign out at the server; resolves to whether it was reached, and the page goes then. */
export async function signOut() {
  const options = { method: "POST", headers: { "X-CSRFToken": csrfToken() }, signal: AbortSignal.timeout(PATIENCE_MS) };
  const response = navigator.onLine && (await fetch(ADDRESS, options).catch(() => null));
  if (response?.ok) location.assign(response.url);
  return !!response?.ok;
}

/** Without a network: the server ends the session as soon as it sees the cookie `left`, whoever is here then. */
export function lock() {
  document.cookie = `left=1; path=/; max-age=${LONG_S}; samesite=lax`;
  document.cookie = "account=; path=/; max-age=0; samesite=lax";
  location.replace("/offline/");
}
