use super::seen::add;
use serde::Serialize;

/// What would have been withheld from one page, had this not been a rehearsal: a line of the log. Names only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    level: &'static str,
    /// The site's id.
    pub rehearsal: String,
    /// Services that are not granted.
    pub services: Vec<String>,
    /// Categories that are not granted, where no service is meant.
    pub categories: Vec<String>,
    /// Hosts that tags in the page lead to.
    pub hosts: Vec<String>,
    /// Cookies, as they are declared.
    pub cookies: Vec<String>,
}

impl Report {
    pub(super) fn new(site: &str) -> Self {
        Self {
            level: "info",
            rehearsal: site.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn add_service(&mut self, id: &str) {
        add(&mut self.services, id.to_owned());
    }

    pub(super) fn add_category(&mut self, id: &str) {
        add(&mut self.categories, id.to_owned());
    }

    pub(super) fn add_host(&mut self, host: String) {
        add(&mut self.hosts, host);
    }

    pub(super) fn add_cookie(&mut self, name: String) {
        add(&mut self.cookies, name);
    }

    /// The line; `None` if nothing would have been withheld.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        let lists = [&self.services, &self.categories, &self.hosts, &self.cookies];
        if lists.iter().all(|list| list.is_empty()) {
            return None;
        }
        Some(crate::json::write(self))
    }
}
