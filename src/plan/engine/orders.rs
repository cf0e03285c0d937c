//! The orders of a snapshot as columns, by day and number. An order of several product lines is several entries side by
//! side; what is asked of the order itself is asked once, and of all of them together.

use std::collections::HashMap;
use std::ops::Range;

use super::fault::RunFault;
use super::field::fits;
use super::tree::NONE;
use crate::domain::ids::{MemberId, OrderId};
use crate::domain::money::Volume;
use crate::domain::order::OrderType;
use crate::plan::checked::{Bonus, BonusSource, CheckedPlan, CountsFor, Returns};
use crate::plan::expr::{Cond, Num, OrderField};
use crate::plan::lookup::{Places, sorted};
use crate::plan::snapshot::{Amounts, Measured, Snapshot, Takeback, TakebackPart};

/// Columns of the orders.
#[derive(Default)]
pub struct Orders {
    /// Place in the snapshot's orders; after them come the returns that count as orders.
    pub place: Vec<u32>,
    /// The goods that come back which count as orders, by place behind the snapshot's orders.
    pub returned: Vec<Returned>,
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
    /// Where the order of each entry begins. Empty where no order has several product lines.
    firsts: Vec<u32>,
    /// Per further volume of the plan, per order.
    pub measures: Vec<Vec<i64>>,
    /// What the buyer bought before in the period, and as which of the buyer's orders it came. Empty if not asked for.
    pub before: Vec<(Amounts, u32)>,
    /// As which sale of its seller in the period each came, and how many sales each member made on days before. Empty if
    /// not asked for.
    pub sales: Vec<u32>,
    /// See `sales`.
    pub sales_before: Vec<u32>,
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

/// Whether an expression reads the buyer's earlier orders of the period.
fn earlier(plan: &CheckedPlan) -> bool {
    use OrderField::{CvBefore, MeasureBefore, PaidBefore, Place, PlaceEver, QvBefore};
    let mut asks = false;
    plan.numbers(&mut |num| {
        asks |= matches!(num, Num::Order(Place | PlaceEver | CvBefore | QvBefore | PaidBefore | MeasureBefore(_)));
    });
    asks
}

/// Goods of one product line that a return brings back, as an entry among the orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returned {
    /// Place in the snapshot's takebacks.
    pub takeback: u32,
    /// Which of its parts; `None` for all of it.
    part: Option<u32>,
}

impl Returned {
    /// What comes back with the snapshot's returns, product line by product line.
    fn all(snapshot: &Snapshot) -> Vec<Self> {
        let mut all = Vec::with_capacity(snapshot.takebacks.len());
        for (takeback, given) in (0_u32..).zip(&snapshot.takebacks) {
            let before = all.len();
            let parts = (0_u32..).zip(&given.parts).filter(|(_, part)| part.comes_back());
            all.extend(parts.map(|(part, _)| Self { takeback, part: Some(part) }));
            if all.len() == before {
                all.push(Self { takeback, part: None });
            }
        }
        all
    }

    /// The product line, or empty.
    pub fn line(self, snapshot: &Snapshot) -> &str {
        self.part(snapshot).map_or("", |part| &part.line)
    }

    fn part(self, snapshot: &Snapshot) -> Option<&TakebackPart> {
        self.part.map(|part| &snapshot.takebacks[self.takeback as usize].parts[part as usize])
    }
}

/// One entry among the orders: an order of the snapshot, or goods of a return that count as one.
struct Entry<'s> {
    number: &'s str,
    /// Of goods that come back: the number of their order.
    original: &'s str,
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
enum Counted {
    No,
    /// Apart from the orders: for bonuses that pay points, and volumes that take off what came back.
    Apart,
    /// For everything.
    AsOrders,
}

