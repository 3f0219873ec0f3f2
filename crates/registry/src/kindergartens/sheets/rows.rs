//! From one line of a table to what it says of one kindergarten.

use geography::{Datum, Point, Regions};
use policy::{Grade, Ownership, RunBy, Status};
use sheets::{Cell, Line, Message};

use super::cells::{self, Read};
use super::columns::{Columns, Meaning, Pair};
use crate::kindergartens::rules;
use crate::kindergartens::types::{
    Address, Bounded, CommunityName, Facts, Field, Name, NationalCode, OpenedOn, Reading,
    RegisterId,
};

/// What a line says. A field that its file does not have, or that the line leaves empty, is `None` and stays as it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Draft {
    pub(super) register_id: Option<RegisterId>,
    pub(super) national_code: Option<NationalCode>,
    pub(super) former_codes: Option<Vec<RegisterId>>,
    pub(super) name: Option<Name>,
    pub(super) former_names: Option<Vec<Name>>,
    pub(super) district: Option<String>,
    pub(super) street: Option<String>,
    pub(super) community: Option<CommunityName>,
    pub(super) address: Option<Address>,
    pub(super) place: Option<(Point, Datum)>,
    pub(super) ownership: Option<Ownership>,
    pub(super) run_by: Option<RunBy>,
    pub(super) grade: Option<Grade>,
    pub(super) opened_on: Option<OpenedOn>,
    pub(super) counts: [Option<u32>; 8],
    pub(super) status: Option<Status>,
}

/// The fields of [`Draft::counts`], in its order.
pub(super) const COUNTS: [Field; 8] = [
    Field::Campuses,
    Field::Classes,
    Field::Capacity,
    Field::Children,
    Field::Teachers,
    Field::Carers,
    Field::OtherStaff,
    Field::FloorArea,
];

/// A line that was read.
pub(super) struct Row {
    pub(super) line: u32,
    pub(super) draft: Draft,
    /// The degrees of the pair that was used, as written, with the datum in which they were read; for the look at the whole file.
    pub(super) written: Option<(f64, f64)>,
    pub(super) messages: Vec<Message>,
}

/// Reads a line. Whatever can't be read is a message; the draft then lacks it.
pub(super) fn read(
    line: &Line,
    columns: &Columns<'_>,
    regions: &Regions,
    reading: &Reading,
) -> Row {
    let mut hand = Hand { line, columns, regions, messages: Vec::new() };
    let mut draft = Draft {
        register_id: hand.code(Field::RegisterId),
        national_code: hand.national_code(),
        former_codes: hand.list(Field::FormerCodes),
        name: hand.phrase(Field::Name),
        former_names: hand.list(Field::FormerNames),
        community: hand.phrase(Field::Community),
        address: hand.phrase(Field::Address),
        ownership: hand.ownership(),
        run_by: hand.value(Field::RunBy, cells::run_by),
        grade: hand.value(Field::Grade, cells::grade),
        opened_on: hand.value(Field::OpenedOn, |cell| {
            cells::opened(cell).map(|value| Read { value, mended: None })
        }),
        counts: COUNTS.map(|field| hand.value(field, |cell| cells::count(cell, field))),
        status: hand.value(Field::Status, cells::status),
        ..Draft::default()
    };
    draft.community = draft.community.and_then(|name| CommunityName::new(short_community(&name)));
    draft.district = hand.district();
    draft.street = draft.district.as_deref().and_then(|district| hand.street(district));
    let written = hand.place(&mut draft, reading);
    if line.cells.len() > columns.table.header.len() {
        hand.messages.push(Message::refused(
            "",
            format!(
                "这一行有 {} 格，表头只有 {} 列，内容可能错位。CSV 中含逗号的内容须用英文双引号括起。",
                line.cells.len(),
                columns.table.header.len()
            ),
        ));
    }
    Row { line: line.line, draft, written, messages: hand.messages }
}

/// Reads one line, cell by cell, and keeps what there is to say.
struct Hand<'a> {
    line: &'a Line,
    columns: &'a Columns<'a>,
    regions: &'a Regions,
    messages: Vec<Message>,
}

