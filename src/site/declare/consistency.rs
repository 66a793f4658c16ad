//! Checks over everything that a site declares: nothing twice, nothing empty, nothing out of reach.

use super::super::{NECESSARY, Service};
use super::categories;
use super::cookies::{self, Placed};
use super::source::Doubt;
use super::wording::{list, quoted};

/// Reports what only shows when all is read.
pub(super) fn check(
    categories: &[categories::Placed<'_>],
    services: &[Service],
    cookies: &[Placed<'_>],
    granular: bool,
) {
    cookies::overlaps(cookies);
    for categories::Placed {
        category,
        spot,
        says_empty,
    } in categories
    {
        let used = cookies
            .iter()
            .any(|placed| placed.cookie.category == category.id)
            || services
                .iter()
                .any(|service| service.category == category.id);
        let id = quoted(&category.id);
        if used && *says_empty {
            spot.mistake(format!(
                "category {id} has `empty`, but something is declared in it. Leave `empty` out."
            ));
        } else if !used
            && !says_empty
            && category.id != NECESSARY
            && spot.source().certain(Doubt::Members)
        {
            spot.mistake(format!(
                "category {id} has no cookies and no services. Declare some, say in `empty = \"…\"` why there are \
                 none, or leave the category out."
            ));
        }
    }
    for Placed { cookie, spot } in cookies.iter().filter(|_| granular) {
        if cookie.category != NECESSARY && cookie.service.is_none() {
            spot.mistake(format!(
                "cookie {} has no switch of its own, but `granular = true` promises one. Put it into a group: \
                 `[[services]]` with `own = true` and `[[services.cookies]]`. Groups: {}.",
                quoted(&cookie.name),
                list(&services.iter().map(|service| service.id.as_str()).collect::<Vec<_>>())
            ));
        }
    }
}
