//! Turns a dated network (who acted upon whom, and when) into people: when each first appeared, and who
//! acted upon them first. Keeps people in memory, not edges.

use std::collections::HashMap;
use std::sync::Arc;

use super::reader::{Header, Row, Rows, SheetFault};
use super::{Cells, EdgeRules, Mapping};
use crate::domain::calendar::{Moment, Zone};

/// A person of a network.
#[derive(Debug, Clone)]
pub struct Person {
    /// A row with the columns `node`, `at` (the first appearance, as the file writes it) and
    /// `sponsor` (the sponsor's node; may be empty). Its line is that of the first appearance.
    pub row: Row,
    /// Why the first rater did not become the sponsor.
    pub note: Option<String>,
}

/// A row of the network that is no edge.
#[derive(Debug, Clone)]
pub struct EdgeFault {
    /// The row.
    pub row: Row,
    /// Why.
    pub reason: String,
}

struct Seen {
    node: String,
    at: Moment,
    written_at: String,
    line: u64,
    /// 0 for who acted in that row, 1 for who was acted upon.
    end: u8,
    /// Who acted upon this person first, when, and on which line.
    rater: Option<(usize, Moment, u64)>,
}

/// Reads all edges and gives the people in the order of their first appearance, with the rows that are
/// no edges.
pub fn unfold(
    rows: &mut Rows,
    mapping: &Mapping,
    rules: &EdgeRules,
    zone: Zone,
) -> Result<(Vec<Person>, Vec<EdgeFault>), SheetFault> {
    let mut people: Vec<Seen> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut faults = Vec::new();
    while let Some(row) = rows.next_row()? {
        match edge_of(&row, mapping, rules, zone) {
            Err(reason) => faults.push(EdgeFault { row, reason }),
            Ok(None) => {}
            Ok(Some((from, to, at))) => {
                let seen = |end| (at, row.cell(&rules.at), row.line, end);
                let from = appear(&mut people, &mut index, from, seen(0));
                let to = appear(&mut people, &mut index, to, seen(1));
                let rater = &mut people[to].rater;
                if rater.is_none_or(|(_, first, line)| (at, row.line) < (first, line)) {
                    *rater = Some((from, at, row.line));
                }
            }
        }
    }
    Ok((sponsored(&people), faults))
}

fn edge_of<'r>(
    row: &'r Row,
    mapping: &Mapping,
    rules: &EdgeRules,
    zone: Zone,
) -> Result<Option<(&'r str, &'r str, Moment)>, String> {
    if let Some(fault) = &row.fault {
        return Err(fault.to_string());
    }
    let cells = Cells::new(mapping, row, zone);
    if cells.is_skipped() {
        return Ok(None);
    }
    let (from, to) = (row.cell(&rules.from), row.cell(&rules.to));
    if from.is_empty() || to.is_empty() {
        return Err(format!("{} and {} must both be filled in", rules.from, rules.to));
    }
    if from == to {
        return Err(format!("{from} stands on both ends; nobody is their own sponsor"));
    }
    let (_, at) = cells.date("at", row.cell(&rules.at)).map_err(|fault| fault.to_string())?;
    Ok(Some((from, to, at)))
}

fn appear(
    people: &mut Vec<Seen>,
    index: &mut HashMap<String, usize>,
    node: &str,
    (at, written_at, line, end): (Moment, &str, u64, u8),
) -> usize {
    if let Some(&known) = index.get(node) {
        let seen = &mut people[known];
        if (at, line, end) < (seen.at, seen.line, seen.end) {
            (seen.at, seen.line, seen.end) = (at, line, end);
            written_at.clone_into(&mut seen.written_at);
        }
        return known;
    }
    index.insert(node.to_owned(), people.len());
    people.push(Seen { node: node.to_owned(), at, written_at: written_at.to_owned(), line, end, rater: None });
    people.len() - 1
}

/// Links everybody to the first rater in the order of the ratings; a link that would close a circle is
/// left out, because the rater then stands below the person already.
fn sponsored(people: &[Seen]) -> Vec<Person> {
    let mut links: Vec<(Moment, u64, usize, usize)> = people
        .iter()
        .enumerate()
        .filter_map(|(to, seen)| seen.rater.map(|(from, at, line)| (at, line, to, from)))
        .collect();
    links.sort_unstable();
    let mut groups: Vec<usize> = (0..people.len()).collect();
    let mut sponsors: Vec<Option<usize>> = vec![None; people.len()];
    for (_, _, to, from) in links {
        // Nobody has a second sponsor, so a link closes a circle exactly within one group.
        let (below, above) = (group_of(&mut groups, to), group_of(&mut groups, from));
        if below != above {
            groups[below] = above;
            sponsors[to] = Some(from);
        }
    }
    let header = Arc::new(Header::new(["node", "at", "sponsor"].map(str::to_owned).to_vec()));
    let mut order: Vec<usize> = (0..people.len()).collect();
    order.sort_by_key(|at| (people[*at].at, people[*at].line, people[*at].end));
    order
        .into_iter()
        .map(|at| {
            let seen = &people[at];
            let sponsor = sponsors[at].map(|from| people[from].node.clone()).unwrap_or_default();
            let note = seen.rater.filter(|_| sponsor.is_empty()).map(|(from, _, line)| {
                format!("{} (line {line}) stands below {}; no sponsor", people[from].node, seen.node)
            });
            let cells = vec![seen.node.clone(), seen.written_at.clone(), sponsor];
            Person { row: Row { line: seen.line, offset: 0, header: Arc::clone(&header), cells, fault: None }, note }
        })
        .collect()
}

fn group_of(groups: &mut [usize], mut at: usize) -> usize {
    while groups[at] != at {
        groups[at] = groups[groups[at]];
        at = groups[at];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rater_sponsors_and_a_circle_is_left_open() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("edges.csv");
        std::fs::write(&path, "F,T,At\na,b,10\nb,c,20\nc,a,30\nd,b,5\ne,e,40\nf,c,soon\n").unwrap();
        let text = "kind = \"members\"\n[file]\ndates = [\"epoch-seconds\"]\n[columns]\nnumber = \"node\"\nname = \"node\"\njoined_on = \"at\"\n\
                    [edges]\nfrom = \"F\"\nto = \"T\"\nat = \"At\"\nsponsor = \"first-rater\"\n";
        let mapping = Mapping::read(text, "map.toml").unwrap();
        let mut rows = Rows::open(&path, "edges.csv", &mapping.file).unwrap();
        let rules = mapping.edges.clone().unwrap();
        let (people, faults) = unfold(&mut rows, &mapping, &rules, "UTC".parse().unwrap()).unwrap();
        let told: Vec<(&str, &str, u64)> =
            people.iter().map(|p| (p.row.cell("node"), p.row.cell("sponsor"), p.row.line)).collect();
        // d rated b first; a is rated by c, which stands below d > b > c, but a is outside of it: fine.
        assert_eq!(told, [("d", "", 5), ("b", "d", 5), ("a", "c", 2), ("c", "b", 3)]);
        assert_eq!(faults.iter().map(|f| f.row.line).collect::<Vec<_>>(), [6, 7]);
    }
}
