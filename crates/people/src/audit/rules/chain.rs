use std::fmt::Write;

use kernel::Moment;
use sm3::{Digest, Sm3};

use crate::audit::types::{Entry, Ids, Link, Seal};

/// What stands for the head before the first seal.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// SM3 over fields that can't run into one another (see `audit/mod.rs`).
struct Fields(Sm3);

impl Fields {
    fn of(kind: &str) -> Self {
        let mut fields = Self(Sm3::new());
        fields.text(kind);
        fields
    }
    fn text(&mut self, text: &str) -> &mut Self {
        self.0.update([1]);
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
        self
    }
    fn optional(&mut self, text: Option<&str>) -> &mut Self {
        let Some(text) = text else {
            self.0.update([0]);
            return self;
        };
        self.text(text)
    }
    fn number(&mut self, number: i64) -> &mut Self {
        self.text(&number.to_string())
    }
    fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// The digest of an entry.
pub fn digest(entry: &Entry) -> [u8; 32] {
    let mut fields = Fields::of("gongzhi-entry-1");
    fields.number(entry.id).number(entry.at.millis());
    fields.optional(entry.person_id.map(|id| id.to_string()).as_deref());
    fields.text(&entry.person).text(&entry.post).text(&entry.address).text(&entry.request);
    fields.text(&entry.event).text(&entry.subject).text(&entry.summary);
    fields
        .optional(entry.place.as_deref())
        .optional(entry.before.as_deref())
        .optional(entry.after.as_deref());
    fields.text(&entry.outcome);
    fields.finish()
}

/// The head that a seal must have.
pub fn head(seal: &Seal) -> String {
    let mut fields = Fields::of("gongzhi-seal-1");
    fields.text(&seal.previous).number(seal.number).number(seal.sealed_at.millis());
    fields.number(seal.last_id).number(seal.entries).text(&seal.covers.to_string());
    fields.text(&seal.pending.to_string()).text(&seal.void.to_string()).text(&seal.digests);
    hex(&fields.finish())
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The seal over `seen`: the entries that are visible among what `last` left pending and above its `last_id`, in the
/// order of their numbers. Pending numbers up to `void_up_to` are given up. None when there is nothing to say.
pub fn next_seal(
    last: Option<&Link>,
    seen: &[Entry],
    void_up_to: i64,
    now: Moment,
) -> Option<Seal> {
    let (number, sealed_up_to) = last.map_or((0, 0), |last| (last.number, last.last_id));
    let pending = last.map(|last| last.pending.clone()).unwrap_or_default();
    let covers = Ids::of(seen.iter().map(|entry| entry.id));
    let last_id = seen.iter().map(|entry| entry.id).max().unwrap_or(0).max(sealed_up_to);
    let missing = pending.and(&Ids::range(sealed_up_to + 1, last_id)).without(&covers);
    let (void, pending) = missing.split(void_up_to);
    if covers.is_empty() && void.is_empty() {
        return None;
    }
    let mut seal = Seal {
        number: number + 1,
        sealed_at: now,
        last_id,
        entries: seen.len() as i64,
        covers,
        pending,
        void,
        digests: seen.iter().map(|entry| hex(&digest(entry))).collect(),
        previous: last.map_or_else(|| GENESIS.to_owned(), |last| last.head.clone()),
        head: String::new(),
    };
    seal.head = head(&seal);
    Some(seal)
}

/// A seal as the next one continues it.
impl From<&Seal> for Link {
    fn from(seal: &Seal) -> Self {
        Self {
            number: seal.number,
            sealed_at: seal.sealed_at,
            last_id: seal.last_id,
            entries: seal.entries,
            pending: seal.pending.clone(),
            head: seal.head.clone(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn entry(id: i64) -> Entry {
        Entry {
            id,
            at: Moment::from_millis(1_770_000_000_000 + id),
            person_id: None,
            person: "王敏".to_owned(),
            post: "南山区学前科科员".to_owned(),
            address: "10.0.0.7".to_owned(),
            request: "req".to_owned(),
            event: "kindergarten.corrected".to_owned(),
            subject: format!("kg_{id}"),
            summary: "更正青禾幼儿园".to_owned(),
            place: Some("4403/440305/".to_owned()),
            before: None,
            after: Some("{\"children\":180}".to_owned()),
            outcome: "done".to_owned(),
        }
    }

    fn seal(last: Option<&Seal>, ids: &[i64], void_up_to: i64) -> Option<Seal> {
        let seen: Vec<Entry> = ids.iter().map(|id| entry(*id)).collect();
        next_seal(last.map(Link::from).as_ref(), &seen, void_up_to, Moment::from_millis(1))
    }

    #[test]
    fn the_digest_is_sm3() {
        let abc = Sm3::new().chain_update(b"abc").finalize();
        assert_eq!(hex(&abc), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }

    #[test]
    fn text_that_moves_from_one_field_to_the_next_changes_the_digest() {
        let one = Entry { person: "王".to_owned(), post: "敏科员".to_owned(), ..entry(1) };
        let other = Entry { person: "王敏".to_owned(), post: "科员".to_owned(), ..entry(1) };
        assert_ne!(digest(&one), digest(&other));
    }

    #[test]
    fn nothing_and_an_empty_text_differ() {
        let none = Entry { before: None, after: Some(String::new()), ..entry(1) };
        let other = Entry { before: Some(String::new()), after: None, ..entry(1) };
        assert_ne!(digest(&none), digest(&other));
    }

    #[test]
    fn a_number_that_is_not_seen_yet_is_pending_and_covered_when_it_comes() {
        let first = seal(None, &[1, 2, 4], 0).unwrap();
        assert_eq!(
            (first.covers.to_string().as_str(), first.pending.to_string().as_str()),
            ("1-2,4", "3")
        );
        assert_eq!((first.number, first.last_id, first.previous.as_str()), (1, 4, GENESIS));
        assert_eq!(seal(Some(&first), &[], 0), None);
        let second = seal(Some(&first), &[3, 6], 0).unwrap();
        assert_eq!(
            (second.covers.to_string().as_str(), second.pending.to_string().as_str()),
            ("3,6", "5")
        );
        assert_eq!((second.number, &second.previous), (2, &first.head));
        assert_eq!(second.digests.len(), 128);
    }

    #[test]
    fn a_number_that_does_not_come_is_given_up() {
        let first = seal(None, &[1, 4], 0).unwrap();
        let second = seal(Some(&first), &[], 2).unwrap();
        assert_eq!(
            (second.entries, second.void.to_string(), second.pending.to_string()),
            (0, "2".into(), "3".into())
        );
        assert_eq!(second.last_id, 4);
        let third = seal(Some(&second), &[3], 4).unwrap();
        assert_eq!((third.covers.to_string(), third.void.to_string()), ("3".into(), String::new()));
    }

    #[test]
    fn every_part_of_a_seal_is_in_its_head() {
        let whole = seal(None, &[1, 2, 4], 0).unwrap();
        let altered = [
            Seal { number: 2, ..whole.clone() },
            Seal { sealed_at: Moment::from_millis(2), ..whole.clone() },
            Seal { last_id: 5, ..whole.clone() },
            Seal { entries: 2, ..whole.clone() },
            Seal { covers: Ids::range(1, 3), ..whole.clone() },
            Seal { pending: Ids::none(), ..whole.clone() },
            Seal { void: Ids::range(3, 3), ..whole.clone() },
            Seal { digests: String::new(), ..whole.clone() },
            Seal { previous: String::new(), ..whole.clone() },
        ];
        for seal in altered {
            assert_ne!(head(&seal), whole.head, "{seal:?}");
        }
        assert_eq!(head(&whole), whole.head);
    }
}