impl<'a> Hand<'a> {
    /// The cell with a meaning and its title. Two columns of one meaning must agree.
    fn cell(&mut self, meaning: Meaning) -> Option<(&'a Cell, &'a str)> {
        let mut found: Option<(&'a Cell, &'a str)> = None;
        for column in self.columns.all(meaning) {
            let (Some(cell), Some(title)) =
                (self.line.cells.get(*column), self.columns.table.header.get(*column))
            else {
                continue;
            };
            if cell.is_empty() {
                continue;
            }
            match found {
                None => found = Some((cell, title)),
                Some((first, first_title)) if first.text() != cell.text() => {
                    self.messages.push(Message::refused(
                        title,
                        format!("“{first_title}”与“{title}”两列意思相同，这一行内容却不一致。请保留正确的一列。"),
                    ));
                }
                Some(_) => {}
            }
        }
        let (cell, title) = found?;
        if let Some(text) = cells::unusable(cell) {
            self.messages.push(Message::refused(title, text));
            return None;
        }
        Some((cell, title))
    }

    /// The value of a column that is not empty, through `parse`.
    fn value<T>(
        &mut self,
        field: Field,
        parse: impl Fn(&Cell) -> Result<Read<T>, String>,
    ) -> Option<T> {
        let (cell, title) = self.cell(Meaning::Of(field))?;
        // 无 is an answer to the grade and no answer to anything else.
        if cells::says_nothing(cell) && field != Field::Grade {
            return None;
        }
        match parse(cell) {
            Ok(read) => Some(self.keep(title, read)),
            Err(text) => {
                self.messages.push(Message::refused(title, text));
                None
            }
        }
    }

    fn keep<T>(&mut self, title: &str, read: Read<T>) -> T {
        if let Some(text) = read.mended {
            self.messages.push(Message::mended(title, text));
        }
        read.value
    }

    fn bounded<const MOST: usize>(
        &mut self,
        field: Field,
        read: impl Fn(&Cell) -> Read<String>,
    ) -> Option<Bounded<MOST>> {
        self.value(field, |cell| {
            let Read { value, mended } = read(cell);
            let bounded = Bounded::new(&value);
            bounded.map(|value| Read { value, mended }).ok_or_else(|| {
                let label = field.label();
                format!(
                    "{label}“{}”过长或含有不可见字符，应为 1 至 {MOST} 个字。请改正。",
                    cells::excerpt(&value)
                )
            })
        })
    }

    fn code(&mut self, field: Field) -> Option<RegisterId> {
        let (cell, title) = self.cell(Meaning::Of(field))?;
        let text = cell.text();
        if let Some((digits, exponent)) = text.split_once(['E', 'e'])
            && digits.contains('.')
            && exponent.trim_start_matches('+').parse::<u8>().is_ok()
        {
            self.messages.push(Message::refused(title, format!("“{text}”是被 Excel 改成科学计数法的编号，原来的数字已丢失。请把该列设为文本格式后重填。")));
            return None;
        }
        self.bounded(field, cells::code)
    }

    fn phrase<const MOST: usize>(&mut self, field: Field) -> Option<Bounded<MOST>> {
        self.bounded(field, cells::phrase)
    }

    fn list<const MOST: usize>(&mut self, field: Field) -> Option<Vec<Bounded<MOST>>> {
        self.value(field, |cell| {
            let read = cells::phrase(cell);
            let parts = read
                .value
                .split(['、', ',', '，', ';', '；', '/'])
                .filter(|part| !part.trim().is_empty());
            let list: Option<Vec<_>> = parts.map(Bounded::new).collect();
            list.map(|value| Read { value, mended: read.mended }).ok_or_else(|| {
                format!(
                    "{}中有一项过长，每项应在 {MOST} 个字以内，用顿号分隔。请改正。",
                    field.label()
                )
            })
        })
    }

    fn national_code(&mut self) -> Option<NationalCode> {
        self.value(Field::NationalCode, |cell| {
            let Read { value, mended } = cells::code(cell);
            NationalCode::new(&value).map(|value| Read { value, mended }).ok_or_else(|| {
                format!("标识码“{}”不对，应为 10 位数字，幼儿园以 11 开头、广东以 44 接续（1144……）。请核对；还没有标识码的留空。", cells::excerpt(&value))
            })
        })
    }

