//! What tells a visitor who has chosen that the policy has changed since: in the banner's place, until he says that he has
//! seen it.

use super::{
    View, banner,
    wording::{declared_day, words},
};
use crate::site::Change;
use maud::html;

/// What stands in the shadow root. It needs no script.
#[must_use]
#[inline(never)] // apart: scripts/build.mjs
pub fn news(view: &View<'_>, changes: &[&Change]) -> String {
    let site = view.site;
    let Some(words) = words(site, view.language) else {
        return String::new();
    };
    let markup = html! {
        section class=(banner::corner(site.banner.corner)) lang=(view.language) dir=(words.direction) aria-labelledby="t" data-nosnippet {
            h2 #t { (words.news_title) }
            @for change in changes {
                p { time datetime=(change.date) { (declared_day(words, &change.date)) } ": " (change.summary.get(view.language)) }
            }
            p { a href={ (site.policy_path) "#policy-changes" } { (words.policy_link) } }
            form method="post" action={ (site.base) "/seen" } {
                input type="hidden" name="return_to" value=(view.return_to);
                button { (words.news_seen) }
            }
        }
    };
    format!(
        "<style>{}</style>{}",
        banner::style(site),
        banner::ascii(&markup.into_string())
    )
}
