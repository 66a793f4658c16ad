use super::{
    Rejection, json,
    reply::{NOTHING, Reply},
    route::{EARLIER, Page},
};
use crate::{
    decision::{Decision, State},
    digest::short,
    page::{self, View},
    site::{Site, Stance},
    visit::{Choice, Incoming, Method, READ, Visit, write_seen},
};
use serde::Serialize;

/// An address of ours that is read.
pub(super) fn page(
    page: Page,
    site: &Site,
    visit: &Visit,
    decision: &Decision,
    incoming: &Incoming<'_>,
) -> Reply {
    let address = incoming.address();
    let view = |return_to| View {
        site,
        decision,
        language: &visit.language,
        return_to,
    };
    match page {
        Page::Policy => policy(
            site,
            visit,
            &view(&format!("{address}#your-choice")),
            incoming,
        ),
        Page::Erase => {
            Reply::html(200, page::page_csp(site), page::records::erase(&view("/"))).private()
        }
        Page::Archived => archived(site, visit, &view("/"), incoming),
        Page::Preferences if incoming.query("dialog").is_some() => {
            let back = incoming
                .query("return_to")
                .unwrap_or_else(|| "/".to_owned());
            Reply::html(200, page::page_csp(site), page::dialog(&view(&back))).private()
        }
        Page::Preferences => Reply::html(
            200,
            page::page_csp(site),
            page::preferences(&view(&address)),
        )
        .private(),
        Page::ToPreferences => Reply::html(308, NOTHING.to_owned(), String::new())
            .with("location", format!("{}/", site.base)),
        Page::State => Reply::json(200, State::new(site, decision).json()).private(),
        Page::Inventory => revalidated(
            incoming,
            Reply::json(200, json::inventory(site)).with("cache-control", "no-cache"),
        ),
        Page::Script => revalidated(
            incoming,
            Reply::new(
                200,
                "text/javascript; charset=utf-8",
                NOTHING.to_owned(),
                page::SCRIPT.to_owned(),
            )
            .with("cache-control", "public, max-age=3600"),
        ),
        Page::Gpc => {
            let support = Support {
                gpc: site.signals.gpc == Stance::Honour,
                last_update: &site.updated,
            };
            revalidated(
                incoming,
                Reply::json(200, crate::json::write(&support))
                    .with("cache-control", "public, max-age=86400"),
            )
        }
    }
}

/// What `gpc.json` says (<https://www.w3.org/TR/gpc/#gpc-support-resource>).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Support<'a> {
    gpc: bool,
    last_update: &'a str,
}

/// The policy page shows the visitor's own choice: for one who has none and sends no signal it is everybody's page, for
/// all others it is kept nowhere. Either way it can be revalidated.
fn policy(site: &Site, visit: &Visit, view: &View<'_>, incoming: &Incoming<'_>) -> Reply {
    let everybody =
        visit.choice == Choice::Unasked && !visit.signals.gpc.is_on() && !visit.signals.dnt.is_on();
    // Without a query, everybody's page differs by language alone.
    let (csp, body, tag) = if everybody && incoming.search.is_empty() {
        let name = format!("policy {}", visit.language);
        let kept = site.kept.get(&name, || written(view));
        (*kept).clone()
    } else {
        written(view)
    };
    let reply = Reply::html(200, csp, body)
        .with("content-language", visit.language.clone())
        .with("vary", READ)
        .with(
            "cache-control",
            if everybody {
                "no-cache"
            } else {
                "private, no-store"
            },
        );
    // Who reads what has changed has been told.
    let reply = match view.decision.untold(site, visit.seen.as_deref()).first() {
        Some(change) if incoming.method == Method::Get => {
            return reply.with("set-cookie", write_seen(site, &change.date));
        }
        _ => reply,
    };
    tagged(incoming, reply, tag)
}

/// The policy page: its Content-Security-Policy, itself, and its `ETag`.
fn written(view: &View<'_>) -> (String, String, String) {
    let body = page::policy(view);
    let tag = tag_of(&body);
    (page::page_csp(view.site), body, tag)
}

/// An earlier policy page; its address may name the present one, too.
fn archived(site: &Site, visit: &Visit, view: &View<'_>, incoming: &Incoming<'_>) -> Reply {
    let name = incoming.path.strip_prefix(site.base.as_str());
    let name = name.and_then(|path| path.strip_prefix(EARLIER));
    let name = name.unwrap_or_default();
    if name == site.version {
        return Reply::html(303, NOTHING.to_owned(), String::new())
            .with("location", site.policy_path.clone())
            .private();
    }
    match site.archived(name) {
        Some(page) => revalidated(
            incoming,
            Reply::html(200, page::page_csp(site), page::archived(view, page))
                .with("content-language", visit.language.clone())
                .with("vary", "Accept-Language")
                .with("cache-control", "no-cache"),
        ),
        None => Rejection::NotKept.reply(site, &visit.language, incoming.wants_json()),
    }
}

/// Gives an answer an `ETag` made of its body, and cuts it down to a 304 for a client that has it already.
fn revalidated(incoming: &Incoming<'_>, reply: Reply) -> Reply {
    let tag = tag_of(&reply.body);
    tagged(incoming, reply, tag)
}

fn tag_of(body: &str) -> String {
    format!("\"{}\"", short(body.as_bytes(), 24))
}

fn tagged(incoming: &Incoming<'_>, reply: Reply, tag: String) -> Reply {
    let held = incoming.header("if-none-match").is_some_and(|tags| {
        tags.split(',')
            .map(str::trim)
            .map(|own| own.strip_prefix("W/").unwrap_or(own))
            .any(|own| own == tag || own == "*")
    });
    let reply = reply.with("etag", tag);
    if held {
        Reply {
            status: 304,
            body: String::new(),
            ..reply
        }
    } else {
        reply
    }
}
