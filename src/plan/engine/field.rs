//! The snapshot as flat columns: members renumbered so that parents come before children in the
//! sponsor tree and every group is one stretch; orders by day and number.

use super::fault::RunFault;
use super::orders::{self, Orders};
use super::tree::{NONE, Tree};
use crate::domain::ids::MemberId;
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::tree::{Side, TreeKind};
use crate::plan::checked::{CheckedPlan, Placement, Sides};
use crate::plan::lookup::{Places, places, sorted};
use crate::plan::parallel::both;
use crate::plan::snapshot::{Snapshot, SnapshotMember};

/// The columns. A member's index is its place in the sponsor tree's order, an order's its place by day and number.
pub struct Field {
    /// Index → place in the snapshot's members.
    pub place: Vec<u32>,
    /// Place in the snapshot's members → index.
    pub index: Vec<u32>,
    /// Index → place by number.
    pub by_number: Vec<u32>,
    /// Kinds.
    pub kind: Vec<MemberKind>,
    /// States.
    pub status: Vec<MemberStatus>,
    /// Day of enrolment.
    pub joined: Vec<i32>,
    /// Of a kind that may earn, with an active account.
    pub may_earn: Vec<bool>,
    /// The member, or for a customer the nearest distributor above in the enroller tree.
    pub seller: Vec<u32>,
    /// The member that stands for the person: the one whose position this is, or the member itself. Empty where
    /// everybody has one position.
    person: Vec<u32>,
    /// Sponsor tree.
    pub sponsor: Tree,
    /// Enroller tree.
    pub enroller: Tree,
    /// Placement tree.
    pub placement: Tree,
    /// On which side of the parent in the placement tree, the first is 0.
    pub side: Vec<u8>,
    /// Per attribute of the plan, per member: a word by its place counted from 1, ten-thousandths, or days; 0 without it.
    pub attributes: Vec<Vec<i64>>,
    /// Orders that count on days before the period.
    pub orders_before: Vec<u32>,
    /// Orders.
    pub orders: Orders,
    /// Id → place by number.
    ids: Places,
    /// Place by number → index.
    pub index_of_rank: Vec<u32>,
}

impl Field {
    /// Lays a snapshot out in columns.
    /// Where the plan wants so, goods that come back are orders with negative amounts, each order knows the
    /// buyer's orders before it, and members without a place in the placement tree get one.
    pub fn new(plan: &CheckedPlan, snapshot: &Snapshot, threads: usize) -> Result<Self, RunFault> {
        let members = &snapshot.members;
        let count = fits("members", members.len())?;
        fits("orders", snapshot.orders.len())?;
        let (canonical, ids) = by_number_and_id(members, count)?;
        let tree = |kind| tree_of(snapshot, &canonical, &ids, kind);
        let ((sponsor, orders), (enroller, placement)) = both(
            threads,
            || (tree(TreeKind::Sponsor), orders::read(plan, snapshot, &ids)),
            || (tree(TreeKind::Enroller), tree(TreeKind::Placement)),
        );
        let (sponsor, enroller, mut orders) = (sponsor?, enroller?, orders?);
        let mut side: Vec<u8> =
            canonical.iter().map(|at| members[*at as usize].placement.map_or(0, |(_, side)| side)).collect();
        refuse_shared_sides(plan, snapshot, &canonical, placement.as_ref().ok())?;
        let placement = match plan.placement {
            None => placement?,
            Some(rule) => placed(snapshot, &canonical, &sponsor, rule, placement?, &mut side)?,
        };
        // Renumber: from the place by number to the place in the sponsor tree.
        let mut index_of_rank = vec![0_u32; members.len()];
        for (index, rank) in (0_u32..).zip(&sponsor.order) {
            index_of_rank[*rank as usize] = index;
        }
        let place: Vec<u32> = sponsor.order.iter().map(|rank| canonical[*rank as usize]).collect();
        let by_number = sponsor.order.clone();
        let mut index = vec![0_u32; members.len()];
        for (at, place) in (0_u32..).zip(&place) {
            index[*place as usize] = at;
        }
        let through = orders.through.iter_mut().filter(|through| **through != NONE);
        for buyer in orders.buyer.iter_mut().chain(through) {
            *buyer = index_of_rank[*buyer as usize];
        }
        let renumbered = |tree: Tree| tree.renumbered(&index_of_rank);
        let (sponsor, (enroller, placement)) =
            both(threads, || renumbered(sponsor), || (renumbered(enroller), renumbered(placement)));
        let of = |at: &u32| &members[*at as usize];
        let kind: Vec<MemberKind> = place.iter().map(|at| of(at).kind).collect();
        let status: Vec<MemberStatus> = place.iter().map(|at| of(at).status).collect();
        let may_earn = kind
            .iter()
            .zip(&status)
            .map(|(kind, status)| plan.earners.contains(kind) && *status == MemberStatus::Active);
        let seller = sellers(&kind, &enroller);
        let orders_before: Vec<u32> = place.iter().map(|at| of(at).orders_before).collect();
        orders.look_at_sales(plan, &seller, &orders_before);
        Ok(Self {
            may_earn: may_earn.collect(),
            joined: place.iter().map(|at| of(at).joined.0).collect(),
            person: persons(snapshot, &place, &index),
            seller,
            side: by_number.iter().map(|rank| side[*rank as usize]).collect(),
            attributes: attributes(plan, snapshot, &place)?,
            orders_before,
            orders,
            kind,
            status,
            place,
            index,
            by_number,
            sponsor,
            enroller,
            placement,
            ids,
            index_of_rank,
        })
    }

