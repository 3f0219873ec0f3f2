//! Which column means what, under the names that offices use; and lines read by what their columns mean.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::cells::{self, Read, half_width};
use crate::message::Message;
use crate::table::{Cell, Line, Table};
use crate::unreadable::Unfit;

/// What columns can mean, each under its titles: without blanks, brackets and case. The first title is ours.
pub type Titles<M> = [(M, &'static [&'static str])];

/// What a title means.
pub fn meaning<M: Copy>(titles: &Titles<M>, title: &str) -> Option<M> {
    plain_titles(title).iter().find_map(|plain| {
        let found = titles.iter().find(|(_, titles)| titles.contains(&plain.as_str()));
        found.map(|(meaning, _)| *meaning)
    })
}

/// A title without what offices decorate it with: once with what stands in brackets, once without.
pub fn plain_titles(title: &str) -> [String; 2] {
    let open: String = normal(title).filter(|letter| !matches!(letter, '(' | ')')).collect();
    let mut depth = 0_u32;
    let closed: String = normal(title)
        .filter(|letter| {
            match letter {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect();
    [open, closed]
}

/// A title without what offices decorate it with.
fn normal(title: &str) -> impl Iterator<Item = char> {
    title
        .chars()
        .map(half_width)
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            '【' | '[' => '(',
            '】' | ']' => ')',
            letter => letter,
        })
        .filter(|letter| {
            !letter.is_whitespace()
                && !matches!(letter, '*' | '＊' | ':' | '_' | '-' | '、' | '/' | '.' | '·')
        })
}

/// The columns of a table that are understood.
#[derive(Debug)]
pub struct Columns<'t, M: 'static> {
    table: &'t Table,
    titles: &'static Titles<M>,
    found: BTreeMap<M, usize>,
    doubled: Vec<&'t str>,
}

impl<'t, M: Copy + Ord> Columns<'t, M> {
    /// Recognises the columns of a table. Of two that mean the same the first is read.
    pub fn of(table: &'t Table, titles: &'static Titles<M>) -> Columns<'t, M> {
        let (mut found, mut doubled) = (BTreeMap::new(), Vec::new());
        for (index, title) in table.header.iter().enumerate() {
            let Some(meaning) = meaning(titles, title) else { continue };
            match found.entry(meaning) {
                Entry::Vacant(free) => {
                    free.insert(index);
                }
                Entry::Occupied(_) => doubled.push(title.as_str()),
            }
        }
        Columns { table, titles, found, doubled }
    }

    /// These columns, if nothing is missing.
    ///
    /// # Errors
    /// [`Unfit::MissingColumns`], with the labels of what is missing.
    pub fn complete(self, missing: Vec<&'static str>) -> Result<Columns<'t, M>, Unfit> {
        if missing.is_empty() { Ok(self) } else { Err(Unfit::missing(self.table, missing)) }
    }

    /// Where a column with this meaning stands.
    pub fn index(&self, meaning: M) -> Option<usize> {
        self.found.get(&meaning).copied()
    }

    /// Whether there is a column with this meaning.
    pub fn has(&self, meaning: M) -> bool {
        self.found.contains_key(&meaning)
    }

    /// The title under which the first of these meanings stands in the file; empty when none does.
    pub fn title(&self, meanings: &[M]) -> &'t str {
        let index = meanings.iter().find_map(|meaning| self.index(*meaning));
        index.map_or("", |index| self.table.header[index].as_str())
    }

    /// What concerns the file as a whole: columns and sheets that are not read.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.doubled.is_empty() {
            notes.push(format!("列“{}”与前面的列意思相同，没有读取。", self.doubled.join("”“")));
        }
        let ignored: Vec<&str> = self
            .table
            .header
            .iter()
            .filter(|title| !title.is_empty() && meaning(self.titles, title).is_none())
            .map(String::as_str)
            .collect();
        if !ignored.is_empty() {
            notes.push(format!("以下列没有读取：{}。", ignored.join("、")));
        }
        if !self.table.unread_sheets.is_empty() {
            notes.push(format!(
                "只读取了工作表“{}”；还有内容的工作表“{}”没有读取。",
                self.table.sheet.as_deref().unwrap_or_default(),
                self.table.unread_sheets.join("”“")
            ));
        }
        notes
    }
}

/// Reads one line, cell by cell, and keeps what there is to say.
#[derive(Debug)]
pub struct Hand<'a, M: 'static> {
    line: &'a Line,
    columns: &'a Columns<'a, M>,
    messages: Vec<Message>,
}

impl<'a, M: Copy + Ord> Hand<'a, M> {
    /// A hand on a line.
    pub fn on(line: &'a Line, columns: &'a Columns<'a, M>) -> Self {
        Self { line, columns, messages: Vec::new() }
    }

    /// The cell with a meaning and its title, unless it is empty; whatever is in it.
    pub fn raw(&self, meaning: M) -> Option<(&'a Cell, &'a str)> {
        let index = self.columns.index(meaning)?;
        let title = self.columns.table.header.get(index)?;
        let cell = self.line.cells.get(index).filter(|cell| !cell.is_empty())?;
        Some((cell, title))
    }

