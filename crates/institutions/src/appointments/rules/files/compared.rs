//! Whether what a preview compared with still holds.

use std::collections::HashSet;

use kernel::{PersonId, PostScope};

use crate::appointments::types::{Holder, Known, PlaceState, Staged};

/// What the verdicts of a preview rest on: the places in which it gives posts, the names that it bears, the inspectors whose
/// terms it counts.
#[derive(Debug, Clone, Default)]
pub struct Concern {
    places: HashSet<PostScope>,
    names: HashSet<(String, String)>,
    people: HashSet<PersonId>,
}

impl Concern {
    /// Of what is to be saved, each with its holder's name.
    pub fn of<'a>(staged: impl Iterator<Item = (&'a str, &'a Staged)>) -> Self {
        let mut concern = Self::default();
        for (name, staged) in staged {
            concern.places.insert(staged.scope.clone());
            concern.names.insert((staged.district.clone(), name.to_owned()));
            if let Holder::Known(person) = staged.holder {
                concern.people.insert(person);
            }
        }
        concern
    }

    fn holds(&self, known: &Known) -> bool {
        self.places.contains(&known.scope)
            || (known.kind.is_inspector() && self.people.contains(&known.person))
            || self.names.contains(&(known.district.clone(), known.name.clone()))
    }
}

/// Digest of the posts and places that a preview is about. While it stays the same, so does every verdict.
pub fn compared(known: &[Known], places: &[PlaceState], concern: &Concern) -> String {
    let posts = known.iter().filter(|one| concern.holds(one)).map(|one| {
        let (from, to) = (one.from, one.to);
        let term = one.term.unwrap_or_default();
        format!("{} {} {from} {to} {term} {} {}\n", one.id, one.person, one.paper_number, one.name)
    });
    let places = places.iter().filter(|one| concern.places.contains(&one.scope)).map(|one| {
        match &one.scope {
            PostScope::Cluster(id) => format!("{id} {} {}\n", one.state, one.until),
            PostScope::Kindergarten(id) => format!("{id} {} {}\n", one.state, one.until),
            PostScope::City | PostScope::District(_) => String::new(),
        }
    });
    let mut lines: Vec<String> = posts.chain(places).collect();
    lines.sort_unstable();
    registry::imports::digest(lines.concat().as_bytes())
}
