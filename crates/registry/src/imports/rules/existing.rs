//! Whether clusters that a district has or had may be brought along: the rules of a plan, asked as of each state's first day.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Date, Failure, Invalid};
use policy::plan_rules::{ClusterFacts, KindergartenFacts, PlanFacts};
use policy::{Breach, Parameters, Strength};
use sheets::Severity;

use super::super::types::{
    Choice, Counts, Fault, LineSaid, Standing, Takeover, Told, ToldCluster, Who,
};
use super::Refusal;
use crate::clusters;
use crate::kindergartens::{Existing, RegisterId};

/// Longest reason for taking a departure over.
const LONGEST_REASON: usize = 300;

/// What the rules ask of a district on one day.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The district's kindergartens, under their register ids.
    pub kindergartens: Vec<KindergartenFacts>,
    /// Names of clusters elsewhere in the city on that day.
    pub names_in_use: Vec<String>,
    /// The parameters in force.
    pub parameters: Parameters,
}

/// The district whose clusters are told.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its kindergartens as they are known today.
    pub register: &'a Existing,
}

/// Judges what a file tells. `grounds` holds a ground for the first day of every state.
pub fn judge(
    told: clusters::sheets::ToldClusters,
    grounds: &BTreeMap<Date, Ground>,
    whose: Whose<'_>,
    today: Date,
) -> Told {
    let mut notes = told.notes;
    let mut faults: BTreeMap<u32, Vec<Fault>> = BTreeMap::new();
    let last = told.states.iter().filter(|state| state.to > today).map(|state| state.from).max();
    for (&day, ground) in grounds {
        let facts = facts(&told.states, day, ground, whose);
        for breach in policy::check(&facts, &ground.parameters) {
            match breach.cluster {
                Some(key)
                    if told.states.get(key as usize).is_some_and(|state| state.from == day) =>
                {
                    faults.entry(key).or_default().push(fault(&breach));
                }
                // Who is left out today is told; who was left out at the time is not on record.
                None if Some(day) == last => {
                    notes.push(format!("{}（{}）", breach.text, breach.clause().id));
                }
                _ => {}
            }
        }
    }
    let name = |id: &RegisterId| Who {
        id: id.to_string(),
        name: whose
            .register
            .get(id.as_str())
            .map_or_else(|| id.to_string(), |facts| facts.name.to_string()),
    };
    let states = (0_u32..)
        .zip(told.states)
        .map(|(key, state)| {
            let faults = faults.remove(&key).unwrap_or_default();
            ToldCluster {
                key,
                standing: standing(&state, &faults, whose.code, today),
                centre: state.centre.as_ref().map(name),
                members: state.members.iter().map(name).collect(),
                name: state.name,
                document: state.document,
                from: state.from,
                to: state.to,
                faults,
            }
        })
        .collect();
    let unread: BTreeSet<String> = told
        .lines
        .iter()
        .filter(|line| line.messages.iter().any(|message| message.severity == Severity::Refused))
        .map(|line| {
            if line.cluster.is_empty() {
                format!("第 {} 行", line.line)
            } else {
                line.cluster.clone()
            }
        })
        .collect();
    let lines = told
        .lines
        .into_iter()
        .filter(|line| !line.messages.is_empty())
        .map(|mut line| {
            // In one order, so that the same file tells the same again.
            line.messages.sort_by(|a, b| {
                (a.severity, &a.column, &a.text).cmp(&(b.severity, &b.column, &b.text))
            });
            LineSaid { line: line.line, cluster: line.cluster, messages: line.messages }
        })
        .collect();
    Told { states, lines, unread: unread.into_iter().collect(), notes }
}

fn facts(
    states: &[clusters::sheets::ToldState],
    day: Date,
    ground: &Ground,
    whose: Whose<'_>,
) -> PlanFacts {
    let clusters = (0_u32..)
        .zip(states)
        .filter(|(_, state)| state.from <= day && day < state.to)
        .map(|(key, state)| ClusterFacts {
            key,
            name: state.name.clone(),
            centres: state.centre.iter().map(ToString::to_string).collect(),
            members: state.centre.iter().chain(&state.members).map(ToString::to_string).collect(),
        })
        .collect();
    PlanFacts {
        district: whose.code.to_owned(),
        district_name: whose.name.to_owned(),
        day,
        kindergartens: ground.kindergartens.clone(),
        clusters,
        names_in_use: ground.names_in_use.clone(),
    }
}

fn fault(breach: &Breach) -> Fault {
    Fault {
        rule: breach.rule,
        strength: breach.strength(),
        clause: breach.clause().id.to_owned(),
        text: breach.text.clone(),
    }
}

/// 2.1.2: a departure from an in-principle rule is taken over as an exception; one from a hard rule only of a state that
/// has ended, which is history and can't be mended; a cluster without a centre, or another district's, not at all.
fn standing(
    state: &clusters::sheets::ToldState,
    faults: &[Fault],
    district: &str,
    today: Date,
) -> Standing {
    let is_hard = faults.iter().any(|fault| fault.strength == Strength::Hard);
    if state.centre.is_none() || state.district != district || (is_hard && state.to > today) {
        Standing::Refused
    } else if faults.iter().any(|fault| fault.strength != Strength::Encouraged) {
        Standing::Reasoned
    } else {
        Standing::Sound
    }
}

/// How many states there are of each kind, as the list of uploads counts them.
pub fn counts(told: &Told) -> Counts {
    let of =
        |standing: Standing| told.states.iter().filter(|state| state.standing == standing).count();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    Counts {
        new: count(of(Standing::Sound)),
        changed: count(of(Standing::Reasoned)),
        unchanged: 0,
        refused: count(of(Standing::Refused) + told.unread.len()),
    }
}

/// The states to be brought along, each with its reason where it needs one.
///
/// # Errors
/// A departure without a reason, a refused state when the officer wants all or none, a term that is over.
pub fn take<'t>(
    told: &'t Told,
    takeover: &Takeover,
    today: Date,
) -> Result<Vec<(&'t ToldCluster, Option<String>)>, Failure> {
    let refused = counts(told).refused;
    if takeover.choice == Choice::AllOrNone && refused > 0 {
        return Err(Refusal::ClustersRefused(refused).into());
    }
    let mut invalid = Invalid::default();
    let mut taken = Vec::new();
    for state in told.states.iter().filter(|state| state.standing != Standing::Refused) {
        let reason = takeover.reasons.get(&state.key).map(|text| text.trim()).unwrap_or_default();
        match state.standing {
            Standing::Reasoned if reason.is_empty() || reason.chars().count() > LONGEST_REASON => {
                invalid.add(
                    "reason",
                    format!(
                        "请为“{}”（自 {}）填写 {LONGEST_REASON} 字以内的理由。",
                        state.name, state.from
                    ),
                );
            }
            Standing::Reasoned => taken.push((state, Some(reason.to_owned()))),
            Standing::Sound | Standing::Refused => taken.push((state, None)),
        }
    }
    let is_excepted = taken.iter().any(|(state, reason)| reason.is_some() && state.to > today);
    if is_excepted && takeover.until <= today {
        invalid.add("until", format!("例外的有效期应晚于今天（{today}）。"));
    }
    invalid.or_ok()?;
    if taken.is_empty() {
        return Err(Refusal::NothingToBring.into());
    }
    Ok(taken)
}
