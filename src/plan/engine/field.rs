//! The snapshot as flat columns: members renumbered so that parents come before children in the
//! sponsor tree and every group is one stretch; orders by day and number.

use super::fault::RunFault;
use super::tree::{NONE, Tree};
use crate::domain::ids::MemberId;
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::order::OrderType;
use crate::domain::tree::TreeKind;
use crate::plan::lookup::{Places, places, sorted};
use crate::plan::snapshot::{Amounts, Snapshot, SnapshotMember};

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
    /// Distributor with an active account.
    pub may_earn: Vec<bool>,
    /// The member, or for a customer the nearest distributor above in the enroller tree.
    pub seller: Vec<u32>,
    /// Sponsor tree.
    pub sponsor: Tree,
    /// Enroller tree.
    pub enroller: Tree,
    /// Placement tree.
    pub placement: Tree,
    /// Children in the sponsor tree: starts and list.
    pub frontline: (Vec<u32>, Vec<u32>),
    /// Orders.
    pub orders: Orders,
    ids: Places,
}

/// Columns of the orders.
#[derive(Default)]
pub struct Orders {
    /// Place in the snapshot's orders.
    pub place: Vec<u32>,
    /// Who bought.
    pub buyer: Vec<u32>,
    /// Commission day.
    pub day: Vec<i32>,
    /// What kind of purchase.
    pub kind: Vec<OrderType>,
    /// Volumes and amounts.
    pub amounts: Vec<Amounts>,
}

impl Field {
    /// Lays a snapshot out in columns.
    pub fn new(snapshot: &Snapshot) -> Result<Self, RunFault> {
        let members = &snapshot.members;
        let count = fits("members", members.len())?;
        fits("orders", snapshot.orders.len())?;
        let canonical = sorted(count, |at| members[at as usize].number.as_bytes());
        if let Some(pair) = canonical.windows(2).find(|pair| same_number(members, pair)) {
            return Err(RunFault::Duplicate { what: "members", number: members[pair[0] as usize].number.clone() });
        }
        let mut ids = places(members.len());
        for (rank, place) in (0_u32..).zip(&canonical) {
            if ids.insert(members[*place as usize].id, rank).is_some() {
                return Err(RunFault::Duplicate { what: "members", number: members[*place as usize].number.clone() });
            }
        }
        let tree = |kind| tree_of(snapshot, &canonical, &ids, kind);
        let (sponsor, enroller, placement) =
            (tree(TreeKind::Sponsor)?, tree(TreeKind::Enroller)?, tree(TreeKind::Placement)?);
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
        for rank in ids.values_mut() {
            *rank = index_of_rank[*rank as usize];
        }
        let [sponsor, enroller, placement] = [sponsor, enroller, placement].map(|tree| tree.renumbered(&index_of_rank));
        let of = |at: &u32| &members[*at as usize];
        let kind: Vec<MemberKind> = place.iter().map(|at| of(at).kind).collect();
        let status: Vec<MemberStatus> = place.iter().map(|at| of(at).status).collect();
        let may_earn =
            kind.iter().zip(&status).map(|(kind, status)| kind.may_earn() && *status == MemberStatus::Active);
        Ok(Self {
            may_earn: may_earn.collect(),
            joined: place.iter().map(|at| of(at).joined.0).collect(),
            seller: sellers(&kind, &enroller),
            frontline: super::tree::children(&sponsor.parent),
            orders: orders(snapshot, &ids)?,
            kind,
            status,
            place,
            index,
            by_number,
            sponsor,
            enroller,
            placement,
            ids,
        })
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
        self.ids.get(&id).copied()
    }

    /// First-level members below in the sponsor tree.
    pub fn children(&self, member: usize) -> &[u32] {
        let (start, list) = &self.frontline;
        &list[start[member] as usize..start[member + 1] as usize]
    }

    /// The member's number.
    pub fn number<'a>(&self, snapshot: &'a Snapshot, member: usize) -> &'a str {
        &snapshot.members[self.place[member] as usize].number
    }
}

fn fits(what: &'static str, count: usize) -> Result<u32, RunFault> {
    const LIMIT: u32 = 500_000_000;
    u32::try_from(count).ok().filter(|count| *count <= LIMIT).ok_or(RunFault::TooMany { what, limit: LIMIT })
}

fn same_number(members: &[SnapshotMember], pair: &[u32]) -> bool {
    members[pair[0] as usize].number == members[pair[1] as usize].number
}

/// A tree over members by their place by number. A customer without a link of its own stands below its enroller.
fn tree_of(snapshot: &Snapshot, canonical: &[u32], ids: &Places, kind: TreeKind) -> Result<Tree, RunFault> {
    let member = |rank: u32| &snapshot.members[canonical[rank as usize] as usize];
    let mut parent = Vec::with_capacity(canonical.len());
    for place in canonical {
        let member = &snapshot.members[*place as usize];
        let own = match kind {
            TreeKind::Enroller => member.enroller,
            TreeKind::Sponsor => member.sponsor,
            TreeKind::Placement => member.placement.map(|(above, _)| above),
        };
        let above = own.or(member.enroller.filter(|_| !member.kind.may_earn()));
        parent.push(match above {
            None => NONE,
            Some(above) => {
                *ids.get(&above).ok_or_else(|| RunFault::UnknownUpline { tree: kind, member: member.number.clone() })?
            }
        });
    }
    Tree::new(parent).map_err(|rank| RunFault::Cycle { tree: kind, member: member(rank).number.clone() })
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

fn orders(snapshot: &Snapshot, ids: &Places) -> Result<Orders, RunFault> {
    let all = &snapshot.orders;
    let count = fits("orders", all.len())?;
    let place = sorted(count, |at| {
        let order = &all[at as usize];
        (order.day, order.number.as_bytes(), order.line.as_bytes())
    });
    let mut orders = Orders::default();
    let twice = |a: u32, b: u32| {
        let (a, b) = (&all[a as usize], &all[b as usize]);
        a.day == b.day && a.number == b.number && a.line == b.line
    };
    for (at, this) in place.iter().enumerate() {
        let order = &all[*this as usize];
        if at > 0 && twice(place[at - 1], *this) {
            return Err(RunFault::Duplicate { what: "orders", number: order.number.clone() });
        }
        let buyer = ids.get(&order.buyer).ok_or_else(|| RunFault::UnknownBuyer { order: order.number.clone() })?;
        orders.buyer.push(*buyer);
        orders.day.push(order.day.0);
        orders.kind.push(order.order_type);
        orders.amounts.push(order.amounts);
    }
    orders.place = place;
    Ok(orders)
}
