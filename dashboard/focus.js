// Where does the focus go when its element is gone, and what does a screen reader hear? dashboard/focus.py says when.

const FOCUSABLE = ["a[href]:not(:is(h1, h2, h3) a)", "button", "input", "select", "textarea", "summary", "[tabindex='0']"]
  .map((one) => `${one}:not(:disabled)`)
  .join();
const OVERLAY = "[role=dialog],[role=menu],[role=listbox]";
const NAVIGATION = "[data-testid=stSidebarNav]";
const LEADS_MS = 3000; // that an action leads on, its page drawn: a dialog that closes loses the focus a little later
const KEPT_MS = 60_000; // that what was said can be read again
const QUIET_MS = 150; // without a change of the page, before it counts as drawn
const MOST_MS = 600; // that a page which changes without pause is waited for
const BUSY_MS = 3000; // that a script which runs and runs is waited for

const keysOf = (element) => {
  const keys = [];
  for (let one = element; one; one = one.parentElement)
    keys.push(...[...one.classList].filter((name) => name.startsWith("st-key-")));
  return keys;
};

const shows = (element) => element.checkVisibility({ visibilityProperty: true });

const HEADING = "h1,h2,h3,[role=heading]";

const firstIn = (box) => box && [box, ...box.querySelectorAll(FOCUSABLE)].find((one) => one.matches(FOCUSABLE) && shows(one));

const withKey = (key) => document.querySelector(`.${CSS.escape(key)}`);

function start() {
  const region = document.createElement("div");
  region.id = "wb-live";
  region.setAttribute("aria-live", "polite");
  region.dataset.liveAnnouncer = "true"; // what opens over the page hides everything else, but not this
  region.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
  document.body.append(region);

  let last = null; // what had the focus, with the keys around it, innermost first
  let outside = null; // the same, but never in what opens over the page
  let byKeyboard = false;
  let path = location.pathname;
  let current = null; // key of the row that is open
  let goTo = ""; // class of the place that the action leads to
  let told = 0; // number of the latest action that was told
  let leadsUntil = 0; // when the latest action no longer leads, once its page has been drawn
  let timer = 0;
  let changedAt = 0; // first change since the page was last looked at
  let busyAt = 0; // since when the script has been found running
  const spoken = new Map(); // by key of a text: its words, its mark, when it was said

  const say = (text) => {
    const line = document.createElement("p");
    line.textContent = text;
    region.append(line);
    while (region.childElementCount > 5) region.firstElementChild.remove();
    setTimeout(() => line.remove(), KEPT_MS);
  };

  const focus = (element) => {
    if (!element) return; // a page that has no title yet
    if (!element.matches(FOCUSABLE)) element.tabIndex = -1; // a heading
    element.focus({ preventScroll: !byKeyboard });
  };

  const speak = () => {
    const shown = new Set();
    for (const { dataset } of document.querySelectorAll("[data-say]")) {
      const before = spoken.get(dataset.key);
      shown.add(dataset.key);
      if (before?.text === dataset.say) continue;
      const isNews = before ? before.mark !== dataset.mark : !("onlyChanges" in dataset);
      const isDue = before && Date.now() - before.at >= 1000 * Number(dataset.pace);
      if (before && !isNews && !isDue) continue;
      if (isNews || isDue) say(dataset.say);
      spoken.set(dataset.key, { text: dataset.say, mark: dataset.mark, at: Date.now() });
    }
    for (const key of spoken.keys()) if (!shown.has(key)) spoken.delete(key);
  };

  const markCurrent = () => {
    const key = document.querySelector("[data-current]")?.dataset.current ?? null;
    const button = key && withKey(key)?.querySelector("button");
    for (const other of document.querySelectorAll("button[aria-current=true]"))
      if (other !== button) other.removeAttribute("aria-current");
    button?.setAttribute("aria-current", "true");
    const active = document.activeElement;
    const hadFocus = current && last?.keys.includes(current) && [document.body, last.element].includes(active);
    if (button && key !== current && hadFocus) focus(button);
    current = key;
  };

  // A menu is called as its button's label is drawn, not as it is written. One that was opened by keyboard after a
  // dialog waits for a transition which has long ended, and does not take the focus.
  const helpMenu = () => {
    const opener = document.querySelector("button[aria-haspopup][aria-expanded=true]");
    const menu = document.querySelector("[data-testid=stMenuButtonBody] [role=menu]");
    if (!opener || !menu) return;
    menu.setAttribute("aria-label", opener.querySelector("[data-testid=stMarkdownContainer]").textContent);
    if (byKeyboard && [opener, menu].includes(document.activeElement)) menu.querySelector("[role=menuitem]").focus();
  };

  // A download that is still being made: its button comes back.
  const isBusy = ({ element }) => element.isConnected && element.disabled && element.closest("[data-testid=stDownloadButton]");

  const remaining = ({ element, keys }) =>
    element.isConnected && element.matches(FOCUSABLE) && shows(element)
      ? element
      : keys.map((key) => firstIn(withKey(key))).find(Boolean);

  const placeFocus = () => {
    const active = document.activeElement ?? document.body;
    const isLost = active === document.body;
    const hasMoved = path !== location.pathname;
    const top = document.querySelector("[role=dialog]") ?? document.querySelector("h1");
    if (top) path = location.pathname;
    const place = goTo && withKey(goTo);
    const led = place && (place.querySelector(HEADING) ?? firstIn(place));
    if (hasMoved && (isLost || active.closest(NAVIGATION))) focus(led || top);
    else if (isLost && last && !isBusy(last)) focus(led || remaining(last) || remaining(outside ?? last) || top);
    if (led === document.activeElement || (leadsUntil && Date.now() > leadsUntil)) goTo = "";
  };

  const settle = () => {
    changedAt = 0;
    const isRunning = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning";
    busyAt = isRunning ? busyAt || Date.now() : 0;
    if (isRunning && Date.now() < busyAt + BUSY_MS) return later();
    busyAt = 0;
    if (!isRunning) leadsUntil ||= Date.now() + LEADS_MS;
    speak();
    markCurrent();
    helpMenu();
    placeFocus();
  };

  const later = () => {
    changedAt ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(settle, Math.max(0, Math.min(QUIET_MS, changedAt + MOST_MS - Date.now())));
  };

  document.addEventListener("focusin", ({ target }) => {
    last = { element: target, keys: keysOf(target) };
    if (!target.closest(OVERLAY)) outside = last;
  });
  document.addEventListener("keydown", () => (byKeyboard = true), true);
  document.addEventListener(
    "pointerdown",
    ({ target }) => {
      byKeyboard = false;
      if (!target.closest(`${FOCUSABLE},label,[tabindex]`)) last = null; // who taps beside everything leaves on purpose
    },
    true,
  );
  new MutationObserver(later).observe(document.body, {
    subtree: true,
    childList: true,
    attributeFilter: ["data-test-script-state", "data-say", "data-current", "disabled"],
  });

  return ({ number, text, place }) => {
    if (number === told) return; // drawn once more; not by its size: after a new start of the server it begins anew
    told = number;
    leadsUntil = 0;
    goTo = place;
    if (text) say(text);
    later();
  };
}

export default function ({ data }) {
  window.workbenchFocus ??= start();
  window.workbenchFocus(data);
}
