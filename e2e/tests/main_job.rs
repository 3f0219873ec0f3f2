//! The main job: from a changed register to clusters in force, as two officers do it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use e2e::{Outcome, Site, Visitor};
use serde_json::{Value, json};

/// The first day of the new clusters, and the day before it. The visit is on 3 February 2026.
const EFFECTIVE: &str = "2026-03-02";
const EVE: &str = "2026-03-01";

/// The register's columns that this file fills; what a line leaves out stays as it is known.
const COLUMNS: &str =
    "编号,名称,区,街道,经度,纬度,坐标系,办园性质,隶属,等级,开办时间,班级数,学位数,在园幼儿数";

/// The kindergarten that the changed register adds.
const NEWCOMER: &str = "青禾试点幼儿园";

/// Computing proposals and adopting plans may take this long on a busy machine.
const LONG: Duration = Duration::from_mins(1);

/// Id, name, street, children, longitude and latitude of the kindergarten whose page is open.
const FACTS: &str = r"
    const fact = name => [...document.querySelectorAll('dl.facts > div')].find(d => d.querySelector('dt').innerText === name).querySelector('dd').innerText;
    const [lon, lat] = fact('坐标（WGS-84）').split('\n')[0].split(',').map(Number);
    return {id: fact('编号'), street: fact('街道'), capacity: Number(fact('学位数')), children: Number(fact('在园幼儿数')), lon, lat};
";

/// A centre and the nearest other cluster's centre whose places on the screen lie well apart from all other kindergartens:
/// what to drag, from where to where. Who drags by hand would choose the same.
const DRAG: &str = r"
    const editor = document.getElementById('editor');
    return fetch(`${editor.dataset.plan}/content`).then(answer => answer.json()).then(plan => {
        const at = new Map(plan.sites.map(site => [site.id, editor.whereIs(site.id)]));
        const away = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
        const alone = id => Math.min(...[...at].filter(([other]) => other !== id).map(([, p]) => away(p, at.get(id))));
        const centres = plan.clusters.filter(cluster => cluster.centre).sort((a, b) => alone(b.centre) - alone(a.centre));
        const from = centres[0];
        const into = centres.slice(1).sort((a, b) => away(at.get(a.centre), at.get(from.centre)) - away(at.get(b.centre), at.get(from.centre)))[0];
        const round = point => [Math.round(point.x), Math.round(point.y)];
        return {kindergarten: from.centre, cluster: from.name, into: into.name, from: round(at.get(from.centre)), to: round(at.get(into.centre)), version: plan.plan.version};
    });
";

/// Opens the dialog that merges the largest cluster into the first one with which it makes more than sixteen; returns how many.
const MERGE: &str = r"
    document.getElementById('tab-clusters').click();
    const size = head => Number(head.querySelector('.cluster-size').innerText.split(' ')[0]);
    const head = [...document.querySelectorAll('.cluster-head')].reduce((a, b) => (size(b) > size(a) ? b : a));
    const key = head.dataset.at.split('-')[1];
    head.click();
    document.querySelector(`[data-at='merge-${key}']`).click();
    const into = document.getElementById('into');
    const together = option => Number(option.text.match(/并后 (\d+) 所/)[1]);
    const option = [...into.options].find(option => together(option) > 16);
    into.value = option.value;
    return together(option);
";

