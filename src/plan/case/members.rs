//! `members A, B < A, c ~ A, X < A / B, D < A @ B right, T!`

use super::read::{Draft, STATEMENTS, how};
use super::words::split_signs;
use super::{Change, Links, NewMember, Statement, Word};
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::tree::Side;
use crate::plan::fault::Fault;

const SIGNS: [char; 6] = [',', '<', '~', '/', '@', '!'];

impl Draft {
    /// Members, in the order in which they are written; whoever is named after a sign must stand before.
    pub fn read_members(&mut self, first: Word<'_>, rest: &[Word<'_>]) -> Result<Vec<Statement>, Vec<Fault>> {
        let words = split_signs(rest, &SIGNS);
        let mut out = Vec::new();
        let mut faults = Vec::new();
        for part in words.split(|word| word.text == ",") {
            match self.one(first, part) {
                Ok(member) => out.push(Statement::Member(member)),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(out) } else { Err(faults) }
    }

    fn one(&mut self, first: Word<'_>, words: &[Word<'_>]) -> Result<NewMember, Fault> {
        let Some((name, mut rest)) = words.split_first() else {
            return Err(first.fault("a member is missing here", how("members")));
        };
        self.check_name(*name)?;
        let number = name.text.to_owned();
        // Known from here on, so that one fault in its links brings no others.
        let place = self.numbers.len();
        self.members.insert(number.clone(), place);
        self.numbers.push(number.clone());
        let (kind, status) = (MemberKind::Distributor, MemberStatus::Active);
        let mut member = NewMember { number, kind, status, sponsor: None, enroller: None, placement: None };
        while let Some((sign, after)) = rest.split_first() {
            rest = after;
            if sign.text == "!" {
                member.status = MemberStatus::Terminated;
                continue;
            }
            let (sign, named) = self.link(*sign, &mut rest, place)?;
            match sign.text {
                "<" if member.sponsor.is_none() => member.sponsor = Some(named),
                "/" if member.enroller.is_none() => member.enroller = Some(named),
                "~" if member.enroller.is_none() => {
                    member.kind = MemberKind::Retail;
                    member.enroller = Some(named);
                }
                "@" if member.placement.is_none() => {
                    member.placement = Some((named, self.side(sign, named, place, &mut rest)?));
                }
                _ => return Err(sign.fault(format!("“{}” stands here twice", sign.text), how("members"))),
            }
        }
        // A `/` may come before or after the `~` of the same member; without either, the sponsor enrolled.
        if member.kind == MemberKind::Distributor {
            member.enroller = member.enroller.or(member.sponsor);
        }
        Ok(member)
    }

    /// `move D @ B right`: another place, sponsor or enroller from here on.
    pub fn read_move(&mut self, first: Word<'_>, rest: &[Word<'_>]) -> Result<Statement, Fault> {
        let words = split_signs(rest, &SIGNS);
        let Some((name, mut rest)) = words.split_first() else {
            return Err(first.fault("a member is missing here", how("move")));
        };
        let member = self.member(*name)?;
        if rest.is_empty() {
            return Err(name.fault("it is not said where to", how("move")));
        }
        let mut links = Links::default();
        while let Some((sign, after)) = rest.split_first() {
            rest = after;
            let (sign, named) = self.link(*sign, &mut rest, member)?;
            match sign.text {
                "<" if links.sponsor.is_none() => links.sponsor = Some(named),
                "/" if links.enroller.is_none() => links.enroller = Some(named),
                "@" if links.placement.is_none() => {
                    self.places.retain(|_, there| *there != member);
                    links.placement = Some((named, self.side(sign, named, member, &mut rest)?));
                }
                _ => return Err(sign.fault(format!("“{}” cannot stand here", sign.text), how("move"))),
            }
        }
        Ok(Statement::Change(member, Change::Moved(links)))
    }

    fn check_name(&self, name: Word<'_>) -> Result<(), Fault> {
        if name.text.starts_with(SIGNS) {
            return Err(name.fault("a member's name is missing before this sign", how("members")));
        }
        if self.members.contains_key(name.text) {
            return Err(name.fault(format!("there is a member “{}” already", name.text), "name every member once"));
        }
        if STATEMENTS.iter().any(|(word, _)| *word == name.text) {
            let message = format!("“{}” is a word that begins a statement", name.text);
            return Err(name.fault(message, "give the member another name"));
        }
        Ok(())
    }

    /// The sign and the member behind it.
    fn link<'a>(&self, sign: Word<'a>, rest: &mut &[Word<'a>], place: usize) -> Result<(Word<'a>, usize), Fault> {
        if !sign.text.starts_with(SIGNS) {
            let message = format!("“{}” is too much here", sign.text);
            return Err(sign.fault(message, "write a comma between members, and no spaces within a name"));
        }
        let Some((named, after)) = rest.split_first().filter(|(named, _)| !named.text.starts_with(SIGNS)) else {
            return Err(sign.fault(format!("a member is missing behind “{}”", sign.text), how("members")));
        };
        *rest = after;
        match self.member(*named)? {
            found if found == place => Err(named.fault("a member cannot stand below itself", "name another member")),
            found => Ok((sign, found)),
        }
    }

    /// The side that is named, or else the first free one.
    fn side(&mut self, sign: Word<'_>, above: usize, member: usize, rest: &mut &[Word<'_>]) -> Result<u8, Fault> {
        let named = rest.split_first().filter(|(word, _)| !word.text.starts_with(SIGNS));
        let side = if let Some((word, after)) = named {
            *rest = after;
            let side = word.value::<Side>()?.0;
            if let Some(other) = self.places.get(&(above, side)) {
                let message = format!("{} stands there already", self.numbers[*other]);
                return Err(word.fault(message, format!("choose another side below {}", self.numbers[above])));
            }
            side
        } else {
            let free = (0..=u8::MAX).find(|side| !self.places.contains_key(&(above, *side)));
            free.ok_or_else(|| sign.fault("there is no place left", "choose another member to stand below"))?
        };
        self.places.insert((above, side), member);
        Ok(side)
    }
}
