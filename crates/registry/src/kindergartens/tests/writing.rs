use super::*;
use crate::kindergartens::{list, returned, template};

#[test]
fn the_template_as_it_comes_has_a_header_and_no_rows() {
    let bytes = template(grid()).unwrap();
    assert_eq!(
        sheets::read(&bytes, &Limits::default()),
        Err(sheets::Unreadable::NoRows { header_line: 1 })
    );
}

#[test]
fn a_returned_register_corrected_in_place_is_taken() {
    let table = table(&csv(&[sound(1), with(2, "班级数", "九"), with(3, "在园幼儿数", "300")]));
    let reading = Reading::on(day());
    let preview =
        super::super::preview(&table, grid(), &Existing::new(), &reading, &mut |_, _| {}).unwrap();
    let mut again = sheets::read(&returned(&table, &preview).unwrap(), &Limits::default()).unwrap();
    assert_eq!(again.header, table.header);
    assert_eq!(again.rows.len(), 2);
    again.rows[0].cells[column("班级数")] = sheets::Cell::Text("9".into());
    let corrected =
        super::super::preview(&again, grid(), &Existing::new(), &reading, &mut |_, _| {}).unwrap();
    assert_eq!((corrected.totals.new, corrected.totals.refused), (2, 0));
}

#[test]
fn an_exported_list_imported_again_changes_nothing() {
    let known = known(&preview_lines(&(0..10).map(sound).collect::<Vec<_>>()));
    let facts: Vec<_> = known.values().cloned().collect();
    let sheet = list(&facts, grid(), "南山区幼儿园名册", vec!["截至 2026-02-03".into()]);
    let bytes = sheets::write_lists(&[sheet]).unwrap();
    let table = sheets::read(&bytes, &Limits::default()).unwrap();
    let preview =
        super::super::preview(&table, grid(), &known, &Reading::on(day()), &mut |_, _| {}).unwrap();
    assert_eq!(preview.totals.unchanged, 10, "{:?}", preview.rows[0]);
    assert!(preview.rows.iter().all(|row| row.messages.is_empty()));
}
