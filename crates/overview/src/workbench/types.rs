/// Something that happened in the caller's reach.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) at: String,
    pub(crate) who: String,
    /// The page of the record that changed; none when it has none of its own.
    pub(crate) href: Option<String>,
    pub(crate) summary: String,
}
