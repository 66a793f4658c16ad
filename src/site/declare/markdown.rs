//! `cookie-policy.md`: Markdown to the title, HTML, and the places where generated parts go.

use super::super::{Part, Prose};
use super::grammar;
use super::placeholder;
use super::source::Source;
use super::wording::quoted;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::collections::BTreeSet;
use std::ops::Range;

/// Ids of the page around the prose (`page`), which a heading must not take.
const TAKEN: [&str; 4] = ["content", "title", "your-choice", "policy-changes"];

/// A policy page as read, with the place of every placeholder in the file.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) prose: Prose,
    pub(super) places: Vec<(Part, usize)>,
    /// Placeholders that were meant, but can't be read.
    pub(super) meant: Vec<&'static str>,
}

/// Reads one file.
pub(super) fn read(source: &Source<'_>) -> Page {
    let events: Vec<(Event<'_>, Range<usize>)> =
        Parser::new_ext(&source.text, Options::ENABLE_TABLES)
            .into_offset_iter()
            .collect();
    let mut reader = Reader {
        source,
        title: None,
        level: 1,
        slugs: TAKEN.iter().map(|id| (*id).to_owned()).collect(),
        anchors: Vec::new(),
        kept: Vec::new(),
        parts: Vec::new(),
        places: Vec::new(),
        meant: Vec::new(),
    };
    let mut rest = events.as_slice();
    let mut depth = 0_usize;
    while let Some(((event, range), after)) = rest.split_first() {
        rest = match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let (inside, after) = until_end(after);
                reader.heading(*level, inside, range);
                after
            }
            Event::Start(Tag::Paragraph) => {
                reader.paragraph(after, range, depth).unwrap_or_else(|| {
                    depth += 1;
                    reader.keep(event, range);
                    after
                })
            }
            _ => {
                match event {
                    Event::Start(_) => depth += 1,
                    Event::End(_) => depth = depth.saturating_sub(1),
                    _ => {}
                }
                reader.keep(event, range);
                after
            }
        };
    }
    reader.finish()
}

struct Reader<'a, 's> {
    source: &'s Source<'s>,
    title: Option<String>,
    level: u8,
    slugs: BTreeSet<String>,
    /// Links to headings of this page, with their places.
    anchors: Vec<(String, usize)>,
    kept: Vec<Event<'a>>,
    parts: Vec<Part>,
    places: Vec<(Part, usize)>,
    meant: Vec<&'static str>,
}

type Events<'e, 'a> = &'e [(Event<'a>, Range<usize>)];

/// The events up to the end of a block that holds no blocks, and those behind it.
fn until_end<'e, 'a>(events: Events<'e, 'a>) -> (Events<'e, 'a>, Events<'e, 'a>) {
    let end = events
        .iter()
        .position(|(event, _)| matches!(event, Event::End(TagEnd::Heading(_) | TagEnd::Paragraph)));
    let end = end.unwrap_or(events.len());
    let inside = events.get(..end).unwrap_or_default();
    (inside, events.get(end + 1..).unwrap_or_default())
}

