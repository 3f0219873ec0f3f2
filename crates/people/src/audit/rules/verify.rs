use std::fmt::Display;

use super::chain::{GENESIS, digest, head, hex};
use crate::audit::types::{End, Entry, Fault, Header, Ids, Line, Seal, Verdict};

/// The format that this program writes and reads.
pub const FORMAT: &str = "gongzhi-audit-1";

/// Most faults that a verdict lists; it counts the rest.
pub const MOST_FAULTS: usize = 100;

/// Checks an export line by line, without a server. `earlier_head` is a head that was kept outside: it must stand in the
/// chain, or what was sealed up to it has been cut off or rewritten. Of each entry 48 bytes are kept, nothing else.
pub fn verify<E: Display>(
    lines: impl IntoIterator<Item = Result<String, E>>,
    earlier_head: Option<&str>,
) -> Verdict {
    let mut check = Check::new(earlier_head);
    let mut number = 0;
    for line in lines {
        number += 1;
        let text = match line {
            Ok(text) => text,
            Err(cause) => {
                // A file that can't be read on would answer the same for ever.
                check.fault(Fault::Unreadable { line: number, cause: cause.to_string() });
                break;
            }
        };
        if number == 1 && !text.trim_start_matches('\u{feff}').starts_with("{\"header\"") {
            check.fault(Fault::NoHeader);
            break;
        }
        match serde_json::from_str::<Line>(text.trim_start_matches('\u{feff}')) {
            Ok(line) => check.line(number, line),
            Err(cause) => check.fault(Fault::Unreadable { line: number, cause: cause.to_string() }),
        }
    }
    if number == 0 {
        check.fault(Fault::NoHeader);
    }
    check.finish()
}

/// What stood before the line that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Nothing,
    Header,
    Entries,
    Seals,
    End,
}

struct Kept {
    id: i64,
    digest: [u8; 32],
    is_covered: bool,
}

/// A check under way: line after line, then [`Check::finish`].
pub struct Check {
    verdict: Verdict,
    earlier_head: Option<String>,
    part: Part,
    kept: Vec<Kept>,
    is_sorted: bool,
    /// Of the seals so far.
    number: i64,
    head: String,
    last_id: i64,
    pending: Ids,
}

impl Check {
    /// A check; see [`verify`].
    pub fn new(earlier_head: Option<&str>) -> Self {
        Self {
            verdict: Verdict::default(),
            earlier_head: earlier_head.map(|head| head.trim().to_ascii_lowercase()),
            part: Part::Nothing,
            kept: Vec::new(),
            is_sorted: true,
            number: 0,
            head: GENESIS.to_owned(),
            last_id: 0,
            pending: Ids::none(),
        }
    }

    fn fault(&mut self, fault: Fault) {
        let verdict = &mut self.verdict;
        verdict.first_bad_entry = match (verdict.first_bad_entry, fault.entry()) {
            (Some(first), Some(entry)) => Some(first.min(entry)),
            (first, entry) => first.or(entry),
        };
        verdict.faults_total += 1;
        if verdict.faults.len() < MOST_FAULTS {
            verdict.faults.push(fault);
        }
    }

    /// Looks at the next line, the `number`th.
    pub fn line(&mut self, number: u64, line: Line) {
        let part = match &line {
            Line::Header(_) => Part::Header,
            Line::Entry(_) => Part::Entries,
            Line::Seal(_) => Part::Seals,
            Line::End(_) => Part::End,
        };
        let repeats = matches!(part, Part::Entries | Part::Seals);
        if part < self.part || (part == self.part && !repeats) {
            self.fault(Fault::Misplaced { line: number });
        } else {
            self.part = part;
        }
        match line {
            Line::Header(header) => self.header(header),
            Line::Entry(entry) => self.entry(number, &entry),
            Line::Seal(seal) => self.seal(seal),
            Line::End(end) => self.end(&end),
        }
    }

    fn header(&mut self, header: Header) {
        if header.format != FORMAT {
            self.fault(Fault::UnknownFormat(header.format));
        }
        self.verdict.city = header.city;
        self.verdict.exported_at = Some(header.exported_at);
    }

    fn entry(&mut self, line: u64, entry: &Entry) {
        self.verdict.entries += 1;
        if let Some(last) = self.kept.last()
            && entry.id <= last.id
        {
            let is_double = if self.is_sorted {
                self.kept.binary_search_by_key(&entry.id, |kept| kept.id).is_ok()
            } else {
                self.kept.iter().any(|kept| kept.id == entry.id)
            };
            if is_double {
                self.fault(Fault::Doubled { entry: entry.id, line });
                return;
            }
            self.fault(Fault::Swapped { entry: entry.id, line });
            self.is_sorted = false;
        }
        self.kept.push(Kept { id: entry.id, digest: digest(entry), is_covered: false });
    }