    fn ownership(&mut self) -> Option<Ownership> {
        let ownership = self.value(Field::Ownership, cells::ownership)?;
        let Some((cell, title)) = self.cell(Meaning::Inclusive) else { return Some(ownership) };
        let inclusive = match cells::yes_or_no(cell) {
            Ok(inclusive) => inclusive,
            Err(text) => {
                self.messages.push(Message::refused(title, format!("“{title}”{text}")));
                return None;
            }
        };
        let (written, _) = self.cell(Meaning::Of(Field::Ownership))?;
        match (ownership, inclusive) {
            (Ownership::Private, true) if !cells::excludes_inclusive(written) => {
                self.messages.push(Message::mended(
                    title,
                    format!("“{}”且普惠，即“普惠性民办”。", written.text()),
                ));
                Some(Ownership::InclusivePrivate)
            }
            (Ownership::Private, true) | (Ownership::InclusivePrivate, false) => {
                let text = format!(
                    "办园性质是“{}”，“{title}”却是“{}”，两者矛盾。请核对后改正。",
                    written.text(),
                    cell.text()
                );
                self.messages.push(Message::refused(title, text));
                None
            }
            _ => Some(ownership),
        }
    }

    fn district(&mut self) -> Option<String> {
        let named = self.cell(Meaning::Of(Field::District));
        let coded = self.cell(Meaning::DistrictCode);
        let (cell, title) = named.or(coded)?;
        let written = cells::code(cell);
        let Some(district) = self.regions.district_named(&written.value) else {
            let all: Vec<&str> =
                self.regions.districts.iter().map(|district| district.name.as_str()).collect();
            let text = format!(
                "“{}”不是{}的区，应为{}之一。请改正。",
                cells::excerpt(&cell.text()),
                self.regions.city.name,
                all.join("、")
            );
            self.messages.push(Message::refused(title, text));
            return None;
        };
        if let Some(text) = written.mended {
            self.messages.push(Message::mended(title, text));
        }
        let (Some(_), Some((code, code_title))) = (named, coded) else {
            return Some(district.code.clone());
        };
        let code = cells::code(code).value;
        // 大鹏新区 has no code of its own: its streets bear that of 龙岗区, and so do registers.
        let fits = district.code == code
            || district.gb_code.as_deref() == Some(&code)
            || (district.gb_code.is_none()
                && self
                    .regions
                    .streets_of(&district.code)
                    .any(|street| street.code.starts_with(&code)));
        if !fits {
            let text = format!(
                "区划代码 {} 与“{}”不一致。请核对后改正。",
                cells::excerpt(&code),
                district.name
            );
            self.messages.push(Message::refused(code_title, text));
        }
        fits.then(|| district.code.clone())
    }

    fn street(&mut self, district: &str) -> Option<String> {
        let named =
            self.cell(Meaning::Of(Field::Street)).filter(|(cell, _)| !cells::says_nothing(cell));
        let coded = self.cell(Meaning::StreetCode).filter(|(cell, _)| !cells::says_nothing(cell));
        let (cell, title) = named.or(coded)?;
        let written = cells::code(cell);
        let Some(street) = self.regions.street_named(district, &written.value) else {
            let own = self.regions.district(district).map_or(district, |district| &district.name);
            let elsewhere = self
                .regions
                .districts
                .iter()
                .find(|other| self.regions.street_named(&other.code, &written.value).is_some());
            let shown = cells::excerpt(&cell.text());
            self.messages.push(match elsewhere {
                Some(other) => Message::refused(
                    title,
                    format!(
                        "“{shown}”属于{}，所在区却是{own}，两者矛盾。请核对后改正。",
                        other.name
                    ),
                ),
                None => Message::warning(
                    title,
                    format!(
                        "{own}没有“{shown}”这个街道，街道暂按未填处理。请核对，或更新街道名录。"
                    ),
                ),
            });
            return None;
        };
        if let Some(text) = written.mended {
            self.messages.push(Message::mended(title, text));
        }
        if let (Some(_), Some((code, code_title))) = (named, coded)
            && cells::code(code).value != street.code
        {
            let text = format!(
                "街道代码 {} 与“{}”（{}）不一致。请核对后改正。",
                cells::excerpt(&code.text()),
                street.name,
                street.code
            );
            self.messages.push(Message::refused(code_title, text));
        }
        Some(street.code.clone())
    }

    /// Fills in the point of the draft. Returns the degrees as written when there is exactly one pair to go by.
    fn place(&mut self, draft: &mut Draft, reading: &Reading) -> Option<(f64, f64)> {
        let own_datum = self.value(Field::Datum, |cell| {
            cells::datum(cell).map(|value| Read { value, mended: None })
        });
        let mut found: Vec<(Pair, (f64, f64), Datum)> = Vec::new();
        for pair in self.columns.pairs.clone() {
            if let Some(written) = self.degrees(pair) {
                found.push((
                    pair,
                    written,
                    pair.datum.or(own_datum).unwrap_or(reading.assumed_datum),
                ));
            }
        }
        let &(first, written, datum) = found.first()?;
        if let (Some(named), Some(own)) = (first.datum, own_datum)
            && named != own
            && found.len() == 1
        {
            let text = format!(
                "列名说坐标是{}，坐标系一栏却是{}，两者矛盾。请核对后改正。",
                named.label(),
                own.label()
            );
            self.messages.push(Message::refused(self.columns.title(Field::Datum), text));
            return None;
        }
        draft.place = Some((datum.to_wgs84(written.0, written.1), datum));
        if found.len() > 1 {
            self.compare(draft, &found);
            return None;
        }
        Some(written)
    }

