//! The snapshot as flat columns: members renumbered so that parents come before children in the
//! sponsor tree and every group is one stretch; orders by day and number.

use std::collections::HashMap;

use super::fault::RunFault;
use super::parallel::both;
use super::tree::{NONE, Tree};
use crate::domain::ids::{MemberId, OrderId};
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::money::Volume;
use crate::domain::order::OrderType;
use crate::domain::tree::TreeKind;
use crate::plan::checked::{Bonus, BonusSource, CheckedPlan, Placement, Returns};
use crate::plan::expr::{Num, OrderField};
use crate::plan::lookup::{Places, places, sorted};
use crate::plan::snapshot::{Amounts, Snapshot, SnapshotMember, Takeback};

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
    /// On which side of the parent in the placement tree, the first is 0.
    pub side: Vec<u8>,
    /// Orders.
    pub orders: Orders,
    /// Id → place by number.
    ids: Places,
    /// Place by number → index.
    pub index_of_rank: Vec<u32>,
}

/// Columns of the orders.
#[derive(Default)]
pub struct Orders {
    /// Place in the snapshot's orders; after them come the returns that count as orders.
    pub place: Vec<u32>,
    /// Who bought.
    pub buyer: Vec<u32>,
    /// Commission day.
    pub day: Vec<i32>,
    /// What kind of purchase.
    pub kind: Vec<OrderType>,
    /// Volumes and amounts.
    pub amounts: Vec<Amounts>,
    /// Goods of an earlier period that come back: such entries count for bonuses that pay points only. Empty if there
    /// are none.
    pub back: Vec<Back>,
    /// What the buyer bought before in the period, and as which of the buyer's orders it came. Empty if not asked for.
    pub before: Vec<(Amounts, u32)>,
}

/// Whether an entry among the orders is a return of goods of an earlier period, and how much of them is back then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// It is an order.
    No,
    /// A part of the goods.
    Part,
    /// All of them.
    Whole,
}

