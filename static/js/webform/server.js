/** Requests to our own server, as its views want them. */

/** What Django wants to see in requests that change something; it may change with every sign-in. */
export function csrfToken() {
  return /\bcsrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}

/** fetch for our own JSON addresses. */
export function request(url, { method = "GET", body, keepalive = false, headers = {} } = {}) {
  return fetch(url, {
    method,
    body,
    keepalive,
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken(), ...headers },
  });
}
