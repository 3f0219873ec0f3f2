use kernel::{ClusterId, Id, KindergartenId, OPEN_END};
use policy::RunBy;
use uuid::Uuid;

use super::super::super::types::PlaceState;
use super::*;

const CITY: PostScope = PostScope::City;
const ALL: &[PostKind] = PostKind::ALL;

fn id<K>(number: u128) -> Id<K> {
    Id::new(Uuid::from_u128(number))
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn cluster(number: u128) -> Stand {
    let number: ClusterId = id(number);
    stand(PostScope::Cluster(number), "青禾学区")
}

fn kindergarten(number: u128) -> Stand {
    let number: KindergartenId = id(number);
    stand(PostScope::Kindergarten(number), "青禾幼儿园")
}

fn stand(scope: PostScope, name: &str) -> Stand {
    Stand {
        scope,
        name: name.to_owned(),
        former_names: Vec::new(),
        district: "440305".to_owned(),
        district_name: "南山区".to_owned(),
        run_by: RunBy::District,
        from: None,
        to: None,
    }
}

fn told<'a>(stand: &'a Stand, kind: PostKind, name: &str, from: &str, to: &str) -> Told<'a> {
    Told {
        line: 2,
        kind,
        stand,
        name: name.to_owned(),
        from: day(from),
        to: (!to.is_empty()).then(|| day(to)),
        term: None,
        paper_number: Some("试聘〔2026〕1号".to_owned()),
        namesake: None,
        predecessor_leaves: false,
    }
}

/// A post that is known, of the n-th person.
fn known(number: u128, told: &Told<'_>) -> Known {
    Known {
        id: id(number),
        person: id(number),
        name: told.name.clone(),
        kind: told.kind,
        scope: told.stand.scope.clone(),
        district: told.stand.district.clone(),
        from: told.from,
        to: told.to.unwrap_or(OPEN_END),
        term: told.term,
        paper_number: told.paper_number.clone().unwrap_or_default(),
    }
}

fn judged<'a>(rows: &'a [Told<'a>], known: &[Known]) -> Vec<Judged> {
    let against = Against {
        known,
        stands: &[],
        scope: &CITY,
        person: None,
        kinds: ALL,
        today: day("2026-02-03"),
    };
    judge(rows, &against)
}

fn is_new(judged: &Judged) -> bool {
    matches!(judged.becomes, Becomes::New(_))
}

fn refused(judged: &Judged) -> &str {
    assert_eq!(judged.becomes, Becomes::Refused, "{judged:?}");
    let found = judged.said.iter().find(|finding| finding.severity == Severity::Refused);
    &found.unwrap().text
}

#[test]
fn one_person_is_an_inspector_of_a_cluster_once_at_a_time() {
    use PostKind::{FullTimeInspector as Full, PartTimeInspector as Part};
    let place = cluster(1);
    let rows = [
        told(&place, Full, "许静", "2024-09-01", "2026-09-01"),
        told(&place, Part, "许静", "2026-03-01", "2027-03-01"),
    ];
    for each in judged(&rows, &[]) {
        assert!(refused(&each).contains("同一人"));
    }
    let one = known(7, &rows[0]);
    assert!(refused(&judged(&rows[1..], &[one])[0]).contains("已担任专职责任督学"));
    // One after the other, or a leader of teaching research beside, is nothing to refuse.
    let after = [
        rows[0].clone(),
        told(&place, Part, "许静", "2026-09-01", "2029-09-01"),
        told(&place, PostKind::ResearchLead, "许静", "2025-09-01", ""),
    ];
    assert!(judged(&after, &[]).iter().all(is_new));
}

#[test]
fn more_inspectors_than_a_cluster_needs_are_seen_and_not_refused() {
    let place = cluster(1);
    let rows: Vec<Told<'_>> = (0..9)
        .map(|number| {
            let kind = PostKind::PartTimeInspector;
            told(&place, kind, &format!("督学{number}"), "2025-09-01", "2028-09-01")
        })
        .collect();
    let warned = |judged: &[Judged]| {
        let surplus = |finding: &Finding| finding.text.contains("应配 8 名");
        judged.iter().filter(|each| each.said.iter().any(surplus)).count()
    };
    let eight = judged(&rows[..8], &[]);
    assert!(eight.iter().all(is_new) && warned(&eight) == 0);
    let nine = judged(&rows, &[]);
    assert!(nine.iter().all(is_new) && warned(&nine) == 9, "{nine:?}");
    let others: Vec<Known> = (10..18).zip(&rows).map(|(number, row)| known(number, row)).collect();
    assert_eq!(warned(&judged(&rows[8..], &others)), 1);
}

