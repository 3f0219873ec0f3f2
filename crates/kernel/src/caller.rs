//! Who asks: one person, acting in one post, in one request.

use serde::{Deserialize, Serialize};

use crate::{
    ClusterId, Date, KindergartenId, Moment, Permission, PersonId, Place, PostId, PostKind, Reach,
};

/// Where a post stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PostScope {
    /// The city bureau.
    City,
    /// The bureau of the district with this code.
    District(String),
    /// One kindergarten.
    Kindergarten(KindergartenId),
    /// One cluster: it is no bureau and no legal person, its posts only read in it.
    Cluster(ClusterId),
}

/// The person, the post acted in, and what that post reaches now.
///
/// Built anew for each request from the posts in force on its day: a post that ends, ends its rights on the next request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person who signed in.
    pub person: PersonId,
    /// His or her name.
    pub name: String,
    /// The post acted in.
    pub post: PostId,
    /// Its kind.
    pub kind: PostKind,
    /// Where it stands.
    pub scope: PostScope,
    /// The post as people say it: 南山区学前科科员.
    pub post_label: String,
    /// Whether the person has other posts in force.
    pub has_other_posts: bool,
    /// The city's place.
    pub city: Place,
    /// What the post reaches now.
    pub reach: Reach,
    /// The moment of the request.
    pub now: Moment,
    /// Where the request came from (network address), for the audit trail.
    pub address: String,
    /// The request's number, shown on error pages and kept in the audit trail.
    pub request: String,
}

impl Caller {
    /// The Beijing day of the request.
    pub fn today(&self) -> Date {
        self.now.date()
    }
    /// Whether the post carries `permission`.
    pub fn may(&self, permission: Permission) -> bool {
        self.kind.may(permission)
    }
    /// The district of the post, if it stands in one.
    pub fn district(&self) -> Option<&str> {
        match &self.scope {
            PostScope::District(code) => Some(code),
            PostScope::City | PostScope::Kindergarten(_) | PostScope::Cluster(_) => None,
        }
    }
    /// The place of a district of this city.
    pub fn district_place(&self, code: &str) -> Place {
        self.city.child(code)
    }
}
