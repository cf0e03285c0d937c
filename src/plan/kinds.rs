//! Over which kinds of periods a plan is run.

use super::checked::CheckedPlan;
use crate::domain::run::PeriodKind;

impl CheckedPlan {
    /// The kinds that its bonuses, its binary tables and its ranks name, the shortest first; months where none is
    /// named. A bonus that names no kind is paid in every run.
    pub fn period_kinds(&self) -> Vec<PeriodKind> {
        let bonuses = self.bonuses.iter().filter_map(|bonus| bonus.period);
        let pairs = self.pairs.iter().filter_map(|pair| pair.period);
        let mut kinds: Vec<PeriodKind> = bonuses.chain(pairs).chain(self.ranks_period).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.is_empty() { vec![PeriodKind::Month] } else { kinds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::starter::UNILEVEL;

    #[test]
    fn a_plan_is_run_over_the_kinds_that_it_names() {
        let kinds = |source: &str| CheckedPlan::read(source, "plan.toml").unwrap().period_kinds();
        assert_eq!(kinds(UNILEVEL), [PeriodKind::Month]);
        let bonus = |code: &str, period: &str| {
            format!(
                "\n[[bonuses]]\ncode = \"{code}\"\nname = \"{code}\"\nperiod = \"{period}\"\nsource = \"orders\"\n\
                 walk = \"own\"\nbase = \"cv\"\nrate = \"1%\"\n"
            )
        };
        let more = format!("{UNILEVEL}{}{}{}", bonus("q", "quarter"), bonus("w", "week"), bonus("v", "week"));
        assert_eq!(kinds(&more), [PeriodKind::Week, PeriodKind::Quarter]);
    }
}
