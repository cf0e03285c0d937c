//! Two texts side by side, line by line.

/// A line of one text or of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineChange<'t> {
    /// In both: the number in each, from 1, and the line.
    Same(usize, usize, &'t str),
    /// Only in the text before.
    Gone(usize, &'t str),
    /// Only in the text after.
    New(usize, &'t str),
}

/// Most lines between the first and the last difference that are compared one by one.
const LIMIT: usize = 3_000;

/// Compares two texts by lines: as many as can be kept are the same.
pub fn line_diff<'t>(before: &'t str, after: &'t str) -> Vec<LineChange<'t>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let mut out: Vec<LineChange<'t>> = (0..head).map(|at| LineChange::Same(at + 1, at + 1, old[at])).collect();
    middle(&old[head..old.len() - tail], &new[head..new.len() - tail], head, &mut out);
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    out.extend((0..tail).map(|at| LineChange::Same(old_end + at + 1, new_end + at + 1, old[old_end + at])));
    out
}

/// The lines between what is the same at both ends, by the longest common subsequence.
fn middle<'t>(old: &[&'t str], new: &[&'t str], head: usize, out: &mut Vec<LineChange<'t>>) {
    let width = new.len() + 1;
    let compared = old.len() <= LIMIT && new.len() <= LIMIT;
    let mut common = vec![0_u16; if compared { (old.len() + 1) * width } else { 0 }];
    if compared {
        for i in (0..old.len()).rev() {
            for j in (0..new.len()).rev() {
                common[i * width + j] = if old[i] == new[j] {
                    common[(i + 1) * width + j + 1] + 1
                } else {
                    common[(i + 1) * width + j].max(common[i * width + j + 1])
                };
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if compared && i < old.len() && j < new.len() && old[i] == new[j] {
            out.push(LineChange::Same(head + i + 1, head + j + 1, old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len()
            && (j == new.len() || !compared || common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            out.push(LineChange::Gone(head + i + 1, old[i]));
            i += 1;
        } else {
            out.push(LineChange::New(head + j + 1, new[j]));
            j += 1;
        }
    }
}