#[test]
fn a_changed_register_becomes_clusters_in_force_on_the_effective_day() -> Outcome {
    let site = Site::demo()?;
    let officer = site.visitor()?;
    officer.sign_in(&site.account("南山区学前科")?)?;
    let old = clusters_on(&officer, "2026-02-03")?;
    assert!(!old.is_empty(), "the demo city has clusters today");

    imports_a_changed_register(&officer)?;
    drafts_and_adjusts(&officer)?;
    let plan = submits(&officer)?;
    officer.finds_no_errors_behind()?;

    let deputy = site.visitor()?;
    deputy.sign_in(&site.account("南山区分管领导")?)?;
    approves_and_adopts(&deputy, &plan)?;

    assert_eq!(clusters_on(&officer, "2026-02-03")?, old, "today nothing has changed");
    assert_eq!(clusters_on(&officer, EVE)?, old, "nor on the eve");
    let new = clusters_on(&officer, EFFECTIVE)?;
    assert_ne!(new, old, "from the effective day the new clusters are there");
    officer.open(&format!("/clusters?day={EFFECTIVE}"))?;
    officer.sees("南教〔2026〕12号")?;
    assert_eq!(cluster_of_newcomer(&officer, EVE)?, "未编入");
    assert_ne!(cluster_of_newcomer(&officer, EFFECTIVE)?, "未编入");
    officer.finds_no_errors_behind()?;
    deputy.finds_no_errors_behind()
}

/// Uploads a register with one changed and one new kindergarten, looks at the preview and confirms it.
fn imports_a_changed_register(officer: &Visitor) -> Outcome {
    officer.open("/kindergartens")?;
    let first = officer.run("const link = document.querySelector('tbody th a'); return [link.innerText, link.getAttribute('href')]", &[])?;
    officer.open(first[1].as_str().unwrap_or_default())?;
    officer.sees("登记信息")?;
    let facts = officer.run(FACTS, &[])?;
    let number = |name: &str| facts[name].as_f64().unwrap_or_default();
    let children = number("children") - 7.0;
    let register = format!(
        "{COLUMNS}\n{},,南山区,,,,,,,,,,,{children}\nQH0001,{NEWCOMER},南山区,{},{:.6},{:.6},WGS-84,公办,区属,市一级,2026-01-05,9,270,240\n",
        text(&facts["id"]),
        text(&facts["street"]),
        number("lon") + 0.0015,
        number("lat"),
    );
    let file = file_of("南山区名册.csv", &register)?;

    officer.click("导入名册").or_else(|_| officer.open("/imports"))?;
    officer.attach("名册文件", &file)?;
    officer.click("上传并预览")?;
    officer.waits_at_most(LONG, "the preview", || Ok(officer.shown()?.contains("逐行结果")))?;
    officer.sees("新增 1 行，变更 1 行")?;
    officer.click("变更 1")?;
    officer.sees(&format!("→ {children}"))?;
    officer.finds_it_accessible()?;
    // The program has the file now; and until it is confirmed, nothing of it is saved.
    file.parent().map_or(Ok(()), fs::remove_dir_all)?;
    officer.open(&format!("/kindergartens?text={NEWCOMER}"))?;
    officer.sees("没有符合条件的幼儿园")?;
    officer.run("history.back()", &[])?;
    officer.sees("逐行结果")?;
    officer.confirms("导入名册", "导入")?;
    officer.sees("已导入")?;
    officer.open(&format!("/kindergartens?text={NEWCOMER}"))?;
    officer.sees("QH0001")?;
    officer.open(first[1].as_str().unwrap_or_default())?;
    officer.sees("登记信息")?;
    assert_eq!(officer.run(FACTS, &[])?["children"], json!(children as i64));
    Ok(())
}

