//! 二（一）3 治理结构: how many of whom a cluster and a kindergarten need. What is demanded stands here once; who fills it is
//! counted from the posts.

/// `2.1.3-6`: 每个学区配备1名专职责任督学.
pub const FULL_TIME_INSPECTORS: u32 = 1;
/// `2.1.3-6`: 和8名兼职责任督学.
pub const PART_TIME_INSPECTORS: u32 = 8;
/// `2.1.3-9`: 至少1名兼职教研员 of a cluster.
pub const FEWEST_RESEARCH_LEADS: u32 = 1;
/// `2.1.3-9`: 至少1名兼职培训师 of a cluster.
pub const FEWEST_TRAINERS: u32 = 1;
/// `2.1.3-8`: 每所幼儿园应配备1名兼职视导员.
pub const LIAISONS: u32 = 1;
/// `2.1.3-10`: a kindergarten forms its own party organisation or belongs to a joint one, to one on any day.
pub const PARTY_ORGANISATIONS: u32 = 1;
/// 教育督导条例 art. 6: a term of an inspector, in years.
pub const TERM_YEARS: u32 = 3;
/// 教育督导条例 art. 6: the most terms in a row.
pub const MOST_TERMS: u32 = 3;