#[test]
fn a_seat_passes_from_head_to_head_and_is_never_held_by_two() {
    use PostKind::{ActingHead, Principal};
    let place = kindergarten(1);
    let first = known(7, &told(&place, Principal, "陈静", "2020-09-01", ""));
    let next = told(&place, ActingHead, "方芳", "2026-03-01", "2026-06-01");
    let last = told(&place, Principal, "李想", "2026-06-01", "");
    let rows = [next.clone(), last.clone()];
    assert!(refused(&judged(&rows, std::slice::from_ref(&first))[1]).contains("已有陈静"));
    let leaves = |told: &Told<'static>| Told { predecessor_leaves: true, ..told.clone() };
    let place = Box::leak(Box::new(place.clone()));
    let next = Told { stand: place, ..next };
    let last = Told { stand: place, ..last };
    // The first successor's taking the seat frees it for the second.
    let rows = [leaves(&next), last.clone()];
    let taken = judged(&rows, std::slice::from_ref(&first));
    assert!(taken.iter().all(is_new), "{taken:?}");
    let Becomes::New(staged) = &taken[0].becomes else { panic!("{taken:?}") };
    assert_eq!(staged.replaces, [first.id]);
    let Becomes::New(staged) = &taken[1].becomes else { panic!("{taken:?}") };
    assert!(staged.replaces.is_empty());
    // Nobody makes room for whom he follows.
    let earlier = [leaves(&told(place, Principal, "王敏", "2019-09-01", ""))];
    assert!(refused(&judged(&earlier, &[first])[0]).contains("到任不早于这一行"));
}

#[test]
fn an_end_that_the_file_states_is_not_brought_forward_by_the_same_file() {
    let place = kindergarten(1);
    let first = told(&place, PostKind::Principal, "陈静", "2020-09-01", "2027-09-01");
    let next = Told {
        predecessor_leaves: true,
        ..told(&place, PostKind::Principal, "方芳", "2026-03-01", "")
    };
    let one = known(7, &first);
    let rows = [first, next];
    let both = judged(&rows, &[one]);
    assert_eq!(both[0].becomes, Becomes::Unchanged);
    assert!(refused(&both[1]).contains("写明了陈静"));
}

#[test]
fn a_liaison_is_one_and_makes_no_room() {
    let place = kindergarten(1);
    let one = known(7, &told(&place, PostKind::Liaison, "苏芮", "2025-09-01", ""));
    let rows = [told(&place, PostKind::Liaison, "唐悦", "2026-03-01", "")];
    assert!(refused(&judged(&rows, std::slice::from_ref(&one))[0]).contains("2.1.3-8"));
    let ended = Known { to: day("2026-03-01"), ..one };
    assert!(is_new(&judged(&rows, &[ended])[0]));
}

