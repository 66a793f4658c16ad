//! The tags that we put into pages for what is granted, and what their vendors are told.
//!
//! Here live [`Inject`], which stands in a page, and [`Act`], which a page's script carries out after an answer. Not here:
//! where in the page it goes (`hold`, which also knows what the page carries itself), what is withheld.

use super::{added::needs_reload, cookies::removals};
use crate::{
    decision::{Decision, Forget},
    digest::csp_source,
    site::{Map, NECESSARY, Service, Signal, Site, Tag},
};
use serde::{Serialize, Serializer, ser::SerializeMap};

/// Stands with tags of ours: a page that the browser has kept in its memory, and brings back in another state, is loaded
/// again. Gone before a framework hydrates the document, as all of ours that isn't a tag.
const WATCH: &str = r#"{const c=()=>document.cookie.match(/cookie_consent=[^;]*/)+"",o=c();addEventListener("pageshow",e=>{e.persisted&&c()!=o&&location.reload()})}document.currentScript.remove()"#;

/// What a page is to get for what is granted.
#[derive(Debug, Clone, Default)]
pub struct Inject {
    /// What vendors are told, as script; empty if none of them has to be.
    told: String,
    /// Each service with a tag of ours, by its place among the site's.
    tags: Vec<(usize, Tag)>,
    /// What watches over them.
    watch: &'static str,
}

/// The same as markup, for one answer of the origin's.
#[derive(Debug, Clone, Default)]
pub struct Markup {
    /// What has to stand before any script.
    pub(super) guard: Option<String>,
    /// What has to stand before any tag of a vendor that is told.
    pub(super) told: Option<String>,
    /// What has to stand with tags of ours.
    pub(super) watch: Option<String>,
    /// The tags, by service.
    pub(super) tags: Vec<(usize, String)>,
}

/// How a page's policy lets our scripts in.
#[derive(Debug, Clone, Default)]
pub struct Passage {
    /// The nonce of the page's own scripts.
    pub(super) nonce: Option<String>,
    /// Whether only what a trusted script adds may load from elsewhere (`'strict-dynamic'`).
    pub(super) dynamic: bool,
}

impl Inject {
    /// What a decision asks for.
    #[must_use]
    pub fn new(site: &Site, decision: &Decision) -> Self {
        let granted = || {
            let all = (0..).zip(site.services.iter().zip(&decision.services));
            all.filter(|(_, (_, granted))| **granted)
                .map(|(at, (service, _))| (at, service))
        };
        let mut told = String::new();
        for (signal, stub, call) in [
            (
                Signal::Google,
                "window.dataLayer=window.dataLayer||[];window.gtag=window.gtag||function(){dataLayer.push(arguments)};",
                "gtag(\"consent\",\"default\",",
            ),
            (
                Signal::Clarity,
                "window.clarity=window.clarity||function(){(clarity.q=clarity.q||[]).push(arguments)};",
                "clarity(\"consentv2\",",
            ),
            (
                Signal::Uet,
                "window.uetq=window.uetq||[];",
                "uetq.push(\"consent\",\"default\",",
            ),
        ] {
            if granted().any(|(_, service)| service.signal == Some(signal) && service.announced) {
                let grants = Grants::new(site, decision, signal);
                told.extend([stub, call, &grants.json(), ");"]);
                if signal == Signal::Google && !grants.has("ad_storage") {
                    told.push_str("gtag(\"set\",\"ads_data_redaction\",true);");
                }
            }
        }
        if !told.is_empty() {
            // Gone before a framework hydrates the document: it would take the element for a mistake of the server's.
            told.push_str("document.currentScript.remove()");
        }
        let tags: Vec<_> = granted()
            .filter_map(|(at, service)| Some((at, service.tag.as_ref()?.filled(&service.settings))))
            .collect();
        let watch = if tags.is_empty() { "" } else { WATCH };
        Self { told, tags, watch }
    }