    fn seal(&mut self, seal: Seal) {
        if !self.is_sorted {
            self.kept.sort_by_key(|kept| kept.id);
            self.is_sorted = true;
        }
        self.verdict.seals += 1;
        if seal.number != self.number + 1 {
            self.fault(Fault::SealMissing { expected: self.number + 1, found: seal.number });
        } else if seal.previous != self.head {
            self.fault(Fault::ChainBroken { seal: seal.number });
        } else if !self.accounts_for_all(&seal) {
            self.fault(Fault::Unaccounted { seal: seal.number });
        }
        if head(&seal) != seal.head {
            self.fault(Fault::SealAltered { seal: seal.number });
        }
        self.covered(&seal);
        if self.earlier_head.as_ref() == Some(&seal.head) {
            self.verdict.earlier_seal = Some(seal.number);
        }
        self.number = seal.number;
        self.last_id = self.last_id.max(seal.last_id);
        self.pending = seal.pending;
        self.head = seal.head;
    }

    /// Whether everything that was pending or is new is covered, pending or void, and nothing twice.
    fn accounts_for_all(&self, seal: &Seal) -> bool {
        let due = self.pending.and(&Ids::range(self.last_id.saturating_add(1), seal.last_id));
        let told = seal.covers.and(&seal.pending).and(&seal.void);
        let apart = [&seal.covers, &seal.pending, &seal.void]
            .iter()
            .fold(0_u64, |sum, ids| sum.saturating_add(ids.count()));
        seal.last_id >= self.last_id
            && told == due
            && told.count() == apart
            && u64::try_from(seal.entries) == Ok(seal.covers.count())
    }

    /// Compares the entries that a seal covers with the digests that it keeps of them.
    fn covered(&mut self, seal: &Seal) {
        if !seal.digests.is_ascii()
            || seal.covers.count().checked_mul(64) != Some(seal.digests.len() as u64)
        {
            self.fault(Fault::Unaccounted { seal: seal.number });
            return;
        }
        for (place, id) in seal.covers.iter().enumerate() {
            let sealed = seal.digests.get(place * 64..place * 64 + 64).unwrap_or_default();
            let Ok(found) = self.kept.binary_search_by_key(&id, |kept| kept.id) else {
                self.fault(Fault::Missing { entry: id, seal: seal.number });
                continue;
            };
            let Some(kept) = self.kept.get_mut(found) else { continue };
            kept.is_covered = true;
            if hex(&kept.digest) != sealed {
                self.fault(Fault::Altered { entry: id, seal: seal.number });
            }
        }
    }

    fn end(&mut self, end: &End) {
        if (end.entries, end.seals) != (self.verdict.entries, self.verdict.seals) {
            self.fault(Fault::Counts { entries: end.entries, seals: end.seals });
        }
    }

    /// What has been found.
    pub fn finish(mut self) -> Verdict {
        if self.part != Part::Nothing && self.part != Part::End {
            self.fault(Fault::CutOff);
        }
        let mut uncovered = Vec::new();
        for kept in self.kept.iter().filter(|kept| !kept.is_covered) {
            if kept.id > self.last_id || self.pending.contains(kept.id) {
                self.verdict.unsealed_tail += 1;
            } else {
                uncovered.push(kept.id);
            }
        }
        uncovered.sort_unstable();
        for entry in uncovered {
            self.fault(Fault::Uncovered { entry });
        }
        if self.earlier_head.is_some() && self.verdict.earlier_seal.is_none() {
            self.fault(Fault::HeadUnknown);
        }
        if self.verdict.seals > 0 {
            self.verdict.head = self.head;
        }
        self.verdict.passed = self.verdict.faults_total == 0;
        self.verdict
    }
}

#[cfg(test)]
mod tests {
    use kernel::Moment;

    use super::super::chain::{next_seal, tests::entry};
    use super::*;
    use crate::audit::types::Link;

    /// Ten entries, three seals with a late number 3, two entries in the unsealed tail.
    fn export() -> Vec<Line> {
        let header = Header {
            format: FORMAT.to_owned(),
            city: "4403/".to_owned(),
            exported_at: Moment::from_millis(9),
        };
        let mut lines = vec![Line::Header(header)];
        lines.extend((1..=10).map(|id| Line::Entry(Box::new(entry(id)))));
        let mut last: Option<Link> = None;
        for ids in [vec![1, 2, 4], vec![5, 6], vec![3, 7, 8]] {
            let seen: Vec<Entry> = ids.into_iter().map(entry).collect();
            let seal = next_seal(last.as_ref(), &seen, 0, Moment::from_millis(5)).unwrap();
            last = Some(Link::from(&seal));
            lines.push(Line::Seal(seal));
        }
        lines.push(Line::End(End { entries: 10, seals: 3 }));
        lines
    }

