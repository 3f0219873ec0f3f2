use kernel::{Date, OPEN_END, PersonId, PostId, PostKind, coded};
use serde::{Deserialize, Serialize};

coded! {
    /// Which part of a post's life a list shows.
    State {
        /// Held on the day of the list.
        Held = "held", "在任";
        /// Beginning after the day.
        Coming = "coming", "待到任";
        /// Ended before the day.
        Ended = "ended", "已离任";
    }
}

/// A post of an office with its holder.
#[derive(Debug, Clone)]
pub struct Officer {
    /// The post.
    pub post: PostId,
    /// Who holds it.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// The login; none without an account.
    pub login: Option<String>,
    /// Which post.
    pub kind: PostKind,
    /// The district's name; empty for the city.
    pub at: String,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub to: Date,
    /// The paper that gave it.
    pub paper_number: String,
    /// Why it ended before its time.
    pub end_reason: String,
}

impl Officer {
    /// The last day, if one is known.
    pub fn last_day(&self) -> Option<Date> {
        if self.to >= OPEN_END { None } else { self.to.pred_opt() }
    }
    /// In which part of its life it is on a day.
    pub fn state_on(&self, day: Date) -> State {
        if day < self.from {
            State::Coming
        } else if self.to <= day {
            State::Ended
        } else {
            State::Held
        }
    }
}

/// Which posts a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<PostKind>,
    /// Of this district.
    pub district: Option<String>,
    /// In this part of their life; none shows all.
    pub state: Option<State>,
    /// With this text in the holder's name or login.
    pub text: String,
}
