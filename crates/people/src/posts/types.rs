use kernel::{ClusterId, Date, KindergartenId, OPEN_END, PersonId, PostId, PostKind, PostScope};

/// A post with what is needed to name it and to know its reach.
#[derive(Debug, Clone)]
pub struct Post {
    /// Its id.
    pub id: PostId,
    /// Who holds it.
    pub person: PersonId,
    /// Its kind.
    pub kind: PostKind,
    /// Where it stands.
    pub scope: PostScope,
    /// The district's, kindergarten's or cluster's name; empty for the city.
    pub at: String,
    /// The cluster in which its kindergarten is today.
    pub cluster: Option<ClusterId>,
    /// First day.
    pub valid_from: Date,
    /// First day on which it no longer holds.
    pub valid_to: Date,
}

impl Post {
    /// The post as people say it: 南山区学前科科员, 青禾幼儿园园长, 市局学前科科员.
    pub fn label(&self) -> String {
        format!("{}{}", self.at, self.kind.label())
    }
    /// Whether it has no end yet.
    pub fn is_open_ended(&self) -> bool {
        self.valid_to >= OPEN_END
    }
}

/// Where a post stands, from the three columns that say it; none means the city.
pub(crate) fn scope_of(
    kindergarten: Option<KindergartenId>,
    district: Option<String>,
    cluster: Option<ClusterId>,
) -> PostScope {
    match (kindergarten, cluster, district) {
        (Some(id), _, _) => PostScope::Kindergarten(id),
        (None, Some(id), _) => PostScope::Cluster(id),
        (None, None, Some(code)) => PostScope::District(code),
        (None, None, None) => PostScope::City,
    }
}

/// A post to be written: who, what, where and when were judged before.
#[derive(Debug, Clone)]
pub struct NewPost {
    /// To whom.
    pub person: PersonId,
    /// Which.
    pub kind: PostKind,
    /// Where.
    pub scope: PostScope,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub to: Date,
    /// Which term in a row it is, for posts that run in terms.
    pub term: Option<i64>,
    /// The letter's number (聘书文号); may be empty.
    pub paper_number: String,
}
