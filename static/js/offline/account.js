/** Whose interviews this phone shows: the account that signed in last, as the server's cookie tells. */

/** The account's id; blank where nobody is signed in. It outlives the session, which may end in the field. */
export function accountHere() {
  return /(?:^|;\s*)account=(\d+)/.exec(document.cookie)?.[1] ?? "";
}
