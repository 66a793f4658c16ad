/* Removes what is no longer granted from where only a script can. */
const meant = (pattern, name) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name == pattern);
const forget = (lists) => {
  for (const store in lists)
    try {
      for (const key of Object.keys(window[store]))
        if (lists[store].some((pattern) => meant(pattern, key))) window[store].removeItem(key);
    } catch {
      /* The browser keeps the site out of its own storage: nothing of it is there. */
    }
};
