//! A plan altered by hand is refused, each time for the rule that was broken.

use crate::program::{check_of, file, folder, planned, register};
use serde_json::{Value, json};

/// The register's cells by title.
struct Rows {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Rows {
    fn new() -> Self {
        let text = register();
        let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let mut lines = text.lines();
        Self { header: cells(lines.next().unwrap()), rows: lines.map(cells).collect() }
    }
    fn cell(&self, id: &str, title: &str) -> &str {
        let column = self.header.iter().position(|each| each == title).unwrap();
        &self.rows.iter().find(|row| row[0] == id).unwrap()[column]
    }
}

/// The plan as it was made.
fn plan() -> Value {
    serde_json::from_slice(&std::fs::read(&planned().1).unwrap()).unwrap()
}

fn points(plan: &mut Value) -> Vec<&mut Value> {
    let features = plan["features"].as_array_mut().unwrap();
    features
        .iter_mut()
        .filter(|each| each["geometry"]["type"] == "Point")
        .map(|each| &mut each["properties"])
        .collect()
}

/// Ids of all points with these properties, in the order of the plan.
fn ids(plan: &mut Value, wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    points(plan)
        .iter()
        .filter(|each| wanted(each))
        .map(|each| each["kg_id"].as_str().unwrap().to_owned())
        .collect()
}

fn of<'p>(plan: &'p mut Value, id: &str) -> &'p mut Value {
    points(plan).into_iter().find(|each| each["kg_id"] == id).unwrap()
}

/// The rules that the altered plan breaks; it must be refused.
#[track_caller]
fn refused(plan: &Value, register: Option<String>) -> Vec<String> {
    let altered = file("altered.geojson", plan.to_string());
    let register = register.map_or_else(|| planned().0.clone(), |text| file("altered.csv", text));
    let ended = check_of(&register, &altered);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let answer = ended.json();
    assert_eq!(answer["passed"], false);
    let rules = answer["breaches"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["rule"] == "at_most_sixteen" || line["strength"] == "hard");
    let mut rules: Vec<String> =
        rules.map(|line| line["rule"].as_str().unwrap().to_owned()).collect();
    rules.sort();
    rules.dedup();
    rules
}

/// The first cluster, its centre and its other members.
fn first(plan: &mut Value) -> (Value, String, Vec<String>) {
    let cluster = points(plan)[0]["cluster"].clone();
    let centre = ids(plan, |each| each["cluster"] == cluster && each["role"] == "centre").remove(0);
    let members = ids(plan, |each| each["cluster"] == cluster && each["role"] == "member");
    (cluster, centre, members)
}