fn plain(events: Events<'_, '_>) -> String {
    let mut text = String::new();
    for (event, _) in events {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

impl<'a> Reader<'a, '_> {
    fn heading(&mut self, level: HeadingLevel, inside: Events<'_, 'a>, range: &Range<usize>) {
        let text = plain(inside).trim().to_owned();
        let level = level as u8;
        let first = self.title.is_none() && self.kept.is_empty() && self.parts.is_empty();
        if level == 1 {
            if first {
                self.title = Some(text);
            } else {
                self.mistake(
                    range,
                    "there is one title, the first line. Write other headings with `##`.",
                );
            }
            return;
        }
        if level > self.level + 1 {
            self.mistake(
                range,
                format!(
                    "heading {} leaves out a level. Write it with one `#` less.",
                    quoted(&text)
                ),
            );
        }
        self.level = level;
        let id = self.slug(&text);
        self.kept
            .push(Event::Html(CowStr::from(format!("<h{level} id=\"{id}\">"))));
        for (event, range) in inside {
            self.keep(event, range);
        }
        self.kept
            .push(Event::Html(CowStr::from(format!("</h{level}>\n"))));
    }

    /// An id from a heading's words, its own on the page.
    fn slug(&mut self, text: &str) -> String {
        let letters = text.to_lowercase();
        let words: Vec<&str> = letters
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let base = if words.is_empty() {
            "section".to_owned()
        } else {
            words.join("-")
        };
        let numbered = (2_u32..).map(|n| format!("{base}-{n}"));
        let id = std::iter::once(base.clone())
            .chain(numbered)
            .find(|id| !self.slugs.contains(id));
        let id = id.unwrap_or(base);
        self.slugs.insert(id.clone());
        id
    }

    /// Takes a paragraph that is a placeholder, and says what comes after it; `None` for any other.
    fn paragraph<'e>(
        &mut self,
        events: Events<'e, 'a>,
        range: &Range<usize>,
        depth: usize,
    ) -> Option<Events<'e, 'a>> {
        let (inside, after) = until_end(events);
        let text = plain(inside);
        if !text.contains("{{") {
            return None;
        }
        // Several in one paragraph are fine, as long as each has its line.
        let lines: Vec<(usize, &str)> = lines(self.source, range).collect();
        let alone = depth == 0
            && lines
                .iter()
                .all(|(_, line)| placeholder::shape(line).is_some());
        if !alone {
            self.meant.extend(placeholder::meant(&text));
            self.mistake(
                range,
                "a placeholder stands inside other text. Put it on a line of its own, with an empty line before and \
                 behind.",
            );
            return Some(after);
        }
        for (at, line) in lines {
            match placeholder::read(line) {
                Ok(part) => {
                    self.flush();
                    self.parts.push(part.clone());
                    self.places.push((part, at));
                }
                Err(text) => {
                    self.source.mistake(at, text);
                    self.meant.extend(placeholder::meant(line));
                }
            }
        }
        Some(after)
    }

    fn keep(&mut self, event: &Event<'a>, range: &Range<usize>) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                self.check_link(dest_url, range);
                let outside = dest_url.starts_with("https://");
                let rel = if outside { " rel=\"noopener\"" } else { "" };
                let link = format!("<a href=\"{}\"{rel}>", escape(dest_url));
                self.kept.push(Event::InlineHtml(CowStr::from(link)));
            }
            Event::End(TagEnd::Link) => self.kept.push(Event::InlineHtml(CowStr::from("</a>"))),
            Event::Start(Tag::Image { dest_url, .. })
                if grammar::link(dest_url).is_err() || !dest_url.starts_with('/') =>
            {
                self.mistake(
                    range,
                    format!(
                        "image {} is not the site's own. Write a path of the site: \"/…\".",
                        quoted(dest_url)
                    ),
                );
            }
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => {
                self.mistake(range, "HTML is not taken over. Write Markdown.");
            }
            Event::Text(text) if text.contains("{{") => {
                self.meant.extend(placeholder::meant(text));
                self.mistake(
                    range,
                    "a placeholder stands inside other text. Put it on a line of its own, with an empty line before \
                     and behind.",
                );
            }
            _ => self.kept.push(event.clone()),
        }
    }

    fn check_link(&mut self, link: &str, range: &Range<usize>) {
        let checked = if let Some(id) = link.strip_prefix('#') {
            self.anchors.push((id.to_owned(), range.start));
            Ok(String::new())
        } else if let Some(address) = link.strip_prefix("mailto:") {
            grammar::email(address)
        } else {
            grammar::link(link)
        };
        if let Err(text) = checked {
            self.mistake(range, text);
        }
    }

    fn mistake(&self, range: &Range<usize>, text: impl Into<String>) {
        self.source.mistake(range.start, text);
    }

    /// Makes HTML of what was kept since the last placeholder.
    fn flush(&mut self) {
        let mut text = String::new();
        html::push_html(&mut text, self.kept.drain(..));
        if !text.trim().is_empty() {
            self.parts.push(Part::Html(text.trim_end().to_owned()));
        }
    }

    fn finish(mut self) -> Page {
        self.flush();
        for (id, at) in &self.anchors {
            if !self.slugs.contains(id) {
                let ids: Vec<&String> = self
                    .slugs
                    .iter()
                    .filter(|id| !TAKEN.contains(&id.as_str()))
                    .collect();
                let near = super::wording::nearest(id, &ids, "There are");
                self.source
                    .mistake(*at, format!("no heading has the id {}. {near}", quoted(id)));
            }
        }
        if self.title.as_ref().is_none_or(String::is_empty) {
            self.source.mistake(
                0,
                "the page has no title. Begin the file with `# Cookie Policy`.",
            );
        }
        let prose = Prose {
            title: self.title.unwrap_or_default(),
            parts: self.parts,
        };
        Page {
            prose,
            places: self.places,
            meant: self.meant,
        }
    }
}

/// The lines of a range that say something, with their places in the file.
fn lines<'s>(
    source: &'s Source<'_>,
    range: &Range<usize>,
) -> impl Iterator<Item = (usize, &'s str)> {
    let mut at = range.start;
    let text = source.text.get(range.clone()).unwrap_or_default();
    text.split_inclusive('\n')
        .map(move |line| {
            let start = at;
            at += line.len();
            (start, line.trim())
        })
        .filter(|(_, line)| !line.is_empty())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
