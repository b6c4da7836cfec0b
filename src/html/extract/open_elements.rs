//! The elements that are open at a place of the page.
//!
//! Each start and end tag takes constant time on average: for each name, the places of its open elements
//! are kept, so an end tag need not search for the element that it closes.

use html5ever::LocalName;
use rustc_hash::FxHashMap;

use super::elements::{implied_ends, is_barrier};
use crate::Language;
use crate::article::BlockKind;

/// What holds for text in an element, given all elements around it.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    pub kind: BlockKind,
    pub is_hidden: bool,
    pub is_preformatted: bool,
    /// Whether it is inside `article` or `main`.
    pub is_in_content: bool,
    /// The language that the nearest `lang` attribute below `html` names.
    pub language: Option<Language>,
}

const OUTSIDE: Context = Context {
    kind: BlockKind::Paragraph,
    is_hidden: false,
    is_preformatted: false,
    is_in_content: false,
    language: None,
};

/// The stack of open elements.
#[derive(Debug, Default)]
pub struct OpenElements {
    elements: Vec<(LocalName, Context)>,
    /// For each name, the places of its elements in the stack.
    places: FxHashMap<LocalName, Vec<usize>>,
    /// The places of the elements that limit which element an end tag closes.
    barriers: Vec<usize>,
}

impl OpenElements {
    pub fn depth(&self) -> usize {
        self.elements.len()
    }

    pub fn context(&self) -> Context {
        self.elements.last().map_or(OUTSIDE, |(_, context)| *context)
    }

    pub fn push(&mut self, name: LocalName, context: Context) {
        let place = self.elements.len();
        if is_barrier(&name) {
            self.barriers.push(place);
        }
        self.places.entry(name.clone()).or_default().push(place);
        self.elements.push((name, context));
    }

    /// Closes the elements that a start tag with this name ends.
    pub fn close_implied(&mut self, name: &str, is_block: bool) {
        if is_block {
            // A block ends a paragraph, unless the paragraph is outside the cell that the block is in.
            if let Some(place) = self.last("p").filter(|place| self.is_reachable(*place)) {
                self.truncate(place);
            }
        }
        let (closed, parents) = implied_ends(name);
        let outermost = parents.iter().filter_map(|parent| self.last(parent)).max();
        let places = closed.iter().filter_map(|name| self.last_after(name, outermost));
        if let Some(place) = places.min() {
            self.truncate(place);
        }
    }

    /// Closes the element that an end tag with this name ends, and all elements inside it. Returns
    /// whether there is one.
    pub fn close(&mut self, name: &str) -> bool {
        let Some(place) = self.last(name) else { return false };
        // The end of a cell or table may close what is inside, but nothing in a cell closes the table.
        if !is_barrier(name) && !self.is_reachable(place) {
            return false;
        }
        self.truncate(place);
        true
    }

    /// Whether no barrier is between an element and the top of the stack.
    fn is_reachable(&self, place: usize) -> bool {
        self.barriers.last().is_none_or(|barrier| *barrier <= place)
    }

    /// Whether an element of this name is open.
    pub fn is_inside(&self, name: &str) -> bool {
        self.last(name).is_some()
    }

    fn last(&self, name: &str) -> Option<usize> {
        self.places.get(&LocalName::from(name))?.last().copied()
    }

    /// The last element of a name, if it is after a place of the stack.
    fn last_after(&self, name: &str, place: Option<usize>) -> Option<usize> {
        self.last(name).filter(|last| place.is_none_or(|place| *last > place))
    }

    fn truncate(&mut self, len: usize) {
        for (name, _) in self.elements.drain(len..) {
            if let Some(places) = self.places.get_mut(&name) {
                places.pop();
            }
        }
        while self.barriers.last().is_some_and(|barrier| *barrier >= len) {
            self.barriers.pop();
        }
    }
}