#[test]
fn the_plan_as_it_was_made_passes() {
    let ended = check_of(&planned().0, &planned().1);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn a_seventeenth_kindergarten_is_refused() {
    let mut plan = plan();
    let (cluster, _, members) = first(&mut plan);
    let district = of(&mut plan, &members[0])["district"].clone();
    let others = ids(&mut plan, |each| {
        each["district"] == district && each["role"] == "member" && each["cluster"] != cluster
    });
    let name = of(&mut plan, &members[0])["cluster_name"].clone();
    for id in others.iter().take(17 - 1 - members.len()) {
        let moved = of(&mut plan, id);
        moved["cluster"] = cluster.clone();
        moved["cluster_name"] = name.clone();
    }
    assert_eq!(refused(&plan, None), ["at_most_sixteen"]);
}

#[test]
fn a_cluster_without_a_centre_is_refused() {
    let mut plan = plan();
    let (_, centre, _) = first(&mut plan);
    of(&mut plan, &centre)["role"] = json!("member");
    assert_eq!(refused(&plan, None), ["one_centre"]);
}

#[test]
fn a_cluster_with_two_centres_is_refused() {
    let mut plan = plan();
    let (_, _, members) = first(&mut plan);
    of(&mut plan, &members[0])["role"] = json!("centre");
    assert!(refused(&plan, None).contains(&"one_centre".to_owned()));
}

/// A plan in which a kindergarten of the wanted kind has taken the place of its cluster's centre.
fn with_centre(wanted: impl Fn(&Rows, &str) -> bool) -> Value {
    let (rows, mut plan) = (Rows::new(), plan());
    let id = ids(&mut plan, |each| {
        each["role"] == "member" && wanted(&rows, each["kg_id"].as_str().unwrap())
    })
    .remove(0);
    let cluster = of(&mut plan, &id)["cluster"].clone();
    let centre =
        ids(&mut plan, |each| each["cluster"] == cluster && each["role"] == "centre").remove(0);
    of(&mut plan, &centre)["role"] = json!("member");
    of(&mut plan, &id)["role"] = json!("centre");
    plan
}

#[test]
fn a_private_centre_is_refused() {
    let plan = with_centre(|rows, id| {
        rows.cell(id, "办园性质") != "公办" && ["省一级", "市一级"].contains(&rows.cell(id, "等级"))
    });
    assert!(refused(&plan, None).contains(&"one_centre".to_owned()));
}

#[test]
fn an_ungraded_centre_is_refused() {
    let plan = with_centre(|rows, id| {
        rows.cell(id, "办园性质") == "公办" && rows.cell(id, "等级") == "未评级"
    });
    assert!(refused(&plan, None).contains(&"one_centre".to_owned()));
}

#[test]
fn a_city_run_centre_without_a_delegation_paper_is_refused() {
    let mut plan = plan();
    let (_, centre, _) = first(&mut plan);
    let rows = Rows::new();
    let text = register();
    let register = text.lines().map(|line| {
        let is_centre = line.starts_with(&format!("{centre},"));
        if is_centre {
            line.replace(&format!(",{},", rows.cell(&centre, "隶属")), ",市属,")
        } else {
            line.to_owned()
        }
    });
    let register = register.collect::<Vec<_>>().join("\n");
    assert_eq!(refused(&plan, Some(register)), ["delegated_centre"]);
}

#[test]
fn a_kindergarten_left_out_is_refused() {
    let mut plan = plan();
    let (_, _, members) = first(&mut plan);
    plan["features"]
        .as_array_mut()
        .unwrap()
        .retain(|each| each["properties"]["kg_id"] != members[0]);
    assert_eq!(refused(&plan, None), ["whole_register"]);
    let mut unassigned = self::plan();
    of(&mut unassigned, &members[0])["cluster"] = Value::Null;
    assert_eq!(refused(&unassigned, None), ["whole_register"]);
}

#[test]
fn a_kindergarten_in_two_clusters_or_twice_in_one_is_refused() {
    let mut plan = plan();
    let (cluster, _, members) = first(&mut plan);
    let again = plan["features"]
        .as_array()
        .unwrap()
        .iter()
        .find(|each| each["properties"]["kg_id"] == members[0])
        .unwrap()
        .clone();
    plan["features"].as_array_mut().unwrap().push(again);
    assert_eq!(refused(&plan, None), ["one_cluster_each"]);
    let district = of(&mut plan, &members[0])["district"].clone();
    let other = points(&mut plan)
        .into_iter()
        .find(|each| each["district"] == district && each["cluster"] != cluster)
        .unwrap()
        .clone();
    let last = plan["features"].as_array_mut().unwrap().last_mut().unwrap();
    last["properties"]["cluster"] = other["cluster"].clone();
    last["properties"]["cluster_name"] = other["cluster_name"].clone();
    assert_eq!(refused(&plan, None), ["one_cluster_each"]);
}

#[test]
fn another_districts_member_is_refused() {
    let mut plan = plan();
    let (_, _, members) = first(&mut plan);
    let district = of(&mut plan, &members[0])["district"].clone();
    let target =
        points(&mut plan).into_iter().find(|each| each["district"] != district).unwrap().clone();
    for key in ["cluster", "cluster_name", "district"] {
        of(&mut plan, &members[0])[key] = target[key].clone();
    }
    assert!(refused(&plan, None).contains(&"one_district".to_owned()));
}

#[test]
fn a_closed_or_unknown_member_is_refused() {
    let mut plan = plan();
    let (_, _, members) = first(&mut plan);
    let text = register();
    let closed = text.lines().enumerate().map(|(at, line)| {
        let status = if at == 0 {
            "状态"
        } else if line.starts_with(&format!("{},", members[0])) {
            "已停办"
        } else {
            "在办"
        };
        format!("{line},{status}")
    });
    let closed = closed.collect::<Vec<_>>().join("\n");
    assert_eq!(refused(&plan, Some(closed)), ["whole_register"]);
    of(&mut plan, &members[0])["kg_id"] = json!("D9999999999");
    assert_eq!(refused(&plan, None), ["whole_register"]);
}

/// Gives the first cluster another name, on its points and on its hull.
fn renamed(name: &str) -> Value {
    let mut plan = plan();
    let (cluster, _, _) = first(&mut plan);
    for feature in plan["features"].as_array_mut().unwrap() {
        if feature["properties"]["cluster"] == cluster {
            feature["properties"]["cluster_name"] = json!(name);
        }
    }
    plan
}

#[test]
fn a_name_in_no_lawful_form_is_refused() {
    for name in ["阳光学区", "盐田招生学区", " "] {
        assert_eq!(refused(&renamed(name), None), ["lawful_name"], "{name}");
    }
}

#[test]
fn a_name_that_another_cluster_of_the_city_bears_is_refused() {
    let mut plan = plan();
    let (cluster, _, members) = first(&mut plan);
    let district = of(&mut plan, &members[0])["district"].clone();
    for same_district in [true, false] {
        let other = points(&mut plan)
            .into_iter()
            .find(|each| {
                each["cluster"] != cluster && (each["district"] == district) == same_district
            })
            .unwrap()["cluster_name"]
            .clone();
        assert_eq!(refused(&renamed(other.as_str().unwrap()), None), ["lawful_name"], "{other}");
    }
}

#[test]
fn a_hull_that_bears_another_name_than_its_points_is_refused() {
    let mut plan = plan();
    let features = plan["features"].as_array_mut().unwrap();
    let hull = features.iter_mut().find(|each| each["geometry"]["type"] == "Polygon").unwrap();
    hull["properties"]["cluster_name"] = json!("盐田区第77学区");
    let ended = check_of(&planned().0, &file("altered.geojson", plan.to_string()));
    assert_eq!((ended.code, ended.json()["faults"].as_array().unwrap().len()), (Some(1), 1));
}

#[test]
fn a_plan_in_another_datum_is_noticed() {
    let mut plan = plan();
    for feature in plan["features"].as_array_mut().unwrap() {
        if feature["geometry"]["type"] == "Point" {
            let lon = feature["geometry"]["coordinates"][0].as_f64().unwrap();
            feature["geometry"]["coordinates"][0] = json!(lon + 0.005);
        }
    }
    let answer = check_of(&planned().0, &file("gcj.geojson", plan.to_string())).json();
    assert!(answer["notes"][0].as_str().unwrap().contains("WGS-84"), "{answer}");
}

#[test]
fn what_is_no_plan_is_said_with_exit_code_2() {
    let register = &planned().0;
    for text in ["", "{", "{\"type\":\"FeatureCollection\",\"features\":[]}", "kg_id,cluster\n1,2"]
    {
        let ended = check_of(register, &file("none.geojson", text));
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.said.starts_with("错误："), "{ended:?}");
    }
    assert_eq!(check_of(register, &folder().join("not-there")).code, Some(2));
}
