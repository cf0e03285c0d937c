//! `order B 100 cv 80 2026-10-12 autoship number o1` and `return o1 50`.

use super::read::{Draft, day, how, money};
use super::{NewOrder, NewReturn, Returned, Word};
use crate::domain::money::Volume;
use crate::domain::order::OrderType;
use crate::plan::fault::{Fault, nearest, suggest};

/// What is known of an order while reading.
#[derive(Debug, Clone)]
pub struct Ordered {
    number: String,
    line: String,
    buyer: usize,
    written: i64,
    returned: i64,
}

const OPTIONS: [&str; 14] = [
    "qv",
    "cv",
    "paid",
    "wholesale",
    "line",
    "number",
    "through",
    "standard",
    "enrolment",
    "autoship",
    "tools",
    "upgrade",
    "renewal",
    "promotion",
];

/// Whether what comes next is a volume and no day.
fn followed_by_a_number(rest: &[Word<'_>]) -> bool {
    rest.first().is_some_and(|word| day(*word).is_none() && word.text.parse::<Volume>().is_ok())
}

/// Refuses what an order has already.
fn once<'t>(option: Word<'t>, given: &mut Vec<&'t str>) -> Result<(), Fault> {
    let what = match option.text {
        _ if day(option).is_some() => "a day",
        text if text.parse::<OrderType>().is_ok() => "a type",
        text => text,
    };
    if given.contains(&what) {
        return Err(option.fault(format!("this order has “{what}” twice"), how("order")));
    }
    given.push(what);
    Ok(())
}

/// A volume. Three decimals are refused: in half of the world they are thousands.
fn points(word: Word<'_>) -> Result<Volume, Fault> {
    match word.text.split_once('.') {
        Some((whole, decimals)) if decimals.len() == 3 => {
            let message = format!("“{}” can be read as {whole}{decimals} or as a number with decimals", word.text);
            Err(word.fault(message, format!("write {whole}{decimals}, or {whole}.{decimals}0")))
        }
        _ => word.value(),
    }
}

