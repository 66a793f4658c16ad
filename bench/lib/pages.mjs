// Pages as people write them, of a given size, with and without other people's tags.

/** What a page carries of third parties: loaders, frames, pixels, hints. Every tenth is one of each. */
const tags = [
  (at) => `<script async src="https://www.googletagmanager.com/gtag/js?id=G-BENCH${at}"></script>`,
  (at) => `<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}gtag('js',new Date());gtag('config','G-BENCH${at}');</script>`,
  (at) => `<script>(function(c,l,a,r,i,t,y){c[a]=c[a]||function(){(c[a].q=c[a].q||[]).push(arguments)};t=l.createElement(r);t.async=1;t.src="https://www.clarity.ms/tag/"+i;y=l.getElementsByTagName(r)[0];y.parentNode.insertBefore(t,y)})(window,document,"clarity","script","bench${at}");</script>`,
  (at) => `<img src="https://www.facebook.com/tr?id=${at}&amp;ev=PageView&amp;noscript=1" width="1" height="1" alt="">`,
  (at) => `<iframe src="https://www.youtube.com/embed/bench${at}" width="560" height="315" title="A video" allowfullscreen></iframe>`,
  (at) => `<script src="https://js.hs-scripts.com/${at}.js" defer></script>`,
  (at) => `<noscript><img src="https://www.facebook.com/tr?id=${at}&amp;noscript=1" width="1" height="1" alt=""></noscript>`,
  () => `<link rel="preconnect" href="https://www.clarity.ms">`,
  (at) => `<script src="https://static.hotjar.com/c/hotjar-${at}.js?sv=6" async></script>`,
  (at) => `<iframe src="https://player.vimeo.com/video/${at}" title="A film"></iframe>`,
];

const words = "a consent manager that runs in front of a site sees each page before any browser does and what it takes out was never asked for".split(" ");

/** About 1.4 kB of article: a heading, links, an image of the site's own, a list, a little script and style. */
function part(at) {
  const sentence = (length) => Array.from({ length }, (_, word) => words[(at * 7 + word * 3) % words.length]).join(" ");
  return `<section class="part" id="part-${at}" data-index="${at}"><h2><a href="/part/${at}">${sentence(5)}</a></h2>
<p>${sentence(40)}, <a href="/more/${at}?from=list&amp;sort=new" title="${sentence(3)}">${sentence(2)}</a>. ${sentence(30)}.</p>
<figure><img src="/images/${at}.webp" srcset="/images/${at}@2x.webp 2x" width="640" height="360" loading="lazy" alt="${sentence(6)}"><figcaption>${sentence(8)}</figcaption></figure>
<ul class="tags"><li><a href="/tag/a">one</a></li><li><a href="/tag/b">two</a></li><li><a href="/tag/c">three</a></li></ul>
${at % 5 === 0 ? `<script>document.getElementById("part-${at}").addEventListener("click", (event) => { if (event.target.matches("a")) console.log("part", ${at}); });</script>` : `<p class="meta"><time datetime="2026-11-22">22 November</time> · <span>${sentence(3)}</span></p>`}
</section>
`;
}

/** A page of `size` bytes, with `count` tags of third parties spread over it. */
export function page(size, count) {
  const head = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>A page of ${size} bytes</title>
<link rel="canonical" href="https://bench.example/"><link rel="icon" href="/favicon.ico"><link rel="stylesheet" href="/style.css">
<meta name="description" content="A page to measure with."><script type="application/ld+json">{"@context":"https://schema.org","@type":"Article","headline":"A page"}</script>
<style>body{margin:0;font:1rem/1.5 sans-serif}main{max-width:60rem;margin:auto;padding:1rem}img{max-width:100%;height:auto}</style></head>
<body class="page"><header><a href="/">Home</a><nav><a href="/a">One</a><a href="/b">Two</a></nav></header><main><h1>A page</h1>
`;
  const end = "</main><footer><a href=\"/imprint\">Imprint</a></footer></body></html>\n";
  const tag = (at) => tags[at % tags.length](at);
  const parts = [];
  let length = head.length + end.length + Array.from({ length: count }, (_, at) => tag(at).length + 1).reduce((sum, one) => sum + one, 0);
  while (length + part(parts.length).length < size) {
    const one = part(parts.length);
    parts.push(one);
    length += one.length;
  }
  const every = parts.length / (count || 1);
  let put = 0;
  const body = parts.map((one, at) => {
    let text = one;
    for (; put < count && put * every <= at; put += 1) text = `${tag(put)}\n${text}`;
    return text;
  });
  return head + body.join("") + " ".repeat(Math.max(0, size - length)) + end;
}