impl Field {
    /// Lays a snapshot out in columns.
    /// Where the plan wants so, goods that come back are orders with negative amounts, each order knows the
    /// buyer's orders before it, and members without a place in the placement tree get one.
    pub fn new(plan: &CheckedPlan, snapshot: &Snapshot, threads: usize) -> Result<Self, RunFault> {
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
        let ((sponsor, orders), (enroller, placement)) = both(
            threads,
            || (tree(TreeKind::Sponsor), orders(snapshot, &ids, Returned::of(plan))),
            || (tree(TreeKind::Enroller), tree(TreeKind::Placement)),
        );
        let (sponsor, enroller, mut orders) = (sponsor?, enroller?, orders?);
        let mut side: Vec<u8> =
            canonical.iter().map(|at| members[*at as usize].placement.map_or(0, |(_, side)| side)).collect();
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
        for buyer in &mut orders.buyer {
            *buyer = index_of_rank[*buyer as usize];
        }
        if earlier(plan) {
            orders.look_back()?;
        }
        let renumbered = |tree: Tree| tree.renumbered(&index_of_rank);
        let (sponsor, (enroller, placement)) =
            both(threads, || renumbered(sponsor), || (renumbered(enroller), renumbered(placement)));
        let of = |at: &u32| &members[*at as usize];
        let kind: Vec<MemberKind> = place.iter().map(|at| of(at).kind).collect();
        let status: Vec<MemberStatus> = place.iter().map(|at| of(at).status).collect();
        let may_earn =
            kind.iter().zip(&status).map(|(kind, status)| kind.may_earn() && *status == MemberStatus::Active);
        Ok(Self {
            may_earn: may_earn.collect(),
            joined: place.iter().map(|at| of(at).joined.0).collect(),
            seller: sellers(&kind, &enroller),
            side: by_number.iter().map(|rank| side[*rank as usize]).collect(),
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
    let parent = parents(snapshot, canonical, ids, kind)?;
    Tree::new(parent).map_err(|rank| RunFault::Cycle { tree: kind, member: member(rank).number.clone() })
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
    Tree::new(parent).map_err(|rank| RunFault::Cycle { tree: kind, member: member(rank).number.clone() })
}

fn parents(snapshot: &Snapshot, canonical: &[u32], ids: &Places, kind: TreeKind) -> Result<Vec<u32>, RunFault> {
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

/// Whether an expression reads the buyer's earlier orders of the period.
fn earlier(plan: &CheckedPlan) -> bool {
    use OrderField::{CvBefore, PaidBefore, Place, QvBefore};
    let mut asks = false;
    plan.numbers(&mut |num| asks |= matches!(num, Num::Order(Place | CvBefore | QvBefore | PaidBefore)));
    asks
}

/// One entry among the orders: an order of the snapshot, or a return that counts as one.
struct Entry<'s> {
    number: &'s str,
    line: &'s str,
    buyer: MemberId,
    day: i32,
    kind: OrderType,
    amounts: Amounts,
}

/// Whether goods that come back are among the orders.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Returned {
    No,
    /// For bonuses that pay points.
    ForPoints,
    /// For everything.
    AsOrders,
}

impl Returned {
    fn of(plan: &CheckedPlan) -> Self {
        // Points are not kept as lines that could be taken back.
        let points = |bonus: &Bonus| bonus.points && matches!(bonus.source, BonusSource::Orders(_));
        match plan.returns {
            Returns::NegativeVolume => Self::AsOrders,
            Returns::TakeBack if plan.bonuses.iter().any(points) => Self::ForPoints,
            Returns::TakeBack => Self::No,
        }
    }
}

fn entries(snapshot: &Snapshot, returned: Returned) -> Vec<Entry<'_>> {
    let mut all = Vec::with_capacity(snapshot.orders.len());
    for given in &snapshot.orders {
        let (day, kind, amounts) = (given.day.0, given.order_type, given.amounts);
        all.push(Entry { number: &given.number, line: &given.line, buyer: given.buyer, day, kind, amounts });
    }
    for takeback in snapshot.takebacks.iter().filter(|_| returned != Returned::No) {
        let now = &takeback.now;
        all.push(Entry {
            number: &takeback.return_number,
            line: &takeback.original_number,
            buyer: takeback.buyer,
            day: takeback.day.0,
            kind: takeback.order_type,
            amounts: Amounts {
                qv: Volume(now.qv.0.saturating_neg()),
                cv: Volume(now.cv.0.saturating_neg()),
                paid_minor: now.paid_minor.saturating_neg(),
                wholesale_minor: now.wholesale_minor.saturating_neg(),
            },
        });
    }
    all
}

/// The orders, buyers by their place by number.
fn orders(snapshot: &Snapshot, ids: &Places, returned: Returned) -> Result<Orders, RunFault> {
    let all = entries(snapshot, returned);
    let count = fits("orders", all.len())?;
    let key = |at: u32| {
        let entry = &all[at as usize];
        // What counts for points only comes after all orders, so that none of them has it before it.
        let last = returned == Returned::ForPoints && at as usize >= snapshot.orders.len();
        (last, entry.day, entry.number.as_bytes(), entry.line.as_bytes())
    };
    let place = sorted(count, key);
    let mut orders = Orders::default();
    for (at, this) in place.iter().enumerate() {
        let entry = &all[*this as usize];
        if at > 0 && key(place[at - 1]) == key(*this) {
            return Err(RunFault::Duplicate { what: "orders", number: entry.number.to_owned() });
        }
        let buyer = ids.get(&entry.buyer).ok_or_else(|| RunFault::UnknownBuyer { order: entry.number.to_owned() })?;
        orders.buyer.push(*buyer);
        orders.day.push(entry.day);
        orders.kind.push(entry.kind);
        orders.amounts.push(entry.amounts);
    }
    if returned == Returned::ForPoints && !snapshot.takebacks.is_empty() {
        let back = back(snapshot);
        let of = |place: &u32| (*place as usize).checked_sub(snapshot.orders.len()).map_or(Back::No, |at| back[at]);
        orders.back = place.iter().map(of).collect();
    }
    orders.place = place;
    Ok(orders)
}

/// For each return, whether all of its order is back with it.
fn back(snapshot: &Snapshot) -> Vec<Back> {
    let mut so_far: HashMap<OrderId, i64> = HashMap::new();
    let one = |takeback: &Takeback| {
        let sum = so_far.entry(takeback.original_order).or_insert(takeback.before.paid_minor);
        *sum = sum.saturating_add(takeback.now.paid_minor);
        if *sum >= takeback.total.paid_minor { Back::Whole } else { Back::Part }
    };
    snapshot.takebacks.iter().map(one).collect()
}

impl Orders {
    /// Whether goods of an earlier period come back with an entry, and count for points only.
    pub fn back(&self, order: usize) -> Back {
        self.back.get(order).copied().unwrap_or(Back::No)
    }

    /// Finds for each order what its buyer bought before in the period.
    fn look_back(&mut self) -> Result<(), RunFault> {
        let mut so_far: HashMap<u32, (Amounts, u32)> = HashMap::new();
        for (buyer, amounts) in self.buyer.iter().zip(&self.amounts) {
            let sum = so_far.entry(*buyer).or_default();
            self.before.push((sum.0, sum.1 + 1));
            let add = |a: i64, b: i64| a.checked_add(b).ok_or_else(|| RunFault::overflow("the orders of a buyer"));
            sum.0 = Amounts {
                qv: sum.0.qv.plus(amounts.qv)?,
                cv: sum.0.cv.plus(amounts.cv)?,
                paid_minor: add(sum.0.paid_minor, amounts.paid_minor)?,
                wholesale_minor: add(sum.0.wholesale_minor, amounts.wholesale_minor)?,
            };
            sum.1 += 1;
        }
        Ok(())
    }
}