    /// The member that stands for the person whose position this is; the member itself where there is no other.
    pub fn person(&self, member: usize) -> usize {
        self.person.get(member).map_or(member, |person| *person as usize)
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.place.len()
    }

    /// The tree of a kind.
    pub fn tree(&self, kind: TreeKind) -> &Tree {
        match kind {
            TreeKind::Sponsor => &self.sponsor,
            TreeKind::Enroller => &self.enroller,
            TreeKind::Placement => &self.placement,
        }
    }

    /// The index of a member.
    pub fn find(&self, id: MemberId) -> Option<u32> {
        self.ids.get(&id).map(|rank| self.index_of_rank[*rank as usize])
    }

    /// The member's number.
    pub fn number<'a>(&self, snapshot: &'a Snapshot, member: usize) -> &'a str {
        &snapshot.members[self.place[member] as usize].number
    }
}

/// A count that indexes can hold.
pub fn fits(what: &'static str, count: usize) -> Result<u32, RunFault> {
    const LIMIT: u32 = 500_000_000;
    u32::try_from(count).ok().filter(|count| *count <= LIMIT).ok_or(RunFault::TooMany { what, limit: LIMIT })
}

/// Members in the order of their numbers, and the place in it by id. Both must be unique.
fn by_number_and_id(members: &[SnapshotMember], count: u32) -> Result<(Vec<u32>, Places), RunFault> {
    let twice = |at: u32| RunFault::Duplicate { what: "members", number: members[at as usize].number.to_string() };
    let canonical = sorted(count, |at| members[at as usize].number.as_bytes());
    if let Some(pair) = canonical.windows(2).find(|pair| same_number(members, pair)) {
        return Err(twice(pair[0]));
    }
    let mut ids = places(members.len());
    for (rank, place) in (0_u32..).zip(&canonical) {
        if ids.insert(members[*place as usize].id, rank).is_some() {
            return Err(twice(*place));
        }
    }
    Ok((canonical, ids))
}

fn same_number(members: &[SnapshotMember], pair: &[u32]) -> bool {
    members[pair[0] as usize].number == members[pair[1] as usize].number
}

/// A tree over members by their place by number. A customer without a link of its own stands below its enroller.
fn tree_of(snapshot: &Snapshot, canonical: &[u32], ids: &Places, kind: TreeKind) -> Result<Tree, RunFault> {
    let member = |rank: u32| &snapshot.members[canonical[rank as usize] as usize];
    let parent = parents(snapshot, canonical, ids, kind)?;
    Tree::new(parent).map_err(|rank| RunFault::Cycle { tree: kind, member: member(rank).number.to_string() })
}

/// Where left is matched with right, one member stands on each: of two the second one's volume would be lost.
fn refuse_shared_sides(
    plan: &CheckedPlan,
    snapshot: &Snapshot,
    canonical: &[u32],
    placement: Option<&Tree>,
) -> Result<(), RunFault> {
    let Some(placement) = placement.filter(|_| plan.pairs.iter().any(|pair| pair.sides == Sides::LeftRight)) else {
        return Ok(());
    };
    let member = |rank: u32| &snapshot.members[canonical[rank as usize] as usize];
    let mut taken = vec![[NONE; 2]; canonical.len()];
    for (rank, above) in (0_u32..).zip(&placement.parent) {
        let Some((_, side @ 0..=1)) = member(rank).placement else { continue };
        let other = std::mem::replace(&mut taken[*above as usize][usize::from(side)], rank);
        if other != NONE {
            let number = |rank: u32| member(rank).number.to_string();
            let (member, other, parent) = (number(rank), number(other), number(*above));
            return Err(RunFault::SamePlace { member: other, other: member, parent, side: Side(side) });
        }
    }
    Ok(())
}