    fn check(lines: &[Line]) -> Verdict {
        check_against(lines, None)
    }

    fn check_against(lines: &[Line], head: Option<&str>) -> Verdict {
        verify(
            lines.iter().map(|line| serde_json::to_string(line).map_err(|error| error.to_string())),
            head,
        )
    }

    fn entry_at(lines: &mut [Line], place: usize) -> &mut Entry {
        match &mut lines[place] {
            Line::Entry(entry) => entry,
            other => panic!("{other:?}"),
        }
    }

    fn seal_at(lines: &mut [Line], place: usize) -> &mut Seal {
        match &mut lines[place] {
            Line::Seal(seal) => seal,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_honest_export_passes_and_tells_its_unsealed_tail() {
        let mut lines = export();
        let verdict = check(&lines);
        assert!(verdict.passed, "{verdict:?}");
        assert_eq!((verdict.entries, verdict.seals, verdict.unsealed_tail), (10, 3, 2));
        assert_eq!(verdict.head, seal_at(&mut lines, 13).head);
    }

    #[test]
    fn every_field_of_an_altered_entry_is_noticed_and_the_entry_named() {
        let alterations: [fn(&mut Entry); 12] = [
            |entry| entry.at = Moment::from_millis(0),
            |entry| entry.person_id = Some("per_00000000000000000000000001".parse().unwrap()),
            |entry| entry.person.push('x'),
            |entry| entry.post.push('x'),
            |entry| entry.address.push('x'),
            |entry| entry.request.push('x'),
            |entry| entry.event.push('x'),
            |entry| entry.subject.push('x'),
            |entry| entry.summary.push('x'),
            |entry| entry.place = None,
            |entry| entry.before = Some(String::new()),
            |entry| entry.outcome = "refused".to_owned(),
        ];
        for alter in alterations {
            let mut lines = export();
            alter(entry_at(&mut lines, 6));
            let verdict = check(&lines);
            assert_eq!(verdict.faults, [Fault::Altered { entry: 6, seal: 2 }]);
            assert!(!verdict.passed && verdict.first_bad_entry == Some(6));
        }
    }

    #[test]
    fn the_first_bad_entry_is_the_one_with_the_smallest_number() {
        let mut lines = export();
        entry_at(&mut lines, 3).summary.clear();
        entry_at(&mut lines, 6).summary.clear();
        let verdict = check(&lines);
        assert_eq!(
            verdict.faults,
            [Fault::Altered { entry: 6, seal: 2 }, Fault::Altered { entry: 3, seal: 3 }]
        );
        assert_eq!(verdict.first_bad_entry, Some(3));
    }

    #[test]
    fn a_removed_entry_is_a_gap_even_when_the_counts_are_mended() {
        let mut lines = export();
        lines.remove(4);
        let last = lines.len() - 1;
        lines[last] = Line::End(End { entries: 9, seals: 3 });
        assert_eq!(check(&lines).faults, [Fault::Missing { entry: 4, seal: 1 }]);
    }

    #[test]
    fn a_smuggled_entry_is_named() {
        let mut lines = export();
        let seals: Vec<Line> = lines.drain(11..).collect();
        lines.drain(9..);
        // Entries 9 and 10 are gone; now number 3 is void instead of late, and yet stands there.
        let seen: Vec<Entry> = [1, 2, 4].into_iter().map(entry).collect();
        let first = next_seal(None, &seen, 0, Moment::from_millis(1)).unwrap();
        let seen: Vec<Entry> = (5..=8).map(entry).collect();
        let second =
            next_seal(Some(&Link::from(&first)), &seen, 3, Moment::from_millis(2)).unwrap();
        lines.extend([
            Line::Seal(first),
            Line::Seal(second),
            Line::End(End { entries: 8, seals: 2 }),
        ]);
        assert_eq!(seals.len(), 4);
        assert_eq!(check(&lines).faults, [Fault::Uncovered { entry: 3 }]);
    }

    #[test]
    fn swapped_and_doubled_lines_are_named() {
        let mut lines = export();
        lines.swap(5, 6);
        assert_eq!(check(&lines).faults, [Fault::Swapped { entry: 5, line: 7 }]);
        let mut lines = export();
        lines.insert(3, lines[2].clone());
        let verdict = check(&lines);
        assert_eq!(verdict.faults[0], Fault::Doubled { entry: 2, line: 4 });
        let mut lines = export();
        lines.swap(1, 12);
        assert!(check(&lines).faults.contains(&Fault::Misplaced { line: 3 }));
    }

    #[test]
    fn an_altered_seal_is_named_and_so_is_one_whose_head_was_mended() {
        let mut lines = export();
        seal_at(&mut lines, 12).sealed_at = Moment::from_millis(77);
        assert_eq!(check(&lines).faults, [Fault::SealAltered { seal: 2 }]);
        let seal = seal_at(&mut lines, 12);
        seal.head = head(seal);
        assert_eq!(check(&lines).faults, [Fault::ChainBroken { seal: 3 }]);
    }

    #[test]
    fn an_entry_altered_together_with_its_seal_breaks_the_chain() {
        let mut lines = export();
        entry_at(&mut lines, 5).summary.clear();
        let changed = hex(&digest(entry_at(&mut lines, 5)));
        let seal = seal_at(&mut lines, 12);
        seal.digests.replace_range(..64, &changed);
        seal.head = head(seal);
        assert_eq!(check(&lines).faults, [Fault::ChainBroken { seal: 3 }]);
    }

    #[test]
    fn a_removed_seal_is_named() {
        let mut lines = export();
        lines.remove(12);
        let verdict = check(&lines);
        assert_eq!(verdict.faults[0], Fault::SealMissing { expected: 2, found: 3 });
    }

    #[test]
    fn a_seal_that_leaves_a_number_out_is_named() {
        let mut lines = export();
        let first = seal_at(&mut lines, 11);
        first.pending = Ids::none();
        first.head = head(first);
        assert!(check(&lines).faults.contains(&Fault::Unaccounted { seal: 1 }));
    }

    #[test]
    fn a_file_that_ends_early_is_cut_off() {
        let lines = export();
        for length in 1..lines.len() {
            assert!(check(&lines[..length]).faults.contains(&Fault::CutOff), "{length}");
        }
        assert_eq!(check(&[]).faults, [Fault::NoHeader]);
    }

    #[test]
    fn a_neatly_shortened_export_passes_alone_but_not_against_an_earlier_head() {
        let mut lines = export();
        let third = seal_at(&mut lines, 13).head.clone();
        let second = seal_at(&mut lines, 12).head.clone();
        let mut short: Vec<Line> = lines[..7].to_vec();
        short.extend_from_slice(&lines[11..13]);
        short.push(Line::End(End { entries: 6, seals: 2 }));
        let alone = check(&short);
        assert!(alone.passed && alone.unsealed_tail == 1, "{alone:?}");
        assert_eq!(check_against(&short, Some(&third)).faults, [Fault::HeadUnknown]);
        let kept = check_against(&short, Some(&format!(" {} ", second.to_uppercase())));
        assert!(kept.passed && kept.earlier_seal == Some(2));
        assert_eq!(check_against(&lines, Some(&second)).earlier_seal, Some(2));
    }

    #[test]
    fn what_is_no_export_is_refused_without_panic() {
        for text in [
            "",
            "{}",
            "null",
            "PK\u{3}\u{4}",
            "{\"header\":{}}",
            "{\"header\":{\"format\":\"x\",\"city\":\"\",\"exported_at\":1}}",
        ] {
            let verdict = verify([Ok::<_, String>(text.to_owned())], None);
            assert!(!verdict.passed, "{text}");
        }
        let broken = verify([Err::<String, _>("Is a directory")], None);
        assert_eq!(broken.faults_total, 1);
        // A seal that claims more numbers than anybody can count is not counted.
        let mut lines = export();
        let seal = seal_at(&mut lines, 13);
        seal.covers = Ids::range(1, i64::MAX);
        seal.last_id = i64::MAX;
        assert!(!check(&lines).passed);
    }

    #[test]
    fn an_unknown_field_is_no_place_to_hide() {
        let lines = export();
        let texts = lines.iter().map(|line| {
            let text = serde_json::to_string(line).unwrap();
            Ok::<_, String>(text.replacen("{\"id\":6,", "{\"id\":6,\"note\":\"x\",", 1))
        });
        let verdict = verify(texts, None);
        assert!(matches!(verdict.faults[0], Fault::Unreadable { line: 7, .. }), "{verdict:?}");
    }

    #[test]
    fn at_most_a_hundred_faults_are_listed_and_all_are_counted() {
        let mut lines = export();
        for place in 0..150 {
            lines.insert(1, Line::Entry(Box::new(entry(place + 1000))));
        }
        let verdict = check(&lines);
        assert_eq!(verdict.faults.len(), MOST_FAULTS);
        assert!(verdict.faults_total > 100);
    }
}