impl Draft {
    /// An order.
    pub fn order(&mut self, first: Word<'_>, rest: &[Word<'_>]) -> Result<NewOrder, Fault> {
        let [who, volume, rest @ ..] = rest else {
            return Err(first.fault("an order needs a member and a volume", how("order")));
        };
        let buyer = self.member(*who)?;
        let mut order = NewOrder {
            number: String::new(),
            line: String::new(),
            buyer,
            through: None,
            day: None,
            order_type: OrderType::Standard,
            written: points(*volume)?,
            qv: None,
            cv: None,
            paid: None,
            wholesale: None,
            measures: Vec::new(),
        };
        let mut number = *volume;
        let (mut rest, mut given) = (rest, Vec::new());
        while let Some((option, mut after)) = rest.split_first() {
            let is_measure = crate::domain::measures::is_name(option.text) && followed_by_a_number(after);
            let mut value = || {
                let (value, left) =
                    after.split_first().ok_or_else(|| option.fault("a value is missing behind this", how("order")))?;
                after = left;
                Ok(*value)
            };
            once(*option, &mut given)?;
            match option.text {
                "qv" => order.qv = Some(points(value()?)?),
                "cv" => order.cv = Some(points(value()?)?),
                "paid" => order.paid = Some(money(value()?)?),
                "wholesale" => order.wholesale = Some(money(value()?)?),
                "through" => order.through = Some(self.member(value()?)?),
                "line" => value()?.text.clone_into(&mut order.line),
                "number" => {
                    number = value()?;
                    number.text.clone_into(&mut order.number);
                }
                text => match (day(*option), text.parse()) {
                    (Some(day), _) => order.day = Some(self.day_of_period(*option, day?)?),
                    (None, Ok(order_type)) => order.order_type = order_type,
                    (None, Err(_)) if is_measure => {
                        order.measures.push((text.to_owned(), value()?.value()?));
                    }
                    (None, Err(_)) => {
                        let help = format!("{}; a day is written as 2026-10-31", suggest(text, OPTIONS));
                        return Err(option.fault(format!("an order has no “{text}”"), help));
                    }
                },
            }
            rest = after;
        }
        if order.number.is_empty() {
            order.number = format!("O-{:03}", self.orders.len() + 1);
        }
        self.check_number(number, &order)?;
        let Volume(written) = order.written;
        let (number, line) = (order.number.clone(), order.line.clone());
        self.orders.push(Ordered { number, line, buyer, written, returned: 0 });
        Ok(order)
    }

    fn check_number(&self, word: Word<'_>, order: &NewOrder) -> Result<(), Fault> {
        let mut same = self.orders.iter().filter(|other| other.number == order.number);
        let Some(other) = same.find(|other| other.line == order.line || other.buyer != order.buyer) else {
            return Ok(());
        };
        let message = format!("there is an order {} already", order.number);
        Err(word.fault(
            message,
            if other.buyer == order.buyer {
                "give each its own number, or each part of one order its own line"
            } else {
                "give each its own number; the parts of one order have one buyer"
            },
        ))
    }

    /// Goods that come back: all of an order, or so much of what was written.
    pub fn give_back(&mut self, first: Word<'_>, rest: &[Word<'_>]) -> Result<NewReturn, Fault> {
        let [number, rest @ ..] = rest else {
            return Err(first.fault("a return needs the number of an order", how("return")));
        };
        let mut found: Vec<usize> =
            (0..self.orders.len()).filter(|at| self.orders[*at].number == number.text).collect();
        if found.is_empty() {
            let near = nearest(number.text, self.orders.iter().map(|order| order.number.as_str()));
            let help = near.map_or_else(
                || format!("give the order a number: order A 100 number {}", number.text),
                |near| format!("did you mean “{near}”?"),
            );
            return Err(number.fault(format!("there is no order “{}”", number.text), help));
        }
        let (mut amount, mut on) = (None, None);
        let mut rest = rest;
        while let Some((word, after)) = rest.split_first() {
            rest = after;
            if let Some(day) = day(*word) {
                on = Some(self.day_of_period(*word, day?)?);
            } else if word.text == "line" {
                let (line, after) =
                    rest.split_first().ok_or_else(|| word.fault("a line is missing behind this", how("return")))?;
                rest = after;
                found.retain(|at| self.orders[*at].line == line.text);
                if found.is_empty() {
                    return Err(line.fault(format!("order {} has no line “{}”", number.text, line.text), ""));
                }
            } else {
                amount = Some((word.value::<Volume>()?.0, *word));
            }
        }
        let parts = match amount {
            None => {
                // Of an order of several lines, those of which something is left.
                let is_left = |at: &usize| self.orders[*at].returned < self.orders[*at].written;
                if found.iter().any(is_left) {
                    found.retain(is_left);
                }
                found.iter().map(|at| self.part(*at, None, *number)).collect::<Result<_, _>>()?
            }
            Some((amount, word)) => {
                let [at] = found.as_slice() else {
                    let message = format!("order {} has several lines", number.text);
                    return Err(word.fault(message, "say of which one it is: return o1 50 line NAME"));
                };
                vec![self.part(*at, Some(amount), word)?]
            }
        };
        Ok(NewReturn { parts, day: on })
    }

    fn part(&mut self, at: usize, amount: Option<i64>, word: Word<'_>) -> Result<Returned, Fault> {
        let order = &mut self.orders[at];
        let left = order.written - order.returned;
        if order.written <= 0 || left <= 0 {
            return Err(
                word.fault(format!("nothing of order {} can come back any more", order.number), "take the line away")
            );
        }
        let amount = amount.unwrap_or(left);
        if amount <= 0 || amount > left {
            let message = format!("{} of order {} can come back, not {}", Volume(left), order.number, word.text);
            return Err(word.fault(message, "write a part of what was ordered, or nothing for all of it"));
        }
        let before = order.returned;
        order.returned += amount;
        Ok(Returned { order: at, before, after: order.returned, written: order.written })
    }
}
