use super::Map;
use std::{
    any::Any,
    sync::{Arc, Mutex, PoisonError},
};

/// More than this is a site with many languages and services whose visitors all chose differently: it begins anew.
const MOST: usize = 128;

/// What has been made of a site, once per isolate: markup, plans, digests. Whoever keeps something names it by all that
/// it was made from besides the site.
#[derive(Default)]
pub struct Kept(Mutex<Map<Arc<dyn Any + Send + Sync>>>);

impl Kept {
    /// What is kept under a name; made if it isn't there yet.
    pub fn get<T: Send + Sync + 'static>(&self, name: &str, make: impl FnOnce() -> T) -> Arc<T> {
        // Nothing in here is left half done, so a lock that someone died with is as good as any.
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = lock().get(name).cloned();
        if let Some(known) = found.and_then(|found| found.downcast().ok()) {
            return known;
        }
        let fresh = Arc::new(make());
        let mut all = lock();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(name.to_owned(), fresh.clone());
        fresh
    }
}

/// A copy may be changed before it is used, so it begins with nothing.
impl Clone for Kept {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Two sites are the same if what was declared is.
impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Kept {}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kept")
    }
}
