use std::collections::{BTreeMap, HashMap};

use crate::program::{file, folder, gongzhi, path};

const CITY: &str = "id,x_m,y_m,lon,lat,district,street,kind,eligible\n\
    a,0,0,0,0,1,7,0,1\nb,100,0,0,0,1,7,1,0\nc,5000,0,0,0,1,7,0,1\nd,5100,0,0,0,1,7,1,0\ne,5000,300,0,0,1,7,2,0\n";
const CPMP: &str = "4 2\n0 0 10 4\n3 4 10 4\n100 0 10 4\n100 7.5 10 4\n";

fn answer(words: &[&str]) -> (BTreeMap<String, serde_json::Value>, String) {
    let out = folder().join(format!("{}.csv", words.join("").replace(['/', '.'], "")));
    let ended = gongzhi(["solve"].iter().chain(words).chain(&["--out", path(&out)]));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.printed.lines().count(), 1, "one line of JSON");
    (serde_json::from_str(&ended.printed).unwrap(), std::fs::read_to_string(out).unwrap())
}

#[test]
fn a_city_file_is_solved_with_at_most_p_clusters_and_the_given_capacity() {
    let instance = file("city.csv", CITY);
    let (answer, plan) = answer(&[path(&instance), "--p", "2", "--capacity", "3"]);
    assert_eq!(
        answer.keys().map(String::as_str).collect::<Vec<_>>(),
        ["gap", "lower_bound", "objective", "proven", "seconds"]
    );
    assert_eq!(answer["objective"], 500.0);
    assert_eq!(answer["proven"], true);
    assert_eq!(plan, "id,centre_id\na,a\nb,a\nc,c\nd,c\ne,c\n");
}

#[test]
fn number_and_capacity_may_stand_in_the_file_name() {
    let instance = file("city_p2_c3.csv", CITY);
    assert_eq!(answer(&[path(&instance)]).0["objective"], 500.0);
}

#[test]
fn a_text_file_is_solved_with_exactly_p_and_its_own_demands_and_capacities() {
    let instance = file("cpmp.txt", CPMP);
    let (euclid, plan) = answer(&[path(&instance)]);
    assert_eq!(euclid["objective"], 12.5);
    let centres: HashMap<&str, &str> =
        plan.lines().skip(1).filter_map(|line| line.split_once(',')).collect();
    assert!(centres["0"] == centres["1"] && centres["2"] == centres["3"]);
    assert_eq!(answer(&[path(&instance), "--distance", "euclid_floor"]).0["objective"], 12.0);
}

#[test]
fn the_same_seed_and_effort_give_the_same_plan_on_any_number_of_threads() {
    let mut text = String::from("id,x_m,y_m,eligible\n");
    for at in 0..80_u32 {
        let (x, y) = (at * 7919 % 3001, at * 104_729 % 2003);
        text.push_str(&format!("k{at},{x},{y},{}\n", u32::from(at % 3 == 0)));
    }
    let instance = file("spread.csv", text);
    let base = [path(&instance), "--p", "9", "--capacity", "12", "--effort", "2", "--seed", "5"];
    let one = answer(&base).1;
    for threads in ["2", "3"] {
        assert_eq!(answer(&[&base[..], &["--threads", threads]].concat()).1, one);
    }
    let limited =
        answer(&[path(&instance), "--p", "9", "--capacity", "12", "--time-limit", "0.3"]).0;
    assert!(limited["seconds"].as_f64().unwrap() < 5.0);
}

#[test]
fn what_can_not_be_solved_is_said_with_exit_code_2() {
    let out = folder().join("unsolved.csv");
    let solve = |name: &str, text: &str, more: &[&str]| {
        let instance = file(name, text);
        gongzhi(["solve", path(&instance), "--out", path(&out)].iter().chain(more))
    };
    let ended = [
        solve("city.csv", CITY, &[]),
        solve("city.csv", CITY, &["--p", "2"]),
        solve("city.csv", CITY, &["--p", "1", "--capacity", "3"]),
        solve("city.csv", &CITY.replace("5000", "far"), &["--p", "2", "--capacity", "3"]),
        solve("cpmp.txt", "4 2\n0 0 10 4\n", &[]),
        solve("empty.txt", "", &[]),
    ];
    for ended in ended {
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.said.starts_with("错误："), "{ended:?}");
        assert!(ended.printed.is_empty() && !out.exists());
    }
    assert_eq!(solve("city.csv", CITY, &["--p", "0"]).code, Some(2));
    assert_eq!(solve("city.csv", CITY, &["--effort", "1", "--time-limit", "1"]).code, Some(2));
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_writes_the_best_legal_plan_so_far() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let mut text = String::from("id,x_m,y_m,eligible\n");
    for at in 0..600_u32 {
        let (x, y) = (at * 7919 % 30_011, at * 104_729 % 20_011);
        text.push_str(&format!("k{at},{x},{y},{}\n", u32::from(at % 3 == 0)));
    }
    let instance = file("long.csv", text);
    let out = folder().join("interrupted.csv");
    let words = [
        "solve",
        path(&instance),
        "--p",
        "60",
        "--capacity",
        "13",
        "--time-limit",
        "300",
        "--out",
        path(&out),
    ];
    let run = Command::new(env!("CARGO_BIN_EXE_gongzhi"))
        .args(words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    std::thread::sleep(Duration::from_secs(2));
    assert!(Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap().success());
    let output = run.wait_with_output().unwrap();
    assert!(began.elapsed() < Duration::from_mins(1));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read_to_string(&out).unwrap().lines().count(), 601);
}