/// The placement tree after members without a place got one.
fn placed(
    snapshot: &Snapshot,
    canonical: &[u32],
    sponsor: &Tree,
    rule: Placement,
    given: Tree,
    side: &mut [u8],
) -> Result<Tree, RunFault> {
    let member = |rank: u32| &snapshot.members[canonical[rank as usize] as usize];
    let mut parent = given.parent;
    let mut order: Vec<u32> = (0_u32..).take(parent.len()).collect();
    order.sort_by_key(|rank| (member(*rank).joined, sponsor.depth[*rank as usize], *rank));
    let wanted = |rank: usize| snapshot.members[canonical[rank] as usize].kind.may_earn();
    super::places::fill(rule, &order, &sponsor.parent, wanted, &mut parent, side);
    let kind = TreeKind::Placement;
    Tree::new(parent).map_err(|rank| RunFault::Cycle { tree: kind, member: member(rank).number.to_string() })
}

fn parents(snapshot: &Snapshot, canonical: &[u32], ids: &Places, kind: TreeKind) -> Result<Vec<u32>, RunFault> {
    let mut parent = Vec::with_capacity(canonical.len());
    for place in canonical {
        let member = &snapshot.members[*place as usize];
        let own = match kind {
            TreeKind::Enroller => member.enroller.get(),
            TreeKind::Sponsor => member.sponsor.get(),
            TreeKind::Placement => member.placement.map(|(above, _)| above),
        };
        let above = own.or(member.enroller.get().filter(|_| !member.kind.may_earn()));
        parent.push(match above {
            None => NONE,
            Some(above) => *ids
                .get(&above)
                .ok_or_else(|| RunFault::UnknownUpline { tree: kind, member: member.number.to_string() })?,
        });
    }
    Ok(parent)
}

fn sellers(kind: &[MemberKind], enroller: &Tree) -> Vec<u32> {
    let mut seller = vec![NONE; kind.len()];
    for member in &enroller.order {
        let at = *member as usize;
        seller[at] = if kind[at].may_earn() {
            *member
        } else {
            match enroller.parent[at] {
                NONE => NONE,
                above => seller[above as usize],
            }
        };
    }
    seller
}

/// The member that stands for each one's person, by index; empty where everybody has one position.
fn persons(snapshot: &Snapshot, place: &[u32], index: &[u32]) -> Vec<u32> {
    let owner = |at: &u32| snapshot.members[*at as usize].person.get();
    if !place.iter().any(|at| owner(at).is_some()) {
        return Vec::new();
    }
    let ids = snapshot.members.iter().zip(index).map(|(member, index)| (member.id, *index));
    let ids: crate::domain::ids::IdMap<MemberId, u32> = ids.collect();
    let of = |(member, at): (u32, &u32)| owner(at).and_then(|id| ids.get(&id).copied()).unwrap_or(member);
    (0..).zip(place).map(of).collect()
}

/// The members' attributes that the plan reads, by index. `place` leads from the index to the snapshot's members.
fn attributes(plan: &CheckedPlan, snapshot: &Snapshot, place: &[u32]) -> Result<Vec<Vec<i64>>, RunFault> {
    let word = |text: &str| {
        let place = plan.words.iter().position(|word| word == text);
        place.and_then(|place| i64::try_from(place + 1).ok()).unwrap_or(0)
    };
    let mut columns = vec![vec![0_i64; place.len()]; plan.attributes.len()];
    let known: Vec<Option<usize>> = snapshot
        .attributes
        .iter()
        .map(|name| plan.attributes.iter().position(|attribute| attribute.name == *name))
        .collect();
    for (index, at) in place.iter().enumerate() {
        let member = &snapshot.members[*at as usize];
        for (name, value) in &member.attributes {
            let Some(column) = known.get(usize::from(*name)).copied().flatten() else { continue };
            let attribute = &plan.attributes[column];
            columns[column][index] = attribute.kind.read(value, word).ok_or_else(|| RunFault::Attribute {
                member: member.number.to_string(),
                name: attribute.name.clone(),
                value: value.clone(),
                wanted: attribute.kind.wanted(),
            })?;
        }
    }
    Ok(columns)
}