    /// The same of a cell that can hold a value. An identity number belongs in none of these, and no message repeats it.
    pub fn cell(&mut self, meaning: M) -> Option<(&'a Cell, &'a str)> {
        let (cell, title) = self.raw(meaning)?;
        if cells::holds_identity(&cells::untrimmed(cell)) {
            let text = "这一格不要填写身份证号，没有读取。请改正。";
            self.messages.push(Message::refused(title, text));
            return None;
        }
        if let Some(text) = cells::unusable(cell) {
            self.messages.push(Message::refused(title, text));
            return None;
        }
        Some((cell, title))
    }

    /// Text; a cell that says that there is nothing has none.
    pub fn text(&mut self, meaning: M, read: fn(&Cell) -> Read<String>) -> Option<String> {
        self.value(meaning, |cell| Ok(read(cell)))
    }

    /// A value through `parse`; a cell that says that there is nothing has none.
    pub fn value<T>(
        &mut self,
        meaning: M,
        parse: impl Fn(&Cell) -> Result<Read<T>, String>,
    ) -> Option<T> {
        self.answer(meaning, &[], parse)
    }

    /// The same where some words that say that there is nothing, such as 无, are an answer.
    pub fn answer<T>(
        &mut self,
        meaning: M,
        answers: &[&str],
        parse: impl Fn(&Cell) -> Result<Read<T>, String>,
    ) -> Option<T> {
        let (cell, title) = self.cell(meaning)?;
        if cells::says_nothing(cell) && !answers.contains(&cell.text().as_ref()) {
            return None;
        }
        match parse(cell) {
            Ok(Read { value, mended }) => {
                self.messages.extend(mended.map(|text| Message::mended(title, text)));
                Some(value)
            }
            Err(text) => {
                self.messages.push(Message::refused(title, text));
                None
            }
        }
    }

    /// Says something more.
    pub fn say(&mut self, message: Message) {
        self.messages.push(message);
    }

    /// All that there is to say of the line; a line that is wider than its header has slipped.
    pub fn into_messages(mut self) -> Vec<Message> {
        let (cells, titles) = (self.line.cells.len(), self.columns.table.header.len());
        if cells > titles {
            let text = format!(
                "这一行有 {cells} 格，表头只有 {titles} 列，内容可能错位。CSV 中含逗号的内容须用英文双引号括起。"
            );
            self.messages.push(Message::refused("", text));
        }
        self.messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Severity;
    use crate::{Limits, read};

    const TITLES: &Titles<u8> = &[(1, &["姓名", "name"]), (2, &["岗位"]), (3, &["任职日期"])];

    fn table(text: &str) -> Table {
        read(text.as_bytes(), &Limits::default()).unwrap()
    }

    #[test]
    fn titles_are_known_under_any_decoration_and_the_first_of_two_is_read() {
        let table = table("姓 名*,岗位（必填）,NAME,备注\n陈静,园长,王敏,x\n");
        let columns = Columns::of(&table, TITLES);
        assert_eq!((columns.index(1), columns.index(2), columns.has(3)), (Some(0), Some(1), false));
        assert_eq!((columns.title(&[3, 2]), columns.title(&[3])), ("岗位（必填）", ""));
        let notes = columns.notes().join("");
        assert!(notes.contains("“NAME”与前面") && notes.contains("备注"), "{notes}");
        let Err(Unfit::MissingColumns { missing, found, header_line }) =
            columns.complete(vec!["任职日期"])
        else {
            panic!("it is complete");
        };
        assert_eq!((missing, found.len(), header_line), (vec!["任职日期"], 4, 1));
    }

    #[test]
    fn a_line_is_read_cell_by_cell_with_what_there_is_to_say() {
        let table = table("姓名,岗位,任职日期\n陈 静,无,=A1,多\n11010519491231002X,无,无\n");
        let columns = Columns::of(&table, TITLES);
        let mut hand = Hand::on(&table.rows[0], &columns);
        assert_eq!(hand.text(1, cells::phrase).as_deref(), Some("陈静"));
        assert_eq!(hand.text(2, cells::phrase), None);
        assert_eq!(hand.answer(2, &["无"], |_| Ok(Read::plain(7))), Some(7));
        assert_eq!(hand.value(3, |cell| cells::day(cell).map(Read::plain)), None);
        let said = hand.into_messages();
        let severities: Vec<_> = said.iter().map(|message| message.severity).collect();
        assert_eq!(severities, [Severity::Mended, Severity::Refused, Severity::Refused]);
        assert!(said[2].text.contains("有 4 格"));
        let mut hand = Hand::on(&table.rows[1], &columns);
        assert_eq!(hand.text(1, cells::phrase), None);
        assert_eq!(hand.value(3, |cell| cells::day(cell).map(Read::plain)), None);
        let said = hand.into_messages();
        assert!(said.len() == 1 && !said[0].text.contains("1949"), "{said:?}");
    }
}
