mod sought;

use kernel::{ClusterId, KindergartenId, PersonId, coded};
use serde::{Deserialize, Serialize};
pub use sought::{Sought, Unsearchable};
pub(crate) use sought::{key_of, texts_of};

coded! {
    /// What can be found.
    Kind {
        /// A kindergarten.
        Kindergarten = "kindergarten", "幼儿园";
        /// A cluster.
        Cluster = "cluster", "学区";
        /// A person who holds a post.
        Person = "person", "人员";
        /// A clause of the policy.
        Clause = "clause", "政策条款";
        /// A page of the navigation.
        Page = "page", "页面";
    }
}

/// A stretch of a text, and whether it is what was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) hit: bool,
}

/// Which of a thing's texts something was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// Its name.
    Name,
    /// 国家标识码.
    NationalCode,
    /// Its number: a kindergarten's in the register, a clause's.
    Number,
    /// A national code that it has borne.
    FormerCode,
    /// A name that it has borne.
    Former,
}

impl Way {
    const ALL: [(Self, char, &'static str); 5] = [
        (Self::Name, 'N', ""),
        (Self::NationalCode, 'C', "国家标识码"),
        (Self::Number, 'R', "编号"),
        (Self::FormerCode, 'D', "曾用标识码"),
        (Self::Former, 'F', "曾用名"),
    ];
    fn known(self) -> (char, &'static str) {
        let found = Self::ALL.into_iter().find(|(way, ..)| *way == self);
        found.map_or((' ', ""), |(_, sign, label)| (sign, label))
    }
    /// What a line says before the text in which something was found; nothing before the name itself.
    pub(crate) fn label(self) -> &'static str {
        self.known().1
    }
    /// The sign of its line in a key.
    pub(crate) fn sign(self) -> char {
        self.known().0
    }
    /// The way of a sign.
    pub(crate) fn of_sign(sign: char) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known, _)| *known == sign).map(|(way, ..)| way)
    }
    /// Whether it is a code or number and not a name.
    pub(crate) fn is_code(self) -> bool {
        matches!(self, Self::NationalCode | Self::Number | Self::FormerCode)
    }
}

/// Where each word was found, and how well the worst of them fits; smaller is better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) class: u8,
    /// The place of the text among those given, and the characters in it from and before.
    pub(crate) spans: Vec<(usize, (usize, usize))>,
}

impl Finding {
    /// The text in pieces.
    pub(crate) fn pieces(&self, place: usize, text: &str) -> Vec<Piece> {
        let is_hit = |at: usize| {
            self.spans.iter().any(|(of, (from, to))| *of == place && (*from..*to).contains(&at))
        };
        let mut pieces: Vec<Piece> = Vec::new();
        for (at, letter) in text.chars().enumerate() {
            match pieces.last_mut() {
                Some(piece) if piece.hit == is_hit(at) => piece.text.push(letter),
                _ => pieces.push(Piece { text: letter.into(), hit: is_hit(at) }),
            }
        }
        pieces
    }

    /// The first text besides the name in which a word was found.
    pub(crate) fn other_text(&self) -> Option<usize> {
        self.spans.iter().map(|(place, _)| *place).find(|place| *place != 0)
    }
}

/// One thing that was found, ready to be shown.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    pub(crate) href: String,
    /// Its name.
    pub(crate) title: Vec<Piece>,
    /// By which other text it was found: `曾用名`, `国家标识码`; empty when by its name.
    pub(crate) by: &'static str,
    /// That text.
    pub(crate) by_text: Vec<Piece>,
    /// Where it is, what it is.
    pub(crate) note: String,
}

/// What was found of one kind.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Group {
    pub(crate) kind: Kind,
    pub(crate) label: &'static str,
    /// How many there are; the lines may be fewer.
    pub(crate) total: usize,
    /// Whether there may be more than were counted.
    pub(crate) cut: bool,
    pub(crate) lines: Vec<Line>,
    /// The address of this kind's own list.
    pub(crate) all: String,
    /// How well the best of them fits.
    #[serde(skip)]
    pub(crate) best: u8,
}

impl Group {
    /// Whether some are not among the lines.
    pub(crate) fn has_more(&self) -> bool {
        self.cut || self.total > self.lines.len()
    }
    /// How many there are, in words.
    pub(crate) fn count(&self) -> String {
        format!("{}{} 项", if self.cut { "至少 " } else { "" }, self.total)
    }
}

/// Something that was found, with its name and where in it.
#[derive(Debug)]
pub struct Hit<S> {
    /// What it is.
    pub subject: S,
    /// Its name.
    pub name: String,
    pub(crate) title: Vec<Piece>,
    pub(crate) by: &'static str,
    pub(crate) by_text: Vec<Piece>,
    rank: (u8, usize),
}

impl<S> Hit<S> {
    /// How well it fits; smaller is better.
    pub(crate) fn class(&self) -> u8 {
        self.rank.0
    }
    /// As a line of the results.
    pub(crate) fn line(self, href: String, note: String) -> Line {
        Line { href, title: self.title, by: self.by, by_text: self.by_text, note }
    }
}

/// What a search of one kind brought.
#[derive(Debug)]
pub struct Catch<S> {
    /// The best, best first, at most as many as were wanted.
    pub hits: Vec<Hit<S>>,
    /// How many there are.
    pub total: usize,
    /// Whether there may be more than were counted.
    pub is_cut: bool,
    /// Whether something was met that has no key yet.
    pub is_unlearnt: bool,
    wanted: usize,
}

impl<S> Catch<S> {
    /// Nothing yet.
    pub(crate) fn of(wanted: usize) -> Self {
        Self { hits: Vec::new(), total: 0, is_cut: false, is_unlearnt: false, wanted }
    }

    /// Takes what was found in these texts, of which the first is its name.
    pub(crate) fn take(&mut self, finding: &Finding, texts: &[(Way, &str)], subject: S) {
        let Some((_, name)) = texts.first() else { return };
        self.total += 1;
        let rank = (finding.class, name.chars().count());
        // The better, the shorter, and of these by name.
        let at = self.hits.partition_point(|hit| (hit.rank, hit.name.as_str()) <= (rank, *name));
        if at >= self.wanted {
            return;
        }
        let (by, by_text) = match finding.other_text() {
            Some(place) => (texts[place].0.label(), finding.pieces(place, texts[place].1)),
            None => ("", Vec::new()),
        };
        let title = finding.pieces(0, name);
        self.hits.insert(at, Hit { subject, name: (*name).to_owned(), title, by, by_text, rank });
        self.hits.truncate(self.wanted);
    }
}

/// A cluster that was found.
#[derive(Debug)]
pub struct FoundCluster {
    /// Its id.
    pub id: ClusterId,
    /// Its district's name.
    pub district: String,
}

/// A person who was found.
#[derive(Debug)]
pub struct FoundPerson {
    /// The id.
    pub id: PersonId,
    /// The posts that stand within reach; at least one.
    pub posts: Vec<HeldPost>,
}

/// A post that somebody holds.
#[derive(Debug)]
pub struct HeldPost {
    /// 青禾幼儿园园长
    pub label: String,
    /// The code of the district in whose bureau it stands.
    pub district: Option<String>,
    /// The kindergarten in which it stands.
    pub kindergarten: Option<KindergartenId>,
    /// The cluster in which it stands.
    pub cluster: Option<ClusterId>,
}