    /// Whether there is nothing to put in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.told.is_empty() && self.tags.is_empty()
    }

    /// The markup for a page with this policy.
    #[must_use]
    #[inline(never)] // apart: scripts/build.mjs
    pub fn markup(&self, site: &Site, passage: &Passage) -> Markup {
        let nonce = passage
            .nonce
            .as_ref()
            .map_or_else(String::new, |nonce| format!(" nonce=\"{}\"", quoted(nonce)));
        let script =
            |text: &str| (!text.is_empty()).then(|| format!("<script{nonce}>{text}</script>"));
        let tags = self.tags.iter().filter_map(|(at, tag)| {
            let id = &site.services.get(*at)?.id;
            let mark = format!("<script data-consent-tag=\"{id}\"{nonce}");
            let mut markup = String::new();
            if let Some(text) = &tag.inline {
                markup.extend([&mark, ">", text, "</script>"]);
            }
            if let Some(loader) = loader(tag).filter(|_| passage.loads_by_script()) {
                markup.extend([&mark, ">", &loader, "</script>"]);
            } else if let Some(address) = &tag.script {
                markup.extend([&mark, " async src=\"", &quoted(address), "\""]);
                for (name, value) in tag.attributes.iter() {
                    markup.extend([" ", name, "=\"", &quoted(value), "\""]);
                }
                markup.push_str("></script>");
            }
            Some((*at, markup))
        });
        Markup {
            guard: None,
            told: script(&self.told),
            watch: script(self.watch),
            tags: tags.collect(),
        }
    }

    /// The sources of our own scripts' texts for a policy without a nonce.
    #[must_use]
    pub fn hashes(&self, passage: &Passage) -> String {
        let own = [self.told.as_str(), self.watch].into_iter();
        let own = own.filter(|text| !text.is_empty()).map(csp_source);
        let texts = self.tags.iter().flat_map(|(_, tag)| {
            let loader = loader(tag).filter(|_| passage.loads_by_script());
            let texts = [tag.inline.clone(), loader];
            texts.into_iter().flatten().map(|text| csp_source(&text))
        });
        own.chain(texts).collect::<Vec<_>>().join(" ")
    }

    /// The services that a page's policy has to let in, for their tags are ours.
    pub fn services<'a>(&'a self, site: &'a Site) -> impl Iterator<Item = (&'a Service, &'a Tag)> {
        let find = |(at, tag): &'a (usize, Tag)| Some((site.services.get(*at)?, tag));
        self.tags.iter().filter_map(find)
    }

    /// What a yes on this page would put in at once: every tag of ours, and nothing else. Its script tells the vendors, and
    /// looks after a page that comes back.
    #[must_use]
    pub fn every(site: &Site) -> Self {
        let tags = (0..).zip(&site.services);
        Self {
            told: String::new(),
            watch: "",
            tags: tags
                .filter_map(|(at, own)| Some((at, own.tag.as_ref()?.filled(&own.settings))))
                .collect(),
        }
    }
}

impl Passage {
    /// Whether what loads from elsewhere has to be added by a script.
    pub(super) fn loads_by_script(&self) -> bool {
        self.dynamic && self.nonce.is_none()
    }
}

/// A script that loads a tag's.
fn loader(tag: &Tag) -> Option<String> {
    let address = json(tag.script.as_ref()?);
    let attributes = tag
        .attributes
        .iter()
        .fold(String::new(), |text, (name, value)| {
            format!("{text}s.setAttribute({},{});", json(name), json(value))
        });
    Some(format!(
        "(s=>{{s.async=true;{attributes}s.src={address};document.head.append(s)}})(document.createElement(\"script\"))"
    ))
}

/// A string as script; it can't end the element.
fn json(text: &String) -> String {
    crate::json::write(text).replace('<', "\\u003c")
}

fn quoted(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;")
}

/// What a vendor is told, in its own words.
#[derive(Debug)]
struct Grants(Vec<(&'static str, bool)>);

impl Grants {
    /// Each word stands for a category. Where services of the vendor's are in it they have the last word, all of them: a
    /// visitor may have answered for each alone.
    fn new(site: &Site, decision: &Decision, signal: Signal) -> Self {
        let words: &[(&str, &str)] = match signal {
            // <https://developers.google.com/tag-platform/security/concepts/consent-mode>
            Signal::Google => &[
                ("ad_storage", "marketing"),
                ("ad_user_data", "marketing"),
                ("ad_personalization", "marketing"),
                ("analytics_storage", "analytics"),
                ("functionality_storage", "functional"),
                ("personalization_storage", "functional"),
                ("security_storage", NECESSARY),
            ],
            // <https://learn.microsoft.com/en-us/clarity/setup-and-installation/consent-mode>
            Signal::Clarity => &[
                ("ad_Storage", "marketing"),
                ("analytics_Storage", "analytics"),
            ],
            // <https://learn.microsoft.com/en-us/advertising/msa-help/hlp_ba_conc_uet_consent>
            Signal::Uet => &[("ad_storage", "marketing")],
        };
        let grant = |category: &str| {
            let all = site.services.iter().zip(&decision.services);
            let own: Vec<bool> = all
                .filter(|(own, _)| own.signal == Some(signal) && speaks_of(own, category))
                .map(|(_, granted)| *granted)
                .collect();
            if own.is_empty() {
                decision.grants(site, category)
            } else {
                own.iter().all(|granted| *granted)
            }
        };
        let pairs = words
            .iter()
            .map(|(word, category)| (*word, grant(category)));
        Self(pairs.collect())
    }

    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|(own, granted)| *own == word && *granted)
    }

    fn json(&self) -> String {
        crate::json::write(self)
    }
}

