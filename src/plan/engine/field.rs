//! The snapshot as flat columns: members renumbered so that parents come before children in the
//! sponsor tree and every group is one stretch; orders by day and number.

use std::collections::HashMap;

use super::fault::RunFault;
use super::tree::{NONE, Tree};
use crate::domain::ids::{MemberId, OrderId};
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::money::Volume;
use crate::domain::order::OrderType;
use crate::domain::tree::TreeKind;
use crate::plan::checked::{Bonus, BonusSource, CheckedPlan, CountsFor, Placement, Returns};
use crate::plan::expr::{Num, OrderField};
use crate::plan::lookup::{Places, places, sorted};
use crate::plan::parallel::both;
use crate::plan::snapshot::{Amounts, Measured, Snapshot, SnapshotMember, Takeback};

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

/// Columns of the orders.
#[derive(Default)]
pub struct Orders {
    /// Place in the snapshot's orders; after them come the returns that count as orders.
    pub place: Vec<u32>,
    /// Who bought.
    pub buyer: Vec<u32>,
    /// Through whom it came, besides the buyer, or [`NONE`]. Empty where all came straight.
    pub through: Vec<u32>,
    /// Commission day.
    pub day: Vec<i32>,
    /// What kind of purchase.
    pub kind: Vec<OrderType>,
    /// Volumes and amounts.
    pub amounts: Vec<Amounts>,
    /// Goods of an earlier period that come back: such entries count for bonuses that pay points only. Empty if there
    /// are none.
    pub back: Vec<Back>,
    /// Per further volume of the plan, per order.
    pub measures: Vec<Vec<i64>>,
    /// What the buyer bought before in the period, and as which of the buyer's orders it came. Empty if not asked for.
    pub before: Vec<(Amounts, u32)>,
    /// The same of further volumes.
    pub measures_before: Vec<Vec<i64>>,
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
        let (canonical, ids) = by_number_and_id(members, count)?;
        let tree = |kind| tree_of(snapshot, &canonical, &ids, kind);
        let ((sponsor, orders), (enroller, placement)) = both(
            threads,
            || (tree(TreeKind::Sponsor), orders(plan, snapshot, &ids)),
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
        let through = orders.through.iter_mut().filter(|through| **through != NONE);
        for buyer in orders.buyer.iter_mut().chain(through) {
            *buyer = index_of_rank[*buyer as usize];
        }
        if earlier(plan) {
            let numbers: Vec<&str> = orders.place.iter().map(|place| entry(snapshot, *place).number).collect();
            orders.look_back(&numbers)?;
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
        Ok(Self {
            may_earn: may_earn.collect(),
            joined: place.iter().map(|at| of(at).joined.0).collect(),
            person: persons(snapshot, &place, &index),
            seller: sellers(&kind, &enroller),
            side: by_number.iter().map(|rank| side[*rank as usize]).collect(),
            attributes: attributes(plan, snapshot, &place)?,
            orders_before: place.iter().map(|at| of(at).orders_before).collect(),
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

fn fits(what: &'static str, count: usize) -> Result<u32, RunFault> {
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

/// Whether an expression reads the buyer's earlier orders of the period.
fn earlier(plan: &CheckedPlan) -> bool {
    use OrderField::{CvBefore, MeasureBefore, PaidBefore, Place, PlaceEver, QvBefore};
    let mut asks = false;
    plan.numbers(&mut |num| {
        asks |= matches!(num, Num::Order(Place | PlaceEver | CvBefore | QvBefore | PaidBefore | MeasureBefore(_)));
    });
    asks
}

/// One entry among the orders: an order of the snapshot, or a return that counts as one.
struct Entry<'s> {
    number: &'s str,
    line: &'s str,
    buyer: MemberId,
    /// The order whose further member counts: of goods that come back, the original one.
    of: OrderId,
    day: i32,
    kind: OrderType,
    amounts: Amounts,
    measures: &'s Measured,
    /// What the further volumes count: −1 for goods that came back.
    sign: i64,
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

/// How many entries there are.
fn entry_count(snapshot: &Snapshot, returned: Returned) -> usize {
    snapshot.orders.len() + if returned == Returned::No { 0 } else { snapshot.takebacks.len() }
}

/// An entry by its place: of an order, or after them of a return.
fn entry(snapshot: &Snapshot, place: u32) -> Entry<'_> {
    let place = place as usize;
    if let Some(given) = snapshot.orders.get(place) {
        let (day, kind, amounts) = (given.day.0, given.order_type, given.amounts);
        let (number, line, measures) = (&*given.number, &*given.line, &given.measures);
        return Entry { number, line, buyer: given.buyer, of: given.id, day, kind, amounts, measures, sign: 1 };
    }
    let takeback = &snapshot.takebacks[place - snapshot.orders.len()];
    let now = &takeback.now;
    Entry {
        number: &takeback.return_number,
        line: &takeback.original_number,
        buyer: takeback.buyer,
        of: takeback.original_order,
        day: takeback.day.0,
        kind: takeback.order_type,
        measures: &takeback.measures,
        sign: -1,
        amounts: Amounts {
            qv: Volume(now.qv.0.saturating_neg()),
            cv: Volume(now.cv.0.saturating_neg()),
            paid_minor: now.paid_minor.saturating_neg(),
            wholesale_minor: now.wholesale_minor.saturating_neg(),
        },
    }
}

/// The orders, buyers by their place by number.
fn orders(plan: &CheckedPlan, snapshot: &Snapshot, ids: &Places) -> Result<Orders, RunFault> {
    let returned = Returned::of(plan);
    let count = fits("orders", entry_count(snapshot, returned))?;
    let key = |at: u32| {
        let entry = entry(snapshot, at);
        // What counts for points only comes after all orders, so that none of them has it before it.
        let last = returned == Returned::ForPoints && at as usize >= snapshot.orders.len();
        (last, entry.day, entry.number.as_bytes(), entry.line.as_bytes())
    };
    let place = sorted(count, key);
    let mut orders = Orders {
        buyer: Vec::with_capacity(place.len()),
        day: Vec::with_capacity(place.len()),
        kind: Vec::with_capacity(place.len()),
        amounts: Vec::with_capacity(place.len()),
        ..Orders::default()
    };
    for (at, this) in place.iter().enumerate() {
        let entry = entry(snapshot, *this);
        if at > 0 && key(place[at - 1]) == key(*this) {
            return Err(RunFault::Duplicate { what: "orders", number: entry.number.to_owned() });
        }
        let buyer = ids.get(&entry.buyer).ok_or_else(|| RunFault::UnknownBuyer { order: entry.number.to_owned() })?;
        orders.buyer.push(*buyer);
        if !snapshot.through.is_empty() {
            let unknown = || RunFault::UnknownThrough { order: entry.number.to_owned() };
            let through = snapshot.through.get(&entry.of).map(|id| ids.get(id).ok_or_else(unknown)).transpose()?;
            orders.through.push(through.copied().unwrap_or(NONE));
        }
        orders.day.push(entry.day);
        orders.kind.push(entry.kind);
        orders.amounts.push(entry.amounts);
    }
    if returned == Returned::ForPoints && !snapshot.takebacks.is_empty() {
        let back = back(snapshot);
        let of = |place: &u32| (*place as usize).checked_sub(snapshot.orders.len()).map_or(Back::No, |at| back[at]);
        orders.back = place.iter().map(of).collect();
    }
    for name in &plan.measures {
        let Some(at) = snapshot.measures.iter().position(|known| known == name) else {
            orders.measures.push(vec![0; place.len()]);
            continue;
        };
        let of = |this: &u32| {
            let entry = entry(snapshot, *this);
            entry.measures.get(at).0.saturating_mul(entry.sign)
        };
        orders.measures.push(place.iter().map(of).collect());
    }
    orders.place = place;
    Ok(orders)
}

/// Whether goods come back.
fn is_return(Amounts { qv, cv, paid_minor, .. }: &Amounts) -> bool {
    qv.0 < 0 || cv.0 < 0 || *paid_minor < 0
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

impl Orders {
    /// The member for whom an order counts: its buyer, or through whom it came; `None` where it came straight.
    pub fn whose(&self, order: usize, counts_for: CountsFor) -> Option<u32> {
        match counts_for {
            CountsFor::Buyer => Some(self.buyer[order]),
            CountsFor::Through => self.through.get(order).copied().filter(|through| *through != NONE),
        }
    }

    /// Whether goods of an earlier period come back with an entry, and count for points only.
    pub fn back(&self, order: usize) -> Back {
        self.back.get(order).copied().unwrap_or(Back::No)
    }

    /// Whether goods come back with an entry: it is no purchase.
    pub fn is_return(&self, order: usize) -> bool {
        is_return(&self.amounts[order])
    }

    /// The orders, each once however many lines it has, without goods that come back. The lines of one order stand beside each other.
    pub fn firsts<'a>(&'a self, snapshot: &'a Snapshot) -> impl Iterator<Item = usize> + 'a {
        let order = |at: usize| snapshot.orders.get(self.place[at] as usize);
        // Only an order of several lines names them; the number of any other one is not looked at.
        let again = move |at: usize| {
            let this = order(at).filter(|order| !order.line.is_empty());
            this.is_some_and(|this| at > 0 && order(at - 1).is_some_and(|before| before.number == this.number))
        };
        (0..self.place.len()).filter(move |at| self.back(*at) == Back::No && !self.is_return(*at) && !again(*at))
    }

    /// Finds for each order what its buyer bought before in the period. The lines of one order do not come before
    /// each other.
    fn look_back(&mut self, numbers: &[&str]) -> Result<(), RunFault> {
        struct Sum<'s> {
            number: Option<&'s str>,
            place: u32,
            /// Before the present order, and with it.
            before: (Amounts, Vec<i64>),
            after: (Amounts, Vec<i64>),
        }
        let none = || (Amounts::default(), vec![0; self.measures.len()]);
        let add = |a: i64, b: i64| a.checked_add(b).ok_or_else(|| RunFault::overflow("the orders of a buyer"));
        let mut so_far: HashMap<u32, Sum<'_>> = HashMap::new();
        let mut measures_before = vec![Vec::with_capacity(numbers.len()); self.measures.len()];
        for (at, (buyer, amounts)) in self.buyer.iter().zip(&self.amounts).enumerate() {
            let first = || Sum { number: None, place: 0, before: none(), after: none() };
            let sum = so_far.entry(*buyer).or_insert_with(first);
            if sum.number != Some(numbers[at]) {
                sum.number = Some(numbers[at]);
                sum.place += u32::from(!is_return(amounts));
                sum.before.clone_from(&sum.after);
            }
            self.before.push((sum.before.0, sum.place));
            let all = &mut sum.after.0;
            *all = Amounts {
                qv: all.qv.plus(amounts.qv)?,
                cv: all.cv.plus(amounts.cv)?,
                paid_minor: add(all.paid_minor, amounts.paid_minor)?,
                wholesale_minor: add(all.wholesale_minor, amounts.wholesale_minor)?,
            };
            for (place, before) in measures_before.iter_mut().enumerate() {
                before.push(sum.before.1[place]);
                sum.after.1[place] = add(sum.after.1[place], self.measures[place][at])?;
            }
        }
        self.measures_before = measures_before;
        Ok(())
    }
}
