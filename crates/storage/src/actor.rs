//! Whose name stands on an audit entry.

use kernel::{Caller, Moment, PersonId, Place, Reach};

/// Who acts, as far as the store must know: for scoping rows and for the audit trail.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The person, if somebody is signed in.
    pub person: Option<PersonId>,
    /// The name to show: a person's, a program's, or the login that was tried.
    pub name: String,
    /// The post acted in, as people say it; empty for programs and visitors.
    pub post: String,
    /// What is reached.
    pub reach: Reach,
    /// When.
    pub now: Moment,
    /// From which network address.
    pub address: String,
    /// In which request.
    pub request: String,
}

impl Actor {
    /// One of our own programs (command line, sealer), reaching the whole city.
    pub fn program(name: &str, city: &Place, now: Moment) -> Self {
        Self {
            person: None,
            name: name.to_owned(),
            post: String::new(),
            reach: Reach { areas: vec![city.clone()], ..Reach::default() },
            now,
            address: "local".to_owned(),
            request: String::new(),
        }
    }
    /// Somebody who is not signed in and reaches nothing.
    pub fn visitor(name: &str, now: Moment, address: &str, request: &str) -> Self {
        Self {
            person: None,
            name: name.chars().take(60).collect(),
            post: String::new(),
            reach: Reach::default(),
            now,
            address: address.to_owned(),
            request: request.to_owned(),
        }
    }
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        Self {
            person: Some(caller.person),
            name: caller.name.clone(),
            post: caller.post_label.clone(),
            reach: caller.reach.clone(),
            now: caller.now,
            address: caller.address.clone(),
            request: caller.request.clone(),
        }
    }
}
