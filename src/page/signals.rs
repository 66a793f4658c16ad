use super::{
    View,
    wording::{fill, words},
};
use crate::site::Stance;
use maud::{Markup, html};

/// How the site treats GPC and DNT, and whether this browser sends them. Saying so is asked for by Cal. Bus. & Prof.
/// Code §22575(b)(5) (DNT) and 11 CCR §7025(c)(6) (that a GPC signal was honoured). An earlier page (`present` is false)
/// says nothing about this browser.
pub(super) fn signals(view: &View<'_>, present: bool) -> Markup {
    let site = view.site;
    let Some(words) = words(site, view.language) else {
        return html! {};
    };
    let stance = |stance: Stance, honoured, nothing, ignored| match stance {
        Stance::Honour if site.has_choice() => honoured,
        Stance::Honour => nothing,
        Stance::Ignore => ignored,
    };
    let gpc = stance(
        site.signals.gpc,
        &words.gpc_honoured,
        &words.gpc_nothing,
        &words.gpc_ignored,
    );
    let dnt = if site.has_choice() {
        stance(
            site.signals.dnt,
            &words.dnt_honoured,
            &words.dnt_nothing,
            &words.dnt_ignored,
        )
    } else {
        // Also where it is ignored: there is nothing to be switched on either.
        &words.dnt_nothing
    };
    let sent = view.decision.signals;
    html! {
        dl.signals {
            dt { (words.gpc_name) }
            dd {
                (fill(gpc, &[("site", &site.name)])) " "
                @if present { span.sent { @if sent.gpc.is_on() { (words.gpc_sent) } @else { (words.gpc_not_sent) } } }
            }
            dt { (words.dnt_name) }
            dd {
                (fill(dnt, &[("site", &site.name)])) " "
                @if present { span.sent { @if sent.dnt.is_on() { (words.dnt_sent) } @else { (words.dnt_not_sent) } } }
            }
        }
    }
}
