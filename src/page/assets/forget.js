/* Removes what is no longer granted from where only a script can. */
const forget = (lists) => {
  for (const store in lists)
    try {
      for (const key of Object.keys(window[store]))
        if (lists[store].some((name) => (name.endsWith("*") ? key.startsWith(name.slice(0, -1)) : key == name)))
          window[store].removeItem(key);
    } catch {
      /* The browser keeps the site out of its own storage: nothing of it is there. */
    }
};
