//! What html5ever makes of a page: the tree as text, and the elements in it.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// A start tag: its name and its attributes, sorted.
pub(crate) type Tag = (String, Vec<(String, String)>);

pub(crate) struct Tree(RcDom);

impl Tree {
    /// Parses as a browser with scripts on does.
    pub(crate) fn of(page: &str) -> Self {
        Self(parse_document(RcDom::default(), ParseOpts::default()).one(page))
    }

    fn body(&self) -> Option<Handle> {
        let children = self.0.document.children.borrow();
        let html = children.iter().find(|node| name(node) == Some("html"))?;
        let children = html.children.borrow();
        children
            .iter()
            .find(|node| name(node) == Some("body"))
            .cloned()
    }

    pub(crate) fn has_frameset(&self) -> bool {
        let mut found = false;
        walk(&self.0.document, &mut |node| {
            found |= name(node) == Some("frameset");
        });
        found
    }

    /// True if there is nothing in the body.
    pub(crate) fn body_is_empty(&self) -> bool {
        self.body()
            .is_none_or(|body| body.children.borrow().is_empty())
    }

    /// Takes the element called `marker` out, if it is the body's first child.
    pub(crate) fn take_first_in_body(&self, marker: &str) -> bool {
        let Some(body) = self.body() else {
            return false;
        };
        let mut children = body.children.borrow_mut();
        let is_first = children
            .first()
            .is_some_and(|node| name(node) == Some(marker));
        if is_first {
            children.remove(0);
        }
        is_first
    }

    /// The tree as text, to compare.
    pub(crate) fn dump(&self) -> String {
        let mut lines = Vec::new();
        dump(&self.0.document, 0, &mut lines);
        lines.join("\n")
    }

    /// All elements of these names, templates included, sorted.
    pub(crate) fn tags(&self, names: &[&str]) -> Vec<Tag> {
        let mut tags = Vec::new();
        walk(&self.0.document, &mut |node| {
            if let NodeData::Element { name, attrs, .. } = &node.data
                && names.contains(&&*name.local)
            {
                let mut attributes: Vec<_> = attrs
                    .borrow()
                    .iter()
                    .map(|attribute| {
                        (
                            attribute.name.local.to_lowercase(),
                            attribute.value.to_string(),
                        )
                    })
                    .collect();
                attributes.sort();
                tags.push((name.local.to_string(), attributes));
            }
        });
        tags.sort();
        tags
    }
}

fn name(node: &Handle) -> Option<&str> {
    match &node.data {
        NodeData::Element { name, .. } => Some(&name.local),
        _ => None,
    }
}

fn walk(node: &Handle, visit: &mut impl FnMut(&Handle)) {
    visit(node);
    if let NodeData::Element {
        template_contents, ..
    } = &node.data
        && let Some(contents) = template_contents.borrow().as_ref()
    {
        walk(contents, visit);
    }
    for child in node.children.borrow().iter() {
        walk(child, visit);
    }
}

fn dump(node: &Handle, depth: usize, lines: &mut Vec<String>) {
    let line = match &node.data {
        NodeData::Element { name, attrs, .. } => {
            let attributes: Vec<_> = attrs
                .borrow()
                .iter()
                .map(|attribute| format!(" {}={:?}", &*attribute.name.local, &*attribute.value))
                .collect();
            format!("{} {}{}", &*name.ns, &*name.local, attributes.concat())
        }
        NodeData::Text { contents } => format!("{:?}", &**contents.borrow()),
        // The end of a cut comment may be text once the comment is closed.
        NodeData::Comment { contents } => {
            format!("<!--{:?}", contents.trim_end_matches(['-', '!']))
        }
        NodeData::Doctype { name, .. } => format!("doctype {:?}", &**name),
        _ => "#".to_owned(),
    };
    lines.push("  ".repeat(depth) + &line);
    if let NodeData::Element {
        template_contents, ..
    } = &node.data
        && let Some(contents) = template_contents.borrow().as_ref()
    {
        dump(contents, depth + 1, lines);
    }
    for child in node.children.borrow().iter() {
        dump(child, depth + 1, lines);
    }
}