impl Counted {
    fn of(plan: &CheckedPlan) -> Self {
        // Points are not kept as lines that could be taken back.
        let points = |bonus: &Bonus| bonus.points && matches!(bonus.source, BonusSource::Orders(_));
        match plan.returns {
            Returns::NegativeVolume => Self::AsOrders,
            Returns::TakeBack if plan.bonuses.iter().any(points) => Self::Apart,
            Returns::TakeBack if plan.volumes.iter().any(|volume| volume.less_returns) => Self::Apart,
            Returns::TakeBack => Self::No,
        }
    }
}

/// An entry by its place: of an order, or after them of goods that a return brings back.
fn entry<'s>(snapshot: &'s Snapshot, returned: &[Returned], place: u32) -> Entry<'s> {
    let place = place as usize;
    if let Some(given) = snapshot.orders.get(place) {
        let (day, kind, amounts) = (given.day.0, given.order_type, given.amounts);
        let (number, line, measures) = (&*given.number, &*given.line, &given.measures);
        let (original, buyer, of) = ("", given.buyer, given.id);
        return Entry { number, original, line, buyer, of, day, kind, amounts, measures, sign: 1 };
    }
    let returned = returned[place - snapshot.orders.len()];
    let takeback = &snapshot.takebacks[returned.takeback as usize];
    let part = returned.part(snapshot);
    let (now, measures) = part.map_or((&takeback.now, &takeback.measures), |part| (&part.now, &part.measures));
    Entry {
        number: &takeback.return_number,
        original: &takeback.original_number,
        line: returned.line(snapshot),
        buyer: takeback.buyer,
        of: takeback.original_order,
        day: takeback.day.0,
        kind: takeback.order_type,
        measures,
        sign: -1,
        amounts: Amounts {
            qv: Volume(now.qv.0.saturating_neg()),
            cv: Volume(now.cv.0.saturating_neg()),
            paid_minor: now.paid_minor.saturating_neg(),
            wholesale_minor: now.wholesale_minor.saturating_neg(),
        },
    }
}

