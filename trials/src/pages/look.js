// What a page is made of and how it looks. Names of people stand in `bdi`, and everything else is ours.
(() => {
  const all = [...document.querySelectorAll("*")];
  const shown = all.filter((it) => document.body.contains(it) && it.getClientRects().length);
  const words = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (walker.currentNode.data.trim()) words.push(walker.currentNode);

  // Our own words run from left to right, whatever the names beside them are made of.
  const backwards = words.filter((node) => !node.parentElement.closest("bdi")).filter((node) => {
    const range = document.createRange();
    let last = null;
    for (let at = 0; at < node.length; at++) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const now = range.getClientRects()[0];
      if (!now || !now.width) continue;
      if (last && Math.abs(last.top - now.top) < 2 && now.left < last.left - 0.5) return true;
      last = now;
    }
    return false;
  });

  const colour = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255).map((p) => (p <= 0.03928 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (it) => {
    for (; it; it = it.parentElement) {
      const [r, g, b, a = 1] = colour(getComputedStyle(it).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
  };
  const faint = words.filter((node) => {
    const [ink, paper] = [colour(getComputedStyle(node.parentElement).color).slice(0, 3), ground(node.parentElement)];
    const [more, less] = [light(ink), light(paper)].sort((a, b) => b - a);
    return (more + 0.05) / (less + 0.05) < 4.5;
  });

  // Signs can be stacked as high as a page: they are cut where the paragraph ends, and cover nothing else.
  const holder = (it) => it.closest("p, dd, h1, li, td, div, main, body");
  const spilt = shown.filter((it) => it.matches("bdi") && getComputedStyle(holder(it)).overflow !== "clip");
  const pressed = shown.filter((it) => it.matches("a, button"));
  const short = (node) => (node.data || node.textContent).trim().slice(0, 40);
  return {
    url: location.href,
    title: document.title,
    lang: document.documentElement.lang,
    headings: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((it) => it.localName + " " + it.textContent),
    landmarks: ["main", "header"].map((name) => document.querySelectorAll("body > " + name).length),
    phone: !!document.querySelector('meta[name=viewport][content*="width=device-width"]'),
    tags: [...new Set(all.map((it) => it.localName))],
    scripts: document.scripts.length + all.filter((it) => [...it.attributes].some((one) => one.name.startsWith("on"))).length,
    ran: window.ran === undefined ? null : String(window.ran),
    names: [...document.querySelectorAll("bdi")].map((it) => it.textContent),
    accounts: [...document.querySelectorAll("label strong")].map((it) => it.textContent),
    code: (document.querySelector("#link-code, #verification-code") || {}).textContent || null,
    links: [...document.links].map((it) => it.href),
    text: document.body.innerText,
    width: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - document.documentElement.clientWidth,
    backwards: backwards.map(short),
    faint: faint.map(short),
    spilt: spilt.map(short),
    small: pressed.filter((it) => it.getBoundingClientRect().height < 44).map(short),
    unnamed: pressed.filter((it) => !it.textContent.trim()).length,
    referrer: document.referrer,
  };
})()