/// Whether a service's grant says something of a category's word. The site may have put it into a category of its own, or
/// what measures among what advertises; what advertises among what measures, it never speaks of advertising.
fn speaks_of(service: &Service, category: &str) -> bool {
    let own = service.category.as_str();
    let standard = || [NECESSARY, "functional", "analytics", "marketing"].contains(&own);
    let moved = || category == "analytics" || !standard();
    own == category || (service.listed == category && moved())
}

impl Serialize for Grants {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (word, granted) in &self.0 {
            map.serialize_entry(word, if *granted { "granted" } else { "denied" })?;
        }
        map.end()
    }
}

/// What a page has to do at once after an answer, besides making live what was held.
#[derive(Debug, Default, Serialize)]
pub struct Act<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    google: Option<Told>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clarity: Option<Told>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uet: Option<Told>,
    /// Tags of ours that were not granted before and are now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Added>,
    /// Services that were granted and are no longer: what runs of them on the page is not put in a second time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    over: Vec<String>,
    #[serde(skip_serializing_if = "Forget::is_empty")]
    forget: Forget,
    /// Cookies that go with what is over, and the paths of their own.
    #[serde(skip_serializing_if = "Map::is_empty")]
    cookies: Map<&'a [String]>,
    /// Whether the page has a policy that keeps out what is granted now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reload: bool,
}

#[derive(Debug, Serialize)]
struct Told {
    /// Whether a tag of the vendor's may run.
    on: bool,
    state: Grants,
    /// In a rehearsal nothing is switched off.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    rehearsed: bool,
}

#[derive(Debug, Serialize)]
struct Added {
    id: String,
    inline: Option<String>,
    script: Option<String>,
    attributes: Map<String>,
}

impl<'a> Act<'a> {
    /// What follows from an answer, seen from the state before it.
    #[must_use]
    pub fn new(site: &'a Site, before: &Decision, after: &Decision) -> Self {
        let services = || {
            let verdicts = before.services.iter().zip(&after.services);
            site.services.iter().zip(verdicts)
        };
        let told = |signal: Signal| {
            // `signal = false`: the site tells Google itself. The others are told of changes in any case: nothing else ends
            // them on the open page.
            let own = || {
                services().filter(move |(service, _)| {
                    service.signal == Some(signal)
                        && (service.announced || signal != Signal::Google)
                })
            };
            let on = own().any(|(_, (_, after))| *after);
            // A rehearsal silences nobody.
            let before = || own().any(|(_, (before, _))| *before) && !site.rehearses();
            (on || before()).then(|| Told {
                on,
                state: Grants::new(site, after, signal),
                rehearsed: site.rehearses(),
            })
        };
        let over = services()
            .filter(|(service, (before, after))| service.tag.is_some() && **before && !**after)
            .map(|(service, _)| service.id.clone());
        let tags = services()
            .filter(|(_, (before, after))| **after && !**before)
            .filter_map(|(service, _)| {
                let Tag {
                    inline,
                    script,
                    attributes,
                    ..
                } = service.tag.as_ref()?.filled(&service.settings);
                Some(Added {
                    id: service.id.clone(),
                    inline,
                    script,
                    attributes,
                })
            });
        Self {
            google: told(Signal::Google),
            clarity: told(Signal::Clarity),
            uet: told(Signal::Uet),
            tags: tags.collect(),
            over: over.collect(),
            forget: Forget::new(site, after),
            cookies: removals(site, before, after),
            reload: needs_reload(site, before, after),
        }
    }

    /// Whether a page has anything to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.google.is_none()
            && self.clarity.is_none()
            && self.uet.is_none()
            && self.tags.is_empty()
            && self.over.is_empty()
            && self.forget.is_empty()
            && self.cookies.is_empty()
            && !self.reload
    }
}
