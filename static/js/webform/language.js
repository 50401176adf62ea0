/** The same interview in another language of its form, where it stands, with nothing sent or lost. */

import { request } from "./store.js";

const TOP_PX = 150; // of the header, which hides what is under it

/** The address of the question that the person sees. */
export function seenIn(page) {
  const isSeen = ({ element }) => element.getBoundingClientRect().bottom > TOP_PX;
  const seen = page.sections.all[page.sections.current - 1].questions.find(isSeen);
  return seen ? `#q${seen.place}` : location.hash;
}

/**
 * Put the page in another language in the place of this one; resolves to its form's definition.
 * @param {HTMLButtonElement} button with the address of that page
 */
export async function change(button, address) {
  const url = new URL(button.dataset.url + location.search, location.href);
  const other = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
  const definition = await request(other.getElementById("interview").dataset.definition);
  const body = new URLSearchParams({ language: button.value });
  await request(address("setLanguage"), { method: "POST", body });
  const found = await definition.json();
  document.title = other.title;
  document.documentElement.lang = other.documentElement.lang;
  document.body.replaceWith(document.adoptNode(other.body));
  history.replaceState(null, "", url);
  return found;
}
