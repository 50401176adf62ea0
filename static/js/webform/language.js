/** The same interview in another language of its form, where it stands, with nothing sent or lost. */

import { CHECK } from "./sections.js";
import { request } from "./server.js";
import { learn } from "./words.js";

const TOP_PX = 150; // of the header, which hides what is under it

/**
 * Show the page in the language of a button.
 * @param {HTMLButtonElement} button with the address of that page
 * @param {{address: (name: string) => string, bind: Function}} main
 * @returns {Promise<string | undefined>} what is in the way, as a state of saving
 */
export async function translated(button, page, { address, bind }) {
  if (page.uploading.size) return "still_sending"; // what comes back would find another page
  const place = page.sections.current === CHECK ? location.hash : seenIn(page);
  try {
    const definition = await change(button, address);
    learn();
    await bind(definition, page.form.tree(), place);
    return undefined;
  } catch {
    return "no_language";
  }
}

/** The address of the question that the person sees. */
function seenIn(page) {
  const isSeen = ({ element }) => element.getBoundingClientRect().bottom > TOP_PX;
  const seen = page.sections.all[page.sections.current - 1].questions.find(isSeen);
  return seen ? `#q${seen.place}` : location.hash;
}

/** Put the page in another language in the place of this one; resolves to its form's definition. */
async function change(button, address) {
  const url = new URL(button.dataset.url + location.search, location.href);
  const other = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
  const definition = await request(other.getElementById("interview").dataset.definition);
  const found = await definition.json();
  remember(button.value, address);
  document.title = other.title;
  document.documentElement.lang = other.documentElement.lang;
  document.body.replaceWith(document.adoptNode(other.body));
  history.replaceState(null, "", url);
  return found;
}

/** The next pages come in this language too, where there is a network. */
async function remember(language, address) {
  const body = new URLSearchParams({ language });
  await request(address("setLanguage"), { method: "POST", body }).catch(() => {});
}
