//! What one period leaves for the next, as CSV: the state of the run as cases write it, the best ranks so far, and how
//! many orders there were.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::Failure;
use super::field_files::{find, numbers, rank};
use super::table_file::TableFile;
use crate::domain::ids::MemberId;
use crate::domain::money::Volume;
use crate::plan::{CheckedPlan, RunResult, Snapshot, SnapshotMember, StateEntry, case, is_volume};
use crate::text::shortened;

const COLUMNS: [&str; 3] = ["member", "key", "value"];

/// The key under which the best rank so far is carried beside the engine's own keys.
const HIGHEST: &str = "highest_rank";
/// The same for how many orders a member made so far.
pub const BEFORE: &str = "orders_before";

/// What an earlier period left: state by key, and the best ranks so far.
pub(super) fn carried(
    name: &Path,
    plan: &CheckedPlan,
    ids: &HashMap<String, MemberId>,
    members: &mut [SnapshotMember],
    faults: &mut Vec<String>,
) -> Result<(Vec<String>, Vec<StateEntry>), Failure> {
    let mut file = TableFile::read(name, &COLUMNS, &COLUMNS)?;
    let keys: BTreeSet<String> = (0..file.count())
        .map(|row| file.cell(row, "key").to_owned())
        .filter(|key| ![HIGHEST, BEFORE].contains(&key.as_str()))
        .collect();
    let keys: Vec<String> = keys.into_iter().collect();
    let unknown: HashMap<&str, String> =
        keys.iter().filter_map(|key| Some((key.as_str(), case::unknown_key(plan, key)?))).collect();
    let places: HashMap<MemberId, usize> = members.iter().zip(0..).map(|(member, at)| (member.id, at)).collect();
    let mut seen: HashMap<(MemberId, String), u64> = HashMap::new();
    let mut state = Vec::new();
    for row in 0..file.count() {
        if file.cell(row, "member").is_empty() {
            file.fault(row, "member: every line needs one");
        }
        let key = file.cell(row, "key").to_owned();
        if let Some(unknown) = unknown.get(key.as_str()) {
            file.fault(row, format!("key: “{}”: {unknown}", shortened(&key)));
            continue;
        }
        let Some(member) = find(&mut file, row, "member", ids) else { continue };
        if let Some(line) = seen.insert((member, key.clone()), file.line(row)) {
            file.fault(row, format!("key: line {line} says “{key}” of this member already"));
        }
        let known = places.get(&member).map(|at| &mut members[*at]);
        if key == HIGHEST {
            let found = rank(&mut file, row, "value", plan);
            known
                .into_iter()
                .filter(|known| known.highest_rank.is_none())
                .for_each(|known| known.highest_rank = found.clone());
        } else if key == BEFORE {
            let before = file.whole(row, "value", 0);
            known.into_iter().filter(|known| known.orders_before == 0).for_each(|known| known.orders_before = before);
        } else {
            let value = value(&mut file, row, &key);
            let key = keys.binary_search(&key).ok().and_then(|place| u16::try_from(place).ok()).unwrap_or_default();
            state.push(StateEntry { member, key, value });
        }
    }
    faults.append(&mut file.faults());
    Ok((keys, state))
}

/// A number of the state: volumes are points, everything else is whole.
fn value(file: &mut TableFile, row: usize, key: &str) -> i64 {
    if file.cell(row, "value").is_empty() {
        file.fault(row, "value: every line needs one");
    }
    if is_volume(key) { file.points(row, "value", Volume::ZERO).0 } else { file.whole(row, "value", 0) }
}

/// A number of the state as `carried` reads it and cases write it.
pub fn written(key: &str, value: i64) -> String {
    if is_volume(key) { Volume(value).to_string() } else { value.to_string() }
}

/// Refuses to write over one of the files that are read.
pub fn refuse_inputs(name: &Path, inputs: &[Option<&PathBuf>]) -> Result<(), Failure> {
    let Ok(target) = name.canonicalize() else { return Ok(()) };
    let is_it = |input: &&PathBuf| input.canonicalize().is_ok_and(|input| input == target);
    match inputs.iter().copied().flatten().find(is_it) {
        Some(input) => {
            let message = format!("--carry-out would write over {}, which is read; name another file", input.display());
            Err(Failure::usage(message))
        }
        None => Ok(()),
    }
}

/// Writes what the next period must know, as `--carry-in` reads it: all of it, or the file stays as it was.
pub fn write(name: &Path, snapshot: &Snapshot, result: &RunResult) -> Result<(), Failure> {
    let fault =
        |fault: &dyn std::fmt::Display| Failure::failed(format!("{} cannot be written: {fault}", name.display()));
    let text = text(snapshot, result)?;
    // What a link points to is written, not the link.
    let target = name.canonicalize().unwrap_or_else(|_| name.to_owned());
    if target.exists() && !target.is_file() {
        return std::fs::write(&target, text).map_err(|error| fault(&error));
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
        .tempfile_in(folder)
        .and_then(|mut file| std::io::Write::write_all(&mut file, &text).map(|()| file));
    written.map_err(|error| fault(&error))?.persist(&target).map(|_| ()).map_err(|error| fault(&error.error))
}

fn text(snapshot: &Snapshot, result: &RunResult) -> Result<Vec<u8>, Failure> {
    let numbers = numbers(snapshot);
    let mut rows: Vec<[String; 3]> = Vec::new();
    for (member, found) in snapshot.members.iter().zip(&result.members) {
        if let Some(rank) = found.highest_rank {
            rows.push([member.number.to_string(), HIGHEST.to_owned(), result.ranks[usize::from(rank)].code.clone()]);
        }
    }
    let mut made: HashMap<MemberId, HashSet<&str>> = HashMap::new();
    for order in &snapshot.orders {
        made.entry(order.buyer).or_default().insert(&order.number);
    }
    for member in &snapshot.members {
        let now = made.get(&member.id).map_or(0, HashSet::len);
        let ever = u64::from(member.orders_before).saturating_add(now as u64);
        if ever > 0 {
            rows.push([member.number.to_string(), BEFORE.to_owned(), ever.to_string()]);
        }
    }
    for entry in &result.state {
        let key = result.state_keys[usize::from(entry.key)].clone();
        let value = written(&key, entry.value);
        rows.push([numbers[&entry.member].to_owned(), key, value]);
    }
    rows.sort();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    rows.iter().try_for_each(|row| writer.write_record(row))?;
    writer.into_inner().map_err(|fault| Failure::failed(fault.to_string()))
}
