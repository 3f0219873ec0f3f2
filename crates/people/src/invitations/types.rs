use kernel::{Moment, PostKind};

/// What is handed to one person.
#[derive(Debug, Clone)]
pub struct Slip {
    /// The person's name.
    pub name: String,
    /// The login.
    pub login: String,
    /// The posts held today.
    pub posts: String,
    /// The secret, in groups of four.
    pub code: String,
    /// Until when it serves.
    pub expires_at: Moment,
}

/// Whose holders are given accounts.
#[derive(Debug, Clone)]
pub struct Holders {
    /// The post.
    pub kind: PostKind,
    /// The district's code; none for the whole city.
    pub district: Option<String>,
}
