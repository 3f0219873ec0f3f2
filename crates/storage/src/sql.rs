//! SQL text that grows together with its bound values, so that no value is ever pasted into it.

use kernel::{Date, Reach};

use crate::Value;

/// A statement and its values; placeholders are `$1`, `$2` … on both databases.
#[derive(Debug, Clone, Default)]
pub struct Sql {
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
}

impl Sql {
    /// A statement that binds nothing yet.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }
    /// A statement written with `$1`… and the values for them.
    pub fn with(text: &str, values: impl IntoIterator<Item = Value>) -> Self {
        Self { text: text.to_owned(), values: values.into_iter().collect() }
    }
    /// One statement that inserts these rows. `table` and `columns` are written in our sources, values are bound.
    pub fn inserting(
        table: &str,
        columns: &[&str],
        rows: impl IntoIterator<Item = Vec<Value>>,
    ) -> Self {
        let mut sql = Self::new("INSERT INTO ");
        sql.text(table).text(" (").text(&columns.join(", ")).text(") VALUES ");
        for (place, row) in rows.into_iter().enumerate() {
            sql.text(if place == 0 { "" } else { ", " }).bind_list(row);
        }
        sql
    }
    /// Appends fixed text. Only text that is written in our sources may come here, never input.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }
    /// Appends a placeholder for `value`.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let number = self.values.len();
        self.text.push_str(&format!("${number}"));
        self
    }
    /// Appends `($1, $2, …)`; an empty list becomes `(NULL)`, in which nothing is found.
    pub fn bind_list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.text.push('(');
        let mut first = true;
        for value in values {
            if !first {
                self.text.push_str(", ");
            }
            first = false;
            self.bind(value);
        }
        if first {
            self.text.push_str("NULL");
        }
        self.text.push(')');
        self
    }
    /// Appends `column >= valid day AND …`: the dated row `alias` that holds on `day`.
    pub fn on_day(&mut self, alias: &str, day: Date) -> &mut Self {
        self.text(alias).text(".valid_from <= ").bind(day);
        self.text(" AND ").text(alias).text(".valid_to > ").bind(day)
    }
    /// Appends the condition that a row lies within reach on `day`: its place in one of the subtrees, or its kindergarten
    /// one's own, or its kindergarten in one of the clusters (membership in force on the day). Nothing reached, nothing found.
    pub fn within(
        &mut self,
        reach: &Reach,
        place: &str,
        kindergarten: &str,
        day: Date,
    ) -> &mut Self {
        if let ([area], true, true) =
            (reach.areas.as_slice(), reach.kindergartens.is_empty(), reach.clusters.is_empty())
        {
            // The usual case, an officer's one area, as a bare range: an index on the place then serves it.
            self.text("(").text(place).text(" >= ").bind(area.path());
            return self.text(" AND ").text(place).text(" < ").bind(area.end()).text(")");
        }
        self.text("(1 = 0");
        for area in &reach.areas {
            self.text(" OR (").text(place).text(" >= ").bind(area.path());
            self.text(" AND ").text(place).text(" < ").bind(area.end()).text(")");
        }
        if !reach.kindergartens.is_empty() {
            self.text(" OR ")
                .text(kindergarten)
                .text(" IN ")
                .bind_list(reach.kindergartens.iter().copied());
        }
        if !reach.clusters.is_empty() {
            self.text(" OR ").text(kindergarten);
            self.text(" IN (SELECT reached.kindergarten_id FROM membership reached WHERE reached.cluster_id IN ");
            self.bind_list(reach.clusters.iter().copied()).text(" AND ");
            self.on_day("reached", day).text(")");
        }
        self.text(")")
    }
}

/// A LIKE pattern that finds `text` anywhere; its own `%`, `_` and `\` are taken literally (write `ESCAPE '\'`).
pub fn like_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars().take(60) {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Place;

    #[test]
    fn who_reaches_nothing_finds_nothing() {
        let mut sql = Sql::new("SELECT 1 WHERE ");
        sql.within(&Reach::default(), "k.place", "k.id", Date::default());
        assert_eq!(sql.text, "SELECT 1 WHERE (1 = 0)");
    }

    #[test]
    fn a_subtree_is_a_range_of_bound_texts() {
        let reach = Reach { areas: vec![Place::city("4403").child("440305")], ..Reach::default() };
        let mut sql = Sql::new("SELECT 1 WHERE a = ");
        sql.bind(7_i64).text(" AND ").within(&reach, "k.place", "k.id", Date::default());
        assert_eq!(sql.text, "SELECT 1 WHERE a = $1 AND (k.place >= $2 AND k.place < $3)");
        assert_eq!(sql.values[2], Value::from("4403/4403050".to_owned()));
    }

    #[test]
    fn a_search_for_a_percent_sign_is_literal() {
        assert_eq!(like_pattern("5%_"), "%5\\%\\_%");
    }
}
