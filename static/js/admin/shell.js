// What Unfold's shell lacks for who uses no mouse or sees no icons. Its controls that only a mouse reaches become
// buttons before Alpine reads them; icons are not read out; parts have names; a page has one heading of level 1;
// single keys can be switched off.
"use strict";
{
  const words = document.currentScript.dataset;
  const NATIVE = "a[href], button, input, select, textarea, summary, label";
  const ICON = ".material-symbols-outlined";
  const SAID = { // of controls that are icons only, by the state that they switch
    sidebarMobileOpen: words.sideBar, sidebarDesktopOpen: words.sideBar, openTheme: words.theme,
    showPassword: words.password, openTabsDropdown: words.more, showActions: words.more, openRelatedWidgetWrapper: words.more, openModal: words.close,
  };
  const OPENED = { sidebarMobileOpen: "#nav-sidebar", filterOpen: "#changelist-filter" };

  const stateOf = (control) => /^\w+/.exec(control.getAttribute("x-on:click"))?.[0] ?? "";
  const texts = (element) => [...element.childNodes].map((node) => (node.matches?.(ICON) ? "" : node.textContent)).join("").trim();

  function say(control) {
    const said = SAID[stateOf(control)];
    if (said && (control.matches(ICON) || !texts(control))) control.setAttribute("aria-label", said);
  }

  function makeButton(control) {
    const does = control.getAttribute("x-on:click");
    const state = stateOf(control);
    control.setAttribute("role", "button");
    control.tabIndex = 0;
    if (does.startsWith(`${state} = !${state}`)) control.setAttribute("x-bind:aria-expanded", state);
    control.addEventListener("keydown", (event) => {
      if (event.target !== control || !["Enter", " "].includes(event.key)) return;
      event.preventDefault();
      control.click();
      setTimeout(() => enter(OPENED[state] ? document.querySelector(OPENED[state]) : control.parentElement.querySelector("nav")), 250);
    });
  }

  /** The keyboard goes on in what was opened. */
  function enter(opened) {
    if (opened?.checkVisibility()) [...opened.querySelectorAll(`a[href], button, [role=button]`)].find((one) => one.checkVisibility())?.focus();
  }

  /** @param {KeyboardEvent} event */
  function leave({ key }) {
    const opener = key === "Escape" && document.querySelector("[role=button][aria-expanded=true]");
    if (!opener || opener.getAttribute("x-on:click").includes("sidebarDesktopOpen")) return;
    opener.click();
    opener.focus();
  }

  function mark() {
    const main = document.querySelector("main") ?? document.getElementById("main") ?? document.querySelector("#page > :first-child");
    if (main?.tagName !== "MAIN") main?.setAttribute("role", "main");
    if (document.querySelector("#content h1")) document.querySelector("#header-inner h1")?.setAttribute("role", "presentation");
    for (const one of document.querySelectorAll("#searchbar-submit, [x-ref=searchInput]")) one.setAttribute("aria-label", words.search);
    document.querySelector("#nav-sidebar a.shrink-0")?.setAttribute("aria-label", words.home);
    nameFirstCells();
    for (const icon of document.querySelectorAll(`${ICON}:not([role=button])`)) icon.setAttribute("aria-hidden", "true");
  }

  /** On narrow screens a cell says what it is. Unfold takes the first of a list for the box that selects, also where there is none. */
  function nameFirstCells() {
    const head = document.querySelector("#result_list thead th")?.textContent.trim();
    for (const cell of document.querySelectorAll("#result_list tbody td:first-child[data-label]:not(:has(.action-select))")) cell.dataset.label = head;
  }

  /** Names for fields in tables, and for what other scripts have drawn: boxes to choose from, and boxes that scroll. */
  function nameParts() {
    for (const field of document.querySelectorAll("td[class*=field-] :is(input, select, textarea):not([type=hidden])")) {
      const [, column] = /field-([\w-]+)/.exec(field.closest("td").className);
      const head = field.closest("table").querySelector(`th.column-${column}`);
      if (head && !field.labels.length) field.setAttribute("aria-label", head.textContent.trim());
    }
    for (const chosen of document.querySelectorAll(".select2-selection")) {
      const select = document.getElementById(/^select2-(.*)-container$/.exec(chosen.querySelector("[id]")?.id)?.[1] ?? "");
      const said = select?.labels?.[0]?.textContent.trim() || select?.getAttribute("aria-label") || select?.title;
      for (const part of said ? [chosen, ...chosen.querySelectorAll("[role=textbox]")] : []) {
        part.setAttribute("aria-label", said);
        part.removeAttribute("aria-labelledby");
      }
    }
    const heading = document.querySelector("h1:not([role])")?.textContent.replace(/\s+/g, " ").trim() ?? "";
    const boxes = [...document.querySelectorAll(".simplebar-content-wrapper")];
    for (const box of boxes) box.setAttribute("aria-label", box.closest("#nav-sidebar") ? words.sideBar : heading + (boxes.indexOf(box) || ""));
  }

  /** Single keys do something on some pages; whoever speaks to a computer, or is hit by chance, switches them off. */
  addEventListener("keydown", (event) => {
    const isWriting = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (localStorage.getItem("keys") !== "off" || event.key.length !== 1 || event.key === " ") return;
    if (!isWriting && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopImmediatePropagation();
  }, true);

  // Paper is white. The dashboard, which has charts to draw again, sees to it itself.
  const root = document.documentElement;
  let wasDark = false;
  addEventListener("beforeprint", () => {
    wasDark = root.classList.contains("dark") && !document.getElementById("dashboard");
    if (wasDark) root.classList.remove("dark");
  });
  addEventListener("afterprint", () => wasDark && root.classList.add("dark"));

  document.addEventListener("alpine:init", () => {
    for (const one of document.querySelectorAll("[x-on\\:click]")) {
      const isBehind = !one.textContent.trim() && !one.matches("[x-text], :has([x-text])"); // what is outside of an open box
      if (!one.matches(NATIVE) && !isBehind) makeButton(one);
      say(one);
    }
  });
  document.addEventListener("DOMContentLoaded", mark);
  document.addEventListener("keydown", leave);
  addEventListener("load", () => {
    nameParts();
    globalThis.django?.jQuery?.(() => nameParts()); // after select2, which jQuery may draw later
  });
  document.addEventListener("formset:added", () => setTimeout(nameParts));
}
