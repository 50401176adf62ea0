// What a page is looked at for beside axe-core's rules. Each function returns sentences about what is wrong.
(() => {
  const TABBABLE = "a[href], button, input, select, textarea, summary, iframe, audio[controls], video[controls], [tabindex]";
  const OF_OTHERS = "code, pre, kbd, samp, script, style, noscript, template, svg, .material-symbols-outlined, [translate=no]";
  const SPOKEN = ["aria-label", "title", "placeholder", "alt", "aria-description", "aria-valuetext"];
  const LATIN = /[A-Za-z][\w'’./@-]*(?: [A-Za-z][\w'’./@-]*)*(?<=\w)/g;
  const HAN = /\p{Script=Han}[\p{Script=Han}、，。：；！？（）“”]*/gu;

  const isShown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("[inert]");
  const short = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 110);

  /** Elements are of the page's own language unless they say otherwise. */
  function isOwn(element) {
    const lang = element.closest("[lang]");
    return !element.closest(OF_OTHERS) && (lang === document.documentElement || lang.lang.slice(0, 2) === document.documentElement.lang.slice(0, 2));
  }

  function* texts() {
    yield document.title;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); ) {
      const parent = node.parentElement;
      if (node.data.trim() && isOwn(parent) && isShown(parent.closest("select") ?? parent)) yield node.data.replace(/\s+/g, " ").trim();
    }
    for (const element of document.body.querySelectorAll("*")) {
      if (!isOwn(element) || !isShown(element)) continue;
      for (const name of SPOKEN) if (element.getAttribute(name)) yield element.getAttribute(name).trim();
      if (element.matches("[type=submit], [type=button], [type=reset]") && element.tagName === "INPUT") yield element.value;
    }
  }

  /** Runs of words in letters of the other language. */
  function foreign() {
    const letters = document.documentElement.lang.startsWith("zh") ? LATIN : HAN;
    return [...new Set([...texts()].flatMap((text) => text.match(letters) ?? []))];
  }

  function structure() {
    const wrong = [];
    const headings = [...document.querySelectorAll("h1:not([role])")].filter(isShown);
    if (headings.length !== 1) wrong.push(`${headings.length} headings of level 1`);
    if (!document.title.trim()) wrong.push("no title");
    if ([...document.querySelectorAll("main, [role=main]")].filter(isShown).length !== 1) wrong.push("no main part, or several");
    return wrong;
  }

  /** Where a reader would have to scroll to both sides; tables and drawings may do so in a box of their own. */
  function overflow() {
    const width = document.documentElement.clientWidth;
    const root = document.scrollingElement;
    if (root.scrollWidth <= width && ![...document.querySelectorAll("main, [role=main], #content, form")].some(isTooWide)) return [];
    const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > width + 1 && isShown(one) && !isInBox(one));
    return [`wider than ${width} px (${root.scrollWidth}): ${wide.slice(-1).map(short).join()}`];
  }
  const isTooWide = (one) => isShown(one) && one.scrollWidth > one.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(one).overflowX) && !one.querySelector("table");
  const isInBox = (one) => {
    for (let box = one.parentElement; box; box = box.parentElement) if (getComputedStyle(box).overflowX !== "visible") return true;
    return false;
  };

  const isTabbable = (one) => !one.disabled && one.tabIndex >= 0 && isShown(one) && one.getClientRects().length > 0;
  function tabbables() {
    const all = [...document.querySelectorAll(TABBABLE)].filter(isTabbable);
    const groups = new Set();
    return all.filter((one) => {
      if (one.type !== "radio") return true;
      const group = `${one.form?.id}/${one.name}`;
      return !groups.has(group) && groups.add(group);
    });
  }

  const ICONS = ".material-symbols-outlined, svg, [aria-hidden=true]";
  const spoken = (node) => node.nodeType === Node.TEXT_NODE ? node.data : node.matches?.(ICONS) ? "" : [node.ariaLabel, node.title, node.alt, ...[...node.childNodes].map(spoken)].join("");
  const byId = (ids) => (ids ?? "").split(" ").map((id) => document.getElementById(id)).filter(Boolean);
  const isNamed = (one) => [one.ariaLabel, one.title, one.alt, one.tagName === "INPUT" && one.value, ...[...byId(one.getAttribute("aria-labelledby")), ...(one.labels ?? []), ...one.childNodes].map(spoken)].some((text) => String(text || "").trim());

  /** Controls that say nothing but an icon, and those that only a mouse reaches. */
  function controls() {
    const wrong = tabbables().filter((one) => !isNamed(one)).map((one) => `no name: ${short(one)}`);
    for (const one of document.querySelectorAll("[x-on\\:click], [onclick]")) {
      if (isShown(one) && one.textContent.trim() && !one.matches(TABBABLE) && !one.querySelector(TABBABLE)) wrong.push(`only for a mouse: ${short(one)}`);
    }
    return wrong;
  }

  const around = (one) => [one, ...(one.labels ?? []), one.parentElement, one.parentElement?.parentElement];
  const drawn = (one) => around(one).map((element) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor, color, textDecorationLine, transform } = getComputedStyle(element);
    const outline = outlineStyle === "none" || outlineWidth === "0px" ? "" : `${outlineStyle} ${outlineWidth} ${outlineColor}`;
    return [outline, boxShadow, borderColor, backgroundColor, color, textDecorationLine, transform].join();
  }).join();

  function isCovered(one) {
    const { left, top, right, bottom } = one.getBoundingClientRect();
    const spots = [[(left + right) / 2, (top + bottom) / 2], [left + 3, top + 3], [right - 3, bottom - 3], [right - 3, top + 3], [left + 3, bottom - 3]];
    return !spots.some(([x, y]) => {
      const hit = document.elementFromPoint(x, y);
      return hit && (one.contains(hit) || hit.contains(one) && hit !== document.body && !hit.matches("main, #main") || [...(one.labels ?? [])].some((label) => label.contains(hit)));
    });
  }

  function over(one) {
    const { left, top, right, bottom } = one.getBoundingClientRect();
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return hit ? hit.outerHTML.slice(0, 60) : `nothing, at ${Math.round(left)}, ${Math.round(top)}`;
  }

  /** To be called after a key: the focus of a script then shows as that of the keyboard. */
  function focus() {
    const wrong = [];
    const still = document.head.appendChild(document.createElement("style"));
    still.textContent = "*, ::before, ::after { transition: none !important; animation: none !important; scroll-behavior: auto !important; }";
    document.activeElement?.blur?.();
    for (const one of tabbables()) {
      if (one.tagName === "IFRAME") continue; // it shows the focus inside
      const before = drawn(one);
      one.focus();
      if (document.activeElement !== one) continue;
      if (drawn(one) === before) wrong.push(`the focus is not seen: ${short(one)}`);
      if (isCovered(one)) wrong.push(`covered while it has the focus: ${short(one)} by ${over(one)}`);
      one.blur();
    }
    still.remove();
    scrollTo(0, 0);
    return wrong;
  }

  async function rules(tags, best) {
    const found = await axe.run(document, { runOnly: [...tags, ...best], rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] });
    return found.violations.flatMap(({ id, tags: of, nodes }) => nodes.map(({ html, any, all, none }) => ({
      isAdvice: !of.some((tag) => tags.includes(tag)),
      text: `${id}: ${html.replace(/\s+/g, " ").slice(0, 110)} ${[...any, ...all, ...none].map((one) => one.message).join("; ").slice(0, 220)}`,
    })));
  }

  globalThis.looking = { controls, focus, foreign, overflow, rules, structure };
})();
