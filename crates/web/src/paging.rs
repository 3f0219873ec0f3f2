//! Lists are bounded: a page of rows and how many there are.

/// Rows on one page of a list.
pub const PAGE_SIZE: i64 = 50;

/// Which page of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// From 1.
    pub page: i64,
    /// At least 1.
    pub pages: i64,
    /// Rows altogether.
    pub total: i64,
}

impl Paging {
    /// The page that was asked for (`page=3`), kept inside what there is.
    pub fn of(asked: Option<&str>, total: i64) -> Self {
        let pages = ((total + PAGE_SIZE - 1) / PAGE_SIZE).max(1);
        let page = asked.and_then(|text| text.parse().ok()).unwrap_or(1).clamp(1, pages);
        Self { page, pages, total }
    }
    /// Rows to take.
    pub fn limit(self) -> i64 {
        PAGE_SIZE
    }
    /// Rows to skip.
    pub fn offset(self) -> i64 {
        (self.page - 1) * PAGE_SIZE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_beyond_the_end_is_the_last() {
        assert_eq!(Paging::of(Some("99"), 101), Paging { page: 3, pages: 3, total: 101 });
        assert_eq!(Paging::of(Some("-1"), 0), Paging { page: 1, pages: 1, total: 0 });
        assert_eq!(Paging::of(Some("二"), 50).offset(), 0);
    }
}
