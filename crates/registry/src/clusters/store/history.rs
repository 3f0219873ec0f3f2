//! What happened to a cluster, told from its dated rows.

use std::collections::BTreeMap;

use kernel::{ClusterId, Date, Failure, OPEN_END};
use storage::FromRow;
use storage::{Source, Sql};

use super::super::types::Event;

/// Most rows from which a history is told: some centuries of school years.
const MOST: i64 = 5_000;

/// Names that one sentence lists before it counts.
const NAMES: usize = 5;

#[derive(FromRow)]
struct StateRow {
    valid_from: Date,
    valid_to: Date,
    name: String,
    paper_number: String,
    cause: String,
}

#[derive(FromRow)]
struct StayRow {
    name: String,
    role: String,
    valid_from: Date,
    valid_to: Date,
    paper_number: String,
    cause: String,
}

/// What happened on one day, before it becomes sentences.
#[derive(Default)]
struct Turn {
    texts: Vec<String>,
    joined: Vec<String>,
    left: Vec<String>,
    paper_number: String,
    cause: String,
}

/// The history of a cluster that was just found, the latest first.
pub async fn history(src: &impl Source, cluster: ClusterId) -> Result<Vec<Event>, Failure> {
    let text = "SELECT valid_from, valid_to, name, paper_number, cause FROM cluster_state WHERE cluster_id = $1 \
                ORDER BY valid_from LIMIT $2";
    let states: Vec<StateRow> = src.all(Sql::with(text, [cluster.into(), MOST.into()])).await?;
    let text = "SELECT s.name, m.role, m.valid_from, m.valid_to, m.paper_number, m.cause FROM membership m \
                JOIN kindergarten_state s ON s.kindergarten_id = m.kindergarten_id \
                AND s.valid_from <= m.valid_from AND s.valid_to > m.valid_from \
                WHERE m.cluster_id = $1 ORDER BY m.valid_from, m.role, s.sort_key LIMIT $2";
    let stays: Vec<StayRow> = src.all(Sql::with(text, [cluster.into(), MOST.into()])).await?;
    Ok(told(&states, &stays))
}

fn told(states: &[StateRow], stays: &[StayRow]) -> Vec<Event> {
    let mut turns: BTreeMap<Date, Turn> = BTreeMap::new();
    for (place, state) in states.iter().enumerate() {
        let turn = turns.entry(state.valid_from).or_default();
        turn.paper_number.clone_from(&state.paper_number);
        turn.cause.clone_from(&state.cause);
        let before = place.checked_sub(1).map(|before| &states[before]);
        match before.filter(|before| before.valid_to == state.valid_from) {
            None if before.is_some() => turn.texts.push(format!("重新设立“{}”", state.name)),
            None => turn.texts.push(format!("设立“{}”", state.name)),
            Some(before) if before.name != state.name => {
                turn.texts.push(format!("更名为“{}”", state.name));
            }
            Some(_) => turn.texts.push("按新的划分方案延续".to_owned()),
        }
        let is_followed =
            states.get(place + 1).is_some_and(|next| next.valid_from == state.valid_to);
        if !is_followed && state.valid_to != OPEN_END {
            turns.entry(state.valid_to).or_default().texts.push("停止运行".to_owned());
        }
    }
    for stay in stays {
        let before =
            stays.iter().find(|other| other.name == stay.name && other.valid_to == stay.valid_from);
        let after =
            stays.iter().any(|other| other.name == stay.name && other.valid_from == stay.valid_to);
        let turn = turns.entry(stay.valid_from).or_default();
        if turn.cause.is_empty() && turn.paper_number.is_empty() {
            turn.paper_number.clone_from(&stay.paper_number);
            turn.cause.clone_from(&stay.cause);
        }
        let is_centre = stay.role == "centre";
        match before {
            Some(before) if before.role != stay.role && is_centre => {
                turn.texts.push(format!("{}由成员园改任中心园", stay.name));
            }
            Some(before) if before.role != stay.role => {
                turn.texts.push(format!("{}由中心园改为成员园", stay.name));
            }
            Some(_) => {}
            None if is_centre => turn.texts.push(format!("中心园为{}", stay.name)),
            None => turn.joined.push(stay.name.clone()),
        }
        if !after && stay.valid_to != OPEN_END {
            turns.entry(stay.valid_to).or_default().left.push(stay.name.clone());
        }
    }
    turns.into_iter().rev().map(|(on, turn)| turn.event(on)).collect()
}

impl Turn {
    fn event(self, on: Date) -> Event {
        let mut texts = self.texts;
        texts.extend(listed("加入", &self.joined));
        texts.extend(listed("退出", &self.left));
        Event { on, text: texts.join("；"), paper_number: self.paper_number, cause: self.cause }
    }
}

fn listed(verb: &str, names: &[String]) -> Option<String> {
    let shown = names.iter().take(NAMES).cloned().collect::<Vec<_>>().join("、");
    match names.len() {
        0 => None,
        few if few <= NAMES => Some(format!("{verb}：{shown}")),
        many => Some(format!("{verb}：{shown}等 {many} 所")),
    }
}