/// Reads the orders, buyers by their place by number. Where the plan wants so, goods that come back are orders with
/// negative amounts, and each order knows the buyer's orders before it.
pub fn read(plan: &CheckedPlan, snapshot: &Snapshot, ids: &Places) -> Result<Orders, RunFault> {
    let counted = Counted::of(plan);
    let returned = if counted == Counted::No { Vec::new() } else { Returned::all(snapshot) };
    let entry = |place: u32| entry(snapshot, &returned, place);
    let count = fits("orders", snapshot.orders.len() + returned.len())?;
    let key = |at: u32| {
        let entry = entry(at);
        // What counts for them only comes after all orders, so that none of them has it before it.
        let last = counted == Counted::Apart && at as usize >= snapshot.orders.len();
        (last, entry.day, [entry.number, entry.original, entry.line].map(str::as_bytes))
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
        let entry = entry(*this);
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
    if counted == Counted::Apart && !snapshot.takebacks.is_empty() {
        let back = back(snapshot);
        let of = |place: &u32| {
            let at = (*place as usize).checked_sub(snapshot.orders.len());
            at.map_or(Back::No, |at| back[returned[at].takeback as usize])
        };
        orders.back = place.iter().map(of).collect();
    }
    for name in &plan.measures {
        let Some(at) = snapshot.measures.iter().position(|known| known == name) else {
            orders.measures.push(vec![0; place.len()]);
            continue;
        };
        let of = |this: &u32| {
            let entry = entry(*this);
            entry.measures.get(at).0.saturating_mul(entry.sign)
        };
        orders.measures.push(place.iter().map(of).collect());
    }
    orders.firsts = firsts(snapshot, &returned, &place);
    if earlier(plan) {
        let numbers: Vec<&str> = place.iter().map(|place| entry(*place).number).collect();
        orders.look_back(&numbers)?;
    }
    (orders.place, orders.returned) = (place, returned);
    Ok(orders)
}

/// Where the order of each entry begins; empty where no order has several product lines.
fn firsts(snapshot: &Snapshot, returned: &[Returned], place: &[u32]) -> Vec<u32> {
    if snapshot.orders.iter().all(|order| order.line.is_empty()) && returned.iter().all(|back| back.part.is_none()) {
        return Vec::new();
    }
    // The number of an order, or the place of a takeback.
    let number = |place: u32| {
        let order = snapshot.orders.get(place as usize);
        order.map(|order| &order.number).ok_or_else(|| returned[place as usize - snapshot.orders.len()].takeback)
    };
    let (mut first, mut before) = (0, None);
    let of = |(at, this): (u32, &u32)| {
        let own = Some(number(*this));
        if own != std::mem::replace(&mut before, own) {
            first = at;
        }
        first
    };
    (0_u32..).zip(place).map(of).collect()
}

/// Whether a number asks about the goods of an entry: its volumes, its price, its product line. What does not is the
/// same for all product lines of an order, and counts once for it.
pub fn reads_goods(num: &Num) -> bool {
    use OrderField::{Cv, Margin, Measure, Paid, Qv, Wholesale};
    let mut reads = false;
    num.numbers(&mut |num| reads |= matches!(num, Num::Order(Cv | Qv | Paid | Wholesale | Margin | Measure(_))));
    num.conditions(&mut |cond| reads |= matches!(cond, Cond::Line(_)));
    reads
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

impl Orders {
    /// The product line of an entry by its place, or empty.
    pub fn line<'s>(&self, snapshot: &'s Snapshot, place: u32) -> &'s str {
        let place = place as usize;
        match snapshot.orders.get(place) {
            Some(order) => &order.line,
            None => self.returned[place - snapshot.orders.len()].line(snapshot),
        }
    }

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

    /// The first entry of the order of an entry.
    pub fn first(&self, entry: usize) -> usize {
        self.firsts.get(entry).map_or(entry, |first| *first as usize)
    }

    /// Counts the sales of each seller, if the plan asks. Both slices are by index of the member.
    pub fn look_at_sales(&mut self, plan: &CheckedPlan, seller: &[u32], orders_before: &[u32]) {
        let mut asks = false;
        plan.numbers(&mut |num| asks |= matches!(num, Num::Order(OrderField::Sale | OrderField::SaleEver)));
        if !asks {
            return;
        }
        let mut before = vec![0_u32; seller.len()];
        for (seller, count) in seller.iter().zip(orders_before).filter(|(seller, _)| **seller != NONE) {
            before[*seller as usize] = before[*seller as usize].saturating_add(*count);
        }
        let mut so_far = vec![0_u32; seller.len()];
        let mut sales = Vec::with_capacity(self.buyer.len());
        for (entry, buyer) in self.buyer.iter().enumerate() {
            let sale = so_far.get_mut(seller[*buyer as usize] as usize);
            sales.push(sale.map_or(0, |sale| {
                *sale += u32::from(self.first(entry) == entry && !self.is_return(entry));
                *sale
            }));
        }
        (self.sales, self.sales_before) = (sales, before);
    }

    /// Whether an entry is the first one of its order that a condition chooses.
    pub fn leads<E>(&self, entry: usize, chosen: impl Fn(usize) -> Result<bool, E>) -> Result<bool, E> {
        for before in self.first(entry)..entry {
            if chosen(before)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// All entries of the order of an entry.
    pub fn whole(&self, entry: usize) -> Range<usize> {
        let first = self.first(entry);
        let more = (entry + 1..self.firsts.len()).take_while(|next| self.firsts[*next] as usize == first).count();
        first..entry + 1 + more
    }

    /// The orders, each once however many product lines it has, without goods that come back.
    pub fn once(&self) -> impl Iterator<Item = usize> {
        let once = |at: &usize| self.back(*at) == Back::No && !self.is_return(*at) && self.first(*at) == *at;
        (0..self.buyer.len()).filter(once)
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
