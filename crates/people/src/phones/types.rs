use kernel::Moment;

/// How long a code serves.
pub const VALID_MS: i64 = 5 * 60 * 1000;
/// What is counted: an hour.
pub const HOUR_MS: i64 = 60 * 60 * 1000;
/// Tries at one code.
pub const MOST_TRIES: i64 = 5;

/// What was sent lately.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lately {
    /// Codes to the number in the last hour.
    pub to_number: i64,
    /// The last of them.
    pub last: Option<Moment>,
    /// Codes from the network address in the last hour.
    pub from_address: i64,
}
