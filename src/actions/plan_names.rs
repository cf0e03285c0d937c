//! What the company's plans call things of members and orders: further volumes, attributes, ranks.

use crate::domain::calendar::Day;
use crate::plan::CheckedPlan;
use crate::plan::expr::Attribute;
use crate::store::{Conn, StoreResult, plans};

/// Names that plans use, those of the plan in force first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanNames {
    /// Further volumes of orders.
    pub measures: Vec<String>,
    /// Attributes of members; where plans differ about one, as the first of them has it.
    pub attributes: Vec<Attribute>,
    /// Codes of the ranks of the plan in force, lowest first; of the newest plan where none is in force.
    pub ranks: Vec<String>,
}

/// The names of all versions of the plan, drafts included.
///
/// # Errors
/// What the store says.
pub fn load(conn: &mut Conn, today: Day) -> StoreResult<PlanNames> {
    let in_force = plans::find_in_force(conn, today)?;
    let others = plans::list(conn)?;
    let mut names = PlanNames::default();
    for version in in_force.iter().chain(&others) {
        // A stored plan had no fault when it was stored; one that a newer program no longer reads names nothing.
        let Ok(plan) = CheckedPlan::read(&version.source, &version.name) else { continue };
        if names.ranks.is_empty() {
            names.ranks = plan.ranks.iter().map(|rank| rank.code.clone()).collect();
        }
        names
            .measures
            .extend(plan.measures.into_iter().filter(|name| !names.measures.contains(name)).collect::<Vec<_>>());
        for attribute in plan.attributes {
            if !names.attributes.iter().any(|known| known.name == attribute.name) {
                names.attributes.push(attribute);
            }
        }
    }
    Ok(names)
}

impl PlanNames {
    /// What a plan says about an attribute.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}
