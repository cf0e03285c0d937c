//! What is said of a name that means nothing where it stands.

use super::meaning::SINCE;
use super::{Checker, Scope};
use crate::plan::expr::parse::Ast;
use crate::plan::expr::typed::Reads;
use crate::plan::fault::{nearest, suggest};

/// A fault of a name: what is wrong, and what to write.
type Told = (String, String);

impl Checker<'_> {
    /// Says why a name means nothing here. Where its own definition is faulty that is said there, and nothing here.
    pub(super) fn unknown(&mut self, ast: &Ast, name: &str) {
        let own = self.whom(name).map_or(name, |(_, own)| own);
        if self.names.broken.iter().any(|broken| broken == own) {
            return;
        }
        let told = self.of_others(name).or_else(|| self.too_early(name)).unwrap_or_else(|| self.mistyped(name));
        self.fault(ast, told.0, told.1);
    }

    /// Names about somebody who is not known here.
    fn of_others(&self, name: &str) -> Option<Told> {
        let (prefix, own) = name.split_once('.')?;
        let here = |help: String| Some((format!("“{name}” has no meaning here"), help));
        let since = SINCE.contains(&own);
        let order = matches!(self.scope, Scope::Order | Scope::Volume);
        match prefix {
            _ if self.names.pairs.iter().any(|pair| pair == prefix) => {
                let sides = matches!(own, "left" | "right") && self.names.power.iter().any(|power| power == prefix);
                sides.then(|| {
                    let message =
                        format!("{prefix} has no left and right: it matches the strongest leg with all others");
                    let help =
                        format!("write {prefix}.power for the strongest leg, {prefix}.others for the sum of the others");
                    (message, help)
                })
            }
            "member" if self.scope != Scope::Volume => {
                let instead = if order || self.scope == Scope::OrderPayee { "buyer." } else { "" };
                here(format!(
                    "“member.” is whose volume it is, in “of” and “where” of a volume; here write {instead}{own}"
                ))
            }
            "earner" if self.scope == Scope::OrderPayee => here(format!(
                "“earner.” takes {}; whatever else is about who earns is written without it: {own}",
                SINCE.join(" and ")
            )),
            "earner" if since => here("“earner.” stands in rates and amounts on orders".to_owned()),
            "earner" => here(format!(
                "who earns is not known here; in “earner”, “rate” and “amount” {own} is about who earns"
            )),
            "my" => Some((
                "“my.” is about the member who counts those of the first level or those who were enrolled".to_owned(),
                "use it in frontline, enrolled, enrolled_legs or customers; for legs and the downline compare with the \
                 best below: frontline(max(rank_number, greatest(downline, rank_number)) >= my.rank_number)"
                    .to_owned(),
            )),
            "buyer" | "order" | "from" if self.scope == Scope::Member => Some((
                format!("this expression knows no “{name}”"),
                "it is about a member alone; tell orders apart by “where”".to_owned(),
            )),
            _ => None,
        }
    }

    /// Names of the plan that are known later than here, or never to what they are made of.
    fn too_early(&self, name: &str) -> Option<Told> {
        let volumes = self.names.volumes.is_empty();
        let prefixed = !volumes && self.prefixed(name).is_some();
        let about = self.whom(name);
        let own = about.map_or(name, |(_, own)| own);
        if self.kept(name).is_some() {
            let help = if volumes {
                format!("write before({name}) for what it was")
            } else {
                format!("it cannot read itself as it is now, nor what reads it; write before({name}) for what it was")
            };
            return Some((format!("“{name}” is not known yet here"), help));
        }
        let (_, value) = self.names.later.iter().find(|(later, _)| later == own).filter(|_| !prefixed)?;
        let help = match (volumes, value) {
            (true, _) if self.scope == Scope::Member && self.limit == Reads::Facts => {
                "write a plain number here".to_owned()
            }
            (true, _) if matches!(self.scope, Scope::Order | Scope::Volume) => {
                let what = if *value { "values are worked out after volumes" } else { "volumes read no volumes" };
                format!(
                    "{what}: “of” and “where” take what the order and its buyer say themselves, and what runs remember, \
                     as before(buyer.NAME) of [remembered.NAME]"
                )
            }
            (true, false) => {
                "“of”, “where” and “stop” read no volumes; let a rank need it and stop at the rank".to_owned()
            }
            (true, true) => "“stop” reads no values; let a rank need it and stop at the rank".to_owned(),
            (false, _) => format!(
                "a value cannot read itself, nor what reads it; what it was in the period before is before({own}), which \
                 [remembered.{own}] keeps"
            ),
        };
        Some((format!("“{name}” cannot be read here"), help))
    }

    /// The same name about the buyer, the order or whose amount it is, where it is known so.
    fn prefixed(&self, name: &str) -> Option<String> {
        let known = self.known();
        let all = ["buyer", "order", "from"].iter().map(|prefix| format!("{prefix}.{name}"));
        all.into_iter().find(|prefixed| known.contains(prefixed))
    }

    fn mistyped(&self, name: &str) -> Told {
        let known = self.known();
        let names = || known.iter().map(String::as_str);
        if let Some((prefix, _)) = name.split_once('.')
            && nearest(name, names()).is_none()
            && !self.prefixes().contains(&prefix)
        {
            let help = format!("before a dot stands one of: {}", self.prefixes().join(", "));
            return (format!("“{prefix}.” has no meaning here"), help);
        }
        let help = match self.prefixed(name) {
            Some(prefixed) if prefixed.starts_with("buyer") => format!("for the buyer of the order write “{prefixed}”"),
            Some(prefixed) => format!("write “{prefixed}”"),
            None => suggest(name, names()),
        };
        (format!("unknown name “{name}”"), help)
    }

    /// What may stand before a dot: whom a name is about, or a pairing.
    fn prefixes(&self) -> Vec<&str> {
        let whom: &[&str] = match self.scope {
            Scope::Member => &["sponsor", "enroller", "parent"],
            Scope::Order => &["buyer"],
            Scope::Volume => &["buyer", "member"],
            Scope::Payee => &["from", "sponsor", "enroller", "parent"],
            Scope::OrderPayee => &["order", "buyer", "earner", "sponsor", "enroller", "parent"],
            Scope::Counted => &["my", "sponsor", "enroller", "parent"],
        };
        let pairs = self.names.pairs.iter().map(String::as_str);
        whom.iter().copied().chain(pairs.filter(|_| !matches!(self.scope, Scope::Order | Scope::Volume))).collect()
    }

    /// Says why a name with a dot stands for no word.
    pub(super) fn no_word(&mut self, ast: &Ast, name: &str) {
        if self.value(name).is_some() || self.name(ast, name).is_some() {
            let help = "compare it with a word, or with the same attribute of somebody else whose words are listed";
            self.fault(ast, "these two cannot be compared", help);
        }
    }
}