    /// Two pairs that name their datums must mean one place; where they don't, the pair that fits the place best counts.
    fn compare(&mut self, draft: &mut Draft, found: &[(Pair, (f64, f64), Datum)]) {
        /// Rounding to four decimals and the various inverse transformations stay well below.
        const ONE_PLACE_M: f64 = 30.0;
        let points: Vec<(Point, Datum)> = found
            .iter()
            .map(|(_, written, datum)| (datum.to_wgs84(written.0, written.1), *datum))
            .collect();
        let apart_m =
            points.iter().map(|(point, _)| point.distance_m(points[0].0)).fold(0.0, f64::max);
        if apart_m <= ONE_PLACE_M {
            return;
        }
        let fits = |point: Point| {
            let district = draft.district.as_deref()?;
            Some(rules::fit(self.regions, district, draft.street.as_deref(), point).is_inside())
        };
        let (point, datum) = points
            .iter()
            .copied()
            .find(|(point, _)| fits(*point) == Some(true))
            .unwrap_or(points[0]);
        draft.place = Some((point, datum));
        let same = found.iter().all(|(_, written, _)| *written == found[0].1);
        let why = if same {
            "两组数值完全相同，其中一组的坐标系写错了"
        } else {
            "疑似其中一组的坐标系或数值有误"
        };
        let titles: Vec<&str> =
            found.iter().map(|(pair, ..)| self.columns.table.header[pair.lon].as_str()).collect();
        let title = found
            .iter()
            .find(|(.., used)| *used == datum)
            .map_or("", |(pair, ..)| self.columns.table.header[pair.lon].as_str());
        self.messages.push(Message::warning(
            title,
            format!(
                "“{}”各组坐标换算后相差 {apart_m:.0} 米，{why}。暂用{}一组，请核对。",
                titles.join("”“"),
                datum.label()
            ),
        ));
    }

    fn degrees(&mut self, pair: Pair) -> Option<(f64, f64)> {
        let (lon_cell, lat_cell) = (self.line.cells.get(pair.lon)?, self.line.cells.get(pair.lat)?);
        let (lon_title, lat_title) =
            (self.columns.table.header.get(pair.lon)?, self.columns.table.header.get(pair.lat)?);
        let mut usable = true;
        for (cell, title) in [(lon_cell, lon_title), (lat_cell, lat_title)] {
            if let Some(text) = cells::unusable(cell) {
                self.messages.push(Message::refused(title, text));
                usable = false;
            }
        }
        let nothing = (cells::says_nothing(lon_cell), cells::says_nothing(lat_cell));
        match nothing {
            _ if !usable => return None,
            (true, true) => return None,
            (true, false) | (false, true) => {
                let (title, missing) =
                    if nothing.0 { (lon_title, "经度") } else { (lat_title, "纬度") };
                self.messages.push(Message::refused(
                    title,
                    format!("只填了一半坐标，缺{missing}。请补上。"),
                ));
                return None;
            }
            (false, false) => {}
        }
        let read = if pair.lon == pair.lat {
            cells::both_degrees(lon_cell).map_err(|text| vec![(lon_title, text)])
        } else {
            match (cells::degrees(lon_cell), cells::degrees(lat_cell)) {
                (Ok(lon), Ok(lat)) => Ok((lon, lat)),
                (lon, lat) => Err([(lon_title, lon.err()), (lat_title, lat.err())]
                    .into_iter()
                    .filter_map(|(title, text)| Some((title, text?)))
                    .collect()),
            }
        };
        let (lon, lat) = match read {
            Ok(read) => read,
            Err(faults) => {
                self.messages
                    .extend(faults.into_iter().map(|(title, text)| Message::refused(title, text)));
                return None;
            }
        };
        let (lon, lat) = (self.keep(lon_title, lon), self.keep(lat_title, lat));
        if !rules::is_possible(lon, lat) && rules::is_possible(lat, lon) {
            self.messages.push(Message::mended(
                lon_title,
                format!("经度 {lon} 与纬度 {lat} 填反了，已对调。"),
            ));
            return Some((lat, lon));
        }
        Some((lon, lat))
    }
}