#[test]
fn terms_count_over_all_that_is_known_and_all_that_the_file_says() {
    let (here, there) = (cluster(1), cluster(2));
    let kind = PostKind::PartTimeInspector;
    let same = |told: Told<'static>| Told { namesake: Some(Namesake::Same), ..told };
    let (here, there): (&'static Stand, &'static Stand) =
        (Box::leak(Box::new(here)), Box::leak(Box::new(there)));
    let rows = [
        told(here, kind, "许静", "2020-09-01", "2023-09-01"),
        same(told(there, kind, "许静", "2023-09-01", "2026-09-01")),
        told(here, kind, "许静", "2026-09-01", "2029-09-01"),
    ];
    let terms: Vec<Option<i64>> = judged(&rows, &[])
        .iter()
        .map(|each| match &each.becomes {
            Becomes::New(staged) => staged.term,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(terms, [Some(1), Some(2), Some(3)]);
    // What stood before makes one of them the fourth.
    let before = known(7, &told(here, kind, "许静", "2017-09-01", "2020-09-01"));
    for each in judged(&rows, std::slice::from_ref(&before)) {
        assert!(refused(&each).contains("连续任职不超过三届"));
    }
    // A stated number that is lower than what is known is not taken.
    let stated = [Told { term: Some(1), ..rows[0].clone() }];
    let counted = judged(&stated, std::slice::from_ref(&before));
    let Becomes::New(staged) = &counted[0].becomes else { panic!("{counted:?}") };
    assert_eq!(staged.term, Some(2));
    assert!(counted[0].said.iter().any(|finding| finding.text.contains("按第 2 届登记")));
}

#[test]
fn of_two_known_namesakes_in_one_place_each_row_finds_its_own() {
    let place = cluster(1);
    let kind = PostKind::PartTimeInspector;
    let plain = told(&place, kind, "许静", "2023-03-01", "2026-03-01");
    let other = Told { namesake: Some(Namesake::Other), ..plain.clone() };
    let rows = [plain.clone(), other];
    let first = judged(&rows, &[]);
    let holders: Vec<Holder> = first
        .iter()
        .map(|each| match &each.becomes {
            Becomes::New(staged) => staged.holder,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_ne!(holders[0], holders[1]);
    let both = [known(7, &plain), known(8, &plain)];
    let again = judged(&rows, &both);
    assert!(again.iter().all(|each| each.becomes == Becomes::Unchanged), "{again:?}");
    // Whose next term it is, nobody can say.
    let next = [told(&place, kind, "许静", "2026-03-01", "2029-03-01")];
    assert!(refused(&judged(&next, &both)[0]).contains("2 位"));
}

#[test]
fn a_post_stands_in_a_place_that_is_there() {
    let closed = Stand { to: Some(day("2025-09-01")), ..kindergarten(1) };
    let kind = PostKind::Principal;
    let rows = [
        told(&closed, kind, "陈静", "2026-01-01", ""),
        told(&closed, kind, "方芳", "2020-09-01", ""),
        told(&closed, kind, "李想", "2020-09-01", "2025-09-01"),
    ];
    let each = judged(&rows[..1], &[]);
    assert!(refused(&each[0]).contains("任职日期应早于这一天"));
    assert!(refused(&judged(&rows[1..2], &[])[0]).contains("任期截止"));
    assert!(is_new(&judged(&rows[2..], &[])[0]));
    let young = Stand { from: Some(day("2025-09-01")), ..cluster(1) };
    let kind = PostKind::PartTimeInspector;
    let rows = [
        told(&young, kind, "许静", "2022-09-01", "2025-09-01"),
        told(&young, kind, "唐悦", "2023-09-01", "2026-09-01"),
    ];
    let both = judged(&rows, &[]);
    assert!(refused(&both[0]).contains("设立"));
    assert!(is_new(&both[1]));
}

#[test]
fn a_preview_rests_on_what_it_is_about_and_on_nothing_else() {
    let place = cluster(1);
    let kind = PostKind::PartTimeInspector;
    let rows = [told(&place, kind, "许静", "2026-03-01", "2029-03-01")];
    let judged = judged(&rows, &[]);
    let Becomes::New(staged) = &judged[0].becomes else { panic!("{judged:?}") };
    let concern = Concern::of([("许静", staged)].into_iter());
    let here = known(7, &told(&place, kind, "唐悦", "2025-09-01", "2028-09-01"));
    let far = cluster(2);
    let name = known(8, &told(&far, kind, "许静", "2025-09-01", "2028-09-01"));
    let beside = known(9, &told(&far, kind, "苏芮", "2025-09-01", "2028-09-01"));
    let state =
        |scope: &PostScope, state| PlaceState { scope: scope.clone(), state, until: OPEN_END };
    let places = [state(&place.scope, 1), state(&far.scope, 2)];
    let all = [here.clone(), name.clone(), beside.clone()];
    let before = compared(&all, &places, &concern);
    let with = |known: &[Known], places: &[PlaceState]| compared(known, places, &concern) == before;
    assert!(with(&[all[2].clone(), all[1].clone(), all[0].clone()], &places), "in any order");
    assert!(with(&all[..2], &places), "somebody else elsewhere");
    assert!(!with(&all[1..], &places), "somebody in the place");
    assert!(!with(&[here.clone(), beside.clone()], &places), "somebody of the name");
    let ended = Known { to: day("2026-03-01"), ..here };
    assert!(!with(&[ended, name, beside], &places), "an end");
    assert!(!with(&all, &[state(&place.scope, 3), state(&far.scope, 2)]), "the place");
    assert!(with(&all, &[state(&place.scope, 1), state(&far.scope, 5)]), "another place");
}
