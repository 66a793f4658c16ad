//! The edits of `bench/workers/rewriter.js`, by lol_html in the wasm.

use lol_html::html_content::{ContentType, Element, TextChunk};
use lol_html::{HtmlRewriter, OutputSink, Settings, element, text};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::wasm_bindgen;

const HOSTS: &[(&str, &str)] = &[
    ("google-analytics.com", "google-analytics"),
    ("www.googletagmanager.com", "google-analytics"),
    ("analytics.google.com", "google-analytics"),
    ("clarity.ms", "microsoft-clarity"),
    ("c.bing.com", "microsoft-clarity"),
    ("connect.facebook.net", "meta-pixel"),
    ("www.facebook.com", "meta-pixel"),
    ("youtube.com", "youtube"),
    ("youtube-nocookie.com", "youtube"),
    ("ytimg.com", "youtube"),
    ("hs-scripts.com", "hubspot"),
    ("hs-analytics.net", "hubspot"),
    ("hsforms.com", "hubspot"),
    ("hotjar.com", "hotjar"),
    ("hotjar.io", "hotjar"),
    ("vimeo.com", "vimeo"),
    ("vimeocdn.com", "vimeo"),
];

const MARKERS: &[(&str, &str)] = &[
    ("gtag('config'", "google-analytics"),
    ("clarity.ms/tag", "microsoft-clarity"),
    ("fbq('init", "meta-pixel"),
    ("_hjSettings", "hotjar"),
];

fn service_of(address: &str) -> Option<&'static str> {
    let (_, rest) = address.trim().split_once("//")?;
    let host = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
    HOSTS
        .iter()
        .find(|(own, _)| {
            host.strip_suffix(own)
                .is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })
        .map(|(_, id)| *id)
}

type Done = Result<(), Box<dyn std::error::Error + Send + Sync>>;

fn hold(element: &mut Element<'_, '_>, attribute: &str) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
    let Some(address) = element.get_attribute(attribute) else {
        return Ok(false);
    };
    let Some(id) = service_of(&address) else {
        return Ok(false);
    };
    element.remove_attribute(attribute);
    element.set_attribute(&format!("data-consent-{attribute}"), &address)?;
    element.set_attribute("data-consent-hold", id)?;
    Ok(true)
}

/// The text of an element, whole, once it is known; `keep` says what stays of it.
fn whole(seen: &RefCell<String>, chunk: &mut TextChunk<'_>, keep: impl Fn(&str) -> Option<String>) -> Done {
    let mut seen = seen.borrow_mut();
    seen.push_str(chunk.as_str());
    if chunk.last_in_text_node() {
        let text = keep(&seen).unwrap_or_else(|| seen.clone());
        chunk.replace(&text, ContentType::Html);
        seen.clear();
    } else {
        chunk.remove();
    }
    Ok(())
}

#[derive(Clone, Default)]
struct Out(Rc<RefCell<Vec<u8>>>);

impl OutputSink for Out {
    fn handle_chunk(&mut self, chunk: &[u8]) {
        self.0.borrow_mut().extend_from_slice(chunk);
    }
}

#[wasm_bindgen]
pub struct Edit {
    rewriter: Option<HtmlRewriter<'static, Out>>,
    out: Out,
}

#[wasm_bindgen]
impl Edit {
    #[wasm_bindgen(constructor)]
    pub fn new(banner: String, frame: String) -> Self {
        let out = Out::default();
        let (script, noscript) = (RefCell::new(String::new()), RefCell::new(String::new()));
        let rewriter = HtmlRewriter::new(
            Settings {
                element_content_handlers: vec![
                    element!("body", move |body| {
                        body.prepend(&banner, ContentType::Html);
                        Ok(())
                    }),
                    element!("script[src]", |element| {
                        if hold(element, "src")? {
                            element.set_attribute("type", "text/plain")?;
                        }
                        Ok(())
                    }),
                    element!("img[src]", |element| hold(element, "src").map(drop)),
                    element!("link[href]", |element| hold(element, "href").map(drop)),
                    element!("iframe[src]", move |element| {
                        if hold(element, "src")? {
                            element.set_attribute("srcdoc", &frame)?;
                        }
                        Ok(())
                    }),
                    text!("script:not([src])", move |chunk| {
                        whole(&script, chunk, |text| {
                            let found = MARKERS.iter().find(|(marker, _)| text.contains(marker));
                            found.map(|(_, id)| format!("/* held for {id} */"))
                        })
                    }),
                    text!("noscript", move |chunk| {
                        whole(&noscript, chunk, |text| {
                            let found = HOSTS.iter().any(|(host, _)| text.contains(host));
                            found.then(String::new)
                        })
                    }),
                ],
                ..Settings::new()
            },
            out.clone(),
        );
        Self {
            rewriter: Some(rewriter),
            out,
        }
    }

    /// Nothing once a page could not be read on.
    pub fn push(&mut self, piece: &[u8]) -> Option<Vec<u8>> {
        let written = self.rewriter.as_mut()?.write(piece).is_ok();
        written.then(|| self.out.0.take())
    }

    pub fn end(&mut self) -> Option<Vec<u8>> {
        self.rewriter.take()?.end().ok()?;
        Some(self.out.0.take())
    }
}