/// 大塘龙社区居民委员会 is the committee of 大塘龙社区.
fn short_community(name: &str) -> &str {
    ["居民委员会", "居委会", "居委"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .filter(|short| !short.is_empty())
        .unwrap_or(name)
}

impl Draft {
    /// What will be known: what the line says, for the rest what is known already. Without either, the labels of what is
    /// missing.
    pub(super) fn onto(&self, known: Option<&Facts>, id: RegisterId) -> Result<Facts, Vec<Field>> {
        let name = self.name.clone().or_else(|| known.map(|known| known.name.clone()));
        let district = self.district.clone().or_else(|| known.map(|known| known.district.clone()));
        let place = self.place.or_else(|| known.map(|known| (known.point, known.datum)));
        let ownership = self.ownership.or_else(|| known.map(|known| known.ownership));
        let missing: Vec<Field> = [
            (Field::Name, name.is_none()),
            (Field::District, district.is_none()),
            (Field::Point, place.is_none()),
            (Field::Ownership, ownership.is_none()),
        ]
        .into_iter()
        .filter_map(|(field, is_missing)| is_missing.then_some(field))
        .collect();
        let (Some(name), Some(district), Some((point, datum)), Some(ownership)) =
            (name, district, place, ownership)
        else {
            return Err(missing);
        };
        // A kindergarten that moved to another district has left its street.
        let stayed = known.filter(|known| known.district == district);
        // A metre is less than the rounding of six decimals to and fro between datums.
        let (point, datum) = known
            .filter(|known| known.point.distance_m(point) < 1.0)
            .map_or((point, datum), |known| (known.point, known.datum));
        let mut former_names = known.map(|known| known.former_names.clone()).unwrap_or_default();
        add_former(&mut former_names, known.map(|known| known.name.clone()), &name);
        for former in self.former_names.iter().flatten() {
            add_former(&mut former_names, Some(former.clone()), &name);
        }
        let national_code = self
            .national_code
            .clone()
            .or_else(|| known.and_then(|known| known.national_code.clone()));
        let mut former_codes = known.map(|known| known.former_codes.clone()).unwrap_or_default();
        if let (Some(old), Some(new)) =
            (known.and_then(|known| known.national_code.as_ref()), &national_code)
            && old != new
        {
            add_former(&mut former_codes, RegisterId::new(old.as_str()), &id);
        }
        for former in self.former_codes.iter().flatten() {
            add_former(&mut former_codes, Some(former.clone()), &id);
        }
        let count = |index: usize, known: Option<u32>| self.counts[index].or(known);
        Ok(Facts {
            register_id: id,
            national_code,
            former_codes,
            name,
            former_names,
            district,
            street: self.street.clone().or_else(|| stayed.and_then(|known| known.street.clone())),
            community: self
                .community
                .clone()
                .or_else(|| stayed.and_then(|known| known.community.clone())),
            address: self.address.clone().or_else(|| known.and_then(|known| known.address.clone())),
            point,
            datum,
            ownership,
            run_by: self.run_by.or_else(|| known.and_then(|known| known.run_by)),
            grade: self.grade.or_else(|| known.map(|known| known.grade)).unwrap_or(Grade::Ungraded),
            opened_on: self.opened_on.or_else(|| known.and_then(|known| known.opened_on)),
            campuses: count(0, known.and_then(|known| known.campuses)),
            classes: count(1, known.and_then(|known| known.classes)),
            capacity: count(2, known.and_then(|known| known.capacity)),
            children: count(3, known.and_then(|known| known.children)),
            teachers: count(4, known.and_then(|known| known.teachers)),
            carers: count(5, known.and_then(|known| known.carers)),
            other_staff: count(6, known.and_then(|known| known.other_staff)),
            floor_area_m2: count(7, known.and_then(|known| known.floor_area_m2)),
            status: self.status.or_else(|| known.map(|known| known.status)).unwrap_or(Status::Open),
        })
    }
}

/// What once was stays on record, whatever a later file leaves out; so the same file again changes nothing.
fn add_former<const MOST: usize>(
    list: &mut Vec<Bounded<MOST>>,
    former: Option<Bounded<MOST>>,
    present: &Bounded<MOST>,
) {
    if let Some(former) = former
        && former != *present
        && !list.contains(&former)
    {
        list.push(former);
    }
}