/// Starts a plan, has it proposed, drags a centre away on the map, sees which rule that breaks, and takes it back.
fn drafts_and_adjusts(officer: &Visitor) -> Outcome {
    officer.open("/plans")?;
    officer.click("新建方案")?;
    officer.fill("方案名称", "南山区二〇二六年学区方案")?;
    officer.click("开始编制")?;
    ready(officer)?;
    officer.sees("方案还是空的")?;
    officer.click("自动划分")?;
    officer.choose("计算时间", "2 秒")?;
    officer.click("开始")?;
    officer
        .waits_at_most(LONG, "the proposal", || Ok(officer.shown()?.contains("自动划分完成")))?;

    let drag = officer.run(DRAG, &[])?;
    let place = |name: &str| {
        (drag[name][0].as_i64().unwrap_or_default(), drag[name][1].as_i64().unwrap_or_default())
    };
    officer.drag(place("from"), place("to"))?;
    let broken = officer.text_of(".editor-news .news-broken")?;
    assert!(
        broken.contains("第 2.1.2-4 条"),
        "a cluster without a centre breaks 2.1.2-4: {broken}"
    );
    assert!(
        broken.contains(text(&drag["cluster"]).as_str()),
        "and the sentence names it: {broken}"
    );
    officer.click("规则")?;
    officer.sees("必须符合")?;
    officer.finds_it_accessible()?;

    officer.click("撤销")?;
    officer.sees("已解决")?;
    officer.does_not_see("必须符合")?;

    // Two clusters that are more than sixteen together: allowed with an exception only.
    let merged = officer.run(MERGE, &[])?;
    officer.click("合并")?;
    let broken = officer.text_of(".editor-news .news-broken")?;
    assert!(
        broken.contains("第 2.1.2-2 条"),
        "{merged} kindergartens are more than sixteen: {broken}"
    );
    Ok(())
}

/// Applies for exceptions from what remains and submits; returns the plan's address.
fn submits(officer: &Visitor) -> Outcome<String> {
    officer.click("方案与提交")?;
    officer.sees("办理过程")?;
    let plan = officer.path()?;
    officer.sees("例外理由")?;
    officer.fill("例外理由", "周边没有其他公办园，拟随新园投用逐步调整")?;
    officer.fill("有效期至", "2027-08-31")?;
    officer.confirms("为全部剩余原则性问题申请例外", "为全部剩余原则性问题申请例外")?;
    officer
        .waits("no exception left to apply for", || Ok(!officer.shown()?.contains("例外理由")))?;
    officer.fill("提交说明", "请审批")?;
    officer.confirms("提交审批", "提交审批")?;
    officer.sees("待审批")?;
    Ok(plan)
}

/// The deputy in charge finds the plan, approves it and puts it in force.
fn approves_and_adopts(deputy: &Visitor, plan: &str) -> Outcome {
    deputy.open(plan)?;
    deputy.fill("审批意见", "同意")?;
    deputy.confirms("批准", "批准")?;
    deputy.sees("已批准")?;
    deputy.fill("文号", "南教〔2026〕12号")?;
    deputy.fill("生效日期", EFFECTIVE)?;
    deputy.confirms("公布实施", "公布实施")?;
    deputy
        .waits_at_most(LONG, "the adoption", || Ok(deputy.shown()?.contains("方案已公布实施")))?;
    deputy.sees(EFFECTIVE)?;
    deputy.finds_it_accessible()
}

/// Waits until the editor has its plan.
fn ready(officer: &Visitor) -> Outcome {
    officer.waits_at_most(LONG, "the editor", || {
        Ok(officer.run("return document.getElementById('editor')?.dataset.ready === 'yes'", &[])?
            == true)
    })
}

/// The addresses of the clusters that the list shows on a day, in order.
fn clusters_on(officer: &Visitor, day: &str) -> Outcome<Vec<String>> {
    officer.open(&format!("/clusters?day={day}"))?;
    officer.sees("导出一览表")?;
    let found = officer
        .run("return [...document.querySelectorAll('tbody th a')].map(a => a.pathname)", &[])?;
    Ok(found.as_array().into_iter().flatten().map(text).collect())
}

/// What the list of kindergartens shows as the newcomer's cluster on a day.
fn cluster_of_newcomer(officer: &Visitor, day: &str) -> Outcome<String> {
    officer.open(&format!("/kindergartens?text={NEWCOMER}&day={day}"))?;
    Ok(officer.text_of("tbody td[data-label=学区]")?.trim().to_owned())
}

fn file_of(name: &str, content: &str) -> Outcome<PathBuf> {
    let folder = std::env::temp_dir().join(format!("gongzhi-main-job-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let file = folder.join(name);
    fs::write(&file, content)?;
    Ok(file)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
