//! Documents nobody would write: the standard's own, cut up, with tags of withheld services in them.

use super::random::Random;

/// Longer ones are cut: what goes wrong goes wrong in few tags, and can be read then.
const LONGEST: usize = 600;

#[rustfmt::skip]
const LIVE: &[&str] = &[
    "<script src=//clarity.ms/a></script>", "<script src=\"https://www.clarity.ms/tag/x\">", "<img src=//clarity.ms/b>",
    "<iframe src='//clarity.ms/c'></iframe>", "<iframe src=//clarity.ms/c>", "<link rel=preload href=//clarity.ms/d>",
    "<embed src=//clarity.ms/e>", "<object data=//clarity.ms/f>", "<video poster=//clarity.ms/g src=/h>",
    "<audio src=//clarity.ms/i>", "<source srcset='a 1x, //clarity.ms/j 2x'>", "<track src=//clarity.ms/k>",
    "<image href=//clarity.ms/l>", "<image src=//clarity.ms/m>", "<use href=//clarity.ms/n />", "<use xlink:href=//clarity.ms/n />",
    "<script href=//clarity.ms/o></script>", "<svg><image href=//clarity.ms/p /></svg>", "<svg><script href=//clarity.ms/q /></svg>",
    "<script>'clarity.ms/tag/'</script>", "<svg><script>'clarity.ms/tag/'</script></svg>",
    "<noscript><img src=//clarity.ms/r></noscript>", "<img src=//clarity.ms/s", "<IMG SRC=//clarity.ms/t alt='>' src=u>",
    "<img src=/own src=//clarity.ms/v>", "<img/src=\"https&colon;//clarity.ms/w\"/>", "<script type=module src=//clarity.ms/x></script>",
    "<iframe srcdoc='<img src=//clarity.ms/y>'></iframe>", "<input type=image src=//clarity.ms/z>", "<frame src=//clarity.ms/z>",
    "<img\u{c}src=\n//clarity.ms/1\r>", "<img a=\"=src='>\" src=//clarity.ms/2>", "<img src=\"//clarity.ms/\0\">",
    "<img srcset=\"//clarity.ms/3\" =x>", "<script/src=//clarity.ms/4/></script/x>", "<feImage href=//clarity.ms/5 />",
];

/// What changes the meaning of everything behind it.
#[rustfmt::skip]
const TURNS: &[&str] = &[
    "<svg>", "</svg>", "<math>", "</math>", "<svg><foreignObject>", "</foreignObject>", "<svg><desc>", "</desc>", "<svg><title>",
    "<math><mi>", "</mi>", "<math><mtext>", "</mtext>", "<annotation-xml encoding=text/html>", "<annotation-xml>",
    "</annotation-xml>", "<mglyph>", "<malignmark>", "<![CDATA[", "]]>", "<!--", "-->", "<!-->", "--!>", "<!", "<?", "</ ",
    "<script>", "</script>", "<script><!--", "<script><!--<script>", "<style>", "</style>", "<title>", "</title>", "<textarea>",
    "</textarea>", "<xmp>", "</xmp>", "<noembed>", "</noembed>", "<noframes>", "</noframes>", "<iframe>", "</iframe>",
    "<plaintext>", "<noscript>", "</noscript>", "<template>", "</template>", "<select>", "</select>", "<option>", "<optgroup>",
    "<table>", "</table>", "<tr>", "<td>", "</td>", "<caption>", "</caption>", "<colgroup>", "<col>", "<tbody>", "<frameset>",
    "</frameset>", "<frame>", "<head>", "</head>", "<body>", "</body>", "<html>", "</html>", "<p>", "</p>", "<div>", "</div>",
    "<span>", "</span>", "<a>", "</a>", "<b>", "</b>", "<i>", "</i>", "<li>", "<dd>", "<button>", "</button>", "<form>",
    "</form>", "<applet>", "</applet>", "<marquee>", "</marquee>", "<object>", "</object>", "<h1>", "</h1>", "<br>", "</br>",
    "<font color=x>", "<font>", "</font>", "<ruby>", "<rt>", "<input>", "<keygen>", "<hr>", "<img>", "<nobr>", "<center>", "<g>",
    "</g>", "<desc>", "<a/>", "<g/>", "text", " ", "\0", "&amp;", "<", "</", "\"", "'", ">", "/>", "=",
];

/// A document made of others.
pub(super) fn document(random: &mut Random, of: &[&str]) -> String {
    let mut page = String::new();
    for _ in 0..=random.below(3) {
        let other = random.pick(of);
        page.push_str(if random.once_in(3) {
            piece(random, other)
        } else {
            other
        });
        for _ in 0..random.below(4) {
            page.push_str(random.pick(TURNS));
        }
    }
    if page.len() > LONGEST {
        page.truncate(place(&page, LONGEST));
    }
    for _ in 0..random.below(4) {
        let at = somewhere(random, &page);
        match random.below(4) {
            0 => {
                let end = place(&page, at + random.below(12));
                page.replace_range(at..end, "");
            }
            1 => {
                let again = piece(random, &page).to_owned();
                page.insert_str(at, &again);
            }
            _ => page.insert_str(at, random.pick(TURNS)),
        }
    }
    with_tags(random, &page)
}

/// The same document with tags of withheld services in it.
pub(super) fn with_tags(random: &mut Random, page: &str) -> String {
    let mut page = page.to_owned();
    for _ in 0..=random.below(4) {
        let at = somewhere(random, &page);
        page.insert_str(at, random.pick(LIVE));
    }
    page
}

fn piece<'a>(random: &mut Random, page: &'a str) -> &'a str {
    let (one, other) = (somewhere(random, page), somewhere(random, page));
    &page[one.min(other)..one.max(other)]
}

/// Mostly at a tag's edge.
fn somewhere(random: &mut Random, page: &str) -> usize {
    let at = place(page, random.below(page.len() + 1));
    if random.once_in(4) {
        return at;
    }
    let edge = page[at..]
        .find(['<', '>'])
        .map_or(page.len(), |step| at + step);
    edge + usize::from(page[edge..].starts_with('>'))
}

/// The nearest boundary of a character.
fn place(page: &str, at: usize) -> usize {
    (at.min(page.len())..=page.len())
        .find(|&at| page.is_char_boundary(at))
        .unwrap()
}
