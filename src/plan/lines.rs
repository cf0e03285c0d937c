//! A long list of lines in parts, so that it grows, and gives memory back, piece by piece.

use std::ops::Index;

use super::result::EarningLine;

/// Lines in their order.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    parts: Vec<Vec<EarningLine>>,
    /// How many lines there are up to and with each part.
    ends: Vec<usize>,
}

impl Lines {
    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds lines at the end.
    pub fn append(&mut self, part: Vec<EarningLine>) {
        if !part.is_empty() {
            self.ends.push(self.len() + part.len());
            self.parts.push(part);
        }
    }

    /// Adds one line at the end.
    pub fn push(&mut self, line: EarningLine) {
        match (self.parts.last_mut(), self.ends.last_mut()) {
            (Some(part), Some(end)) => {
                part.push(line);
                *end += 1;
            }
            _ => self.append(vec![line]),
        }
    }

    /// The lines one after another.
    pub fn iter(&self) -> impl Iterator<Item = &EarningLine> + Clone {
        self.parts.iter().flatten()
    }

    /// The lines one after another, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut EarningLine> {
        self.parts.iter_mut().flatten()
    }

    /// The lines from a place on.
    pub fn iter_from(&self, first: usize) -> impl Iterator<Item = &EarningLine> + Clone {
        let (part, at) = self.find(first);
        self.parts[part..].iter().flatten().skip(at)
    }

    /// A line, to be changed.
    pub fn get_mut(&mut self, place: usize) -> Option<&mut EarningLine> {
        let (part, at) = self.find(place);
        self.parts.get_mut(part)?.get_mut(at)
    }

    /// Keeps only some lines.
    pub fn retain(&mut self, mut keep: impl FnMut(&EarningLine) -> bool) {
        for part in &mut self.parts {
            part.retain(&mut keep);
        }
        self.recount();
    }

    /// Forgets all lines.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The parts of the list.
    pub fn into_parts(self) -> Vec<Vec<EarningLine>> {
        self.parts
    }

    /// The part in which a place is, and the place in it.
    fn find(&self, place: usize) -> (usize, usize) {
        let part = self.ends.partition_point(|end| *end <= place);
        (part, place - part.checked_sub(1).map_or(0, |before| self.ends[before]))
    }

    fn recount(&mut self) {
        self.parts.retain(|part| !part.is_empty());
        let mut end = 0;
        self.ends = self
            .parts
            .iter()
            .map(|part| {
                end += part.len();
                end
            })
            .collect();
    }
}

impl From<Vec<EarningLine>> for Lines {
    fn from(lines: Vec<EarningLine>) -> Self {
        let mut out = Self::default();
        out.append(lines);
        out
    }
}

impl FromIterator<EarningLine> for Lines {
    fn from_iter<I: IntoIterator<Item = EarningLine>>(lines: I) -> Self {
        Self::from(lines.into_iter().collect::<Vec<_>>())
    }
}

impl Extend<EarningLine> for Lines {
    fn extend<I: IntoIterator<Item = EarningLine>>(&mut self, lines: I) {
        self.append(lines.into_iter().collect());
    }
}

impl Index<usize> for Lines {
    type Output = EarningLine;

    fn index(&self, place: usize) -> &EarningLine {
        let (part, at) = self.find(place);
        &self.parts[part][at]
    }
}

/// Two lists are equal if their lines are, however they are kept.
impl PartialEq for Lines {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Lines {}
