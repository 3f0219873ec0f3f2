/// Something that waits for the caller's post, with the way to it.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    /// What to do.
    pub(crate) title: String,
    /// Why, or by when.
    pub(crate) text: String,
    /// Where.
    pub(crate) href: String,
    /// Its icon in the sprite.
    pub(crate) icon: &'static str,
    /// How many records stand behind it.
    pub(crate) count: i64,
}

/// Something that happened in the caller's reach.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) at: String,
    pub(crate) who: String,
    /// The page of the record that changed; none when it has none of its own.
    pub(crate) href: Option<String>,
    pub(crate) summary: String,
}
