//! Looking on while bonuses are paid. Whoever looks on changes nothing.

use super::fault::RunFault;
use super::found::Items;
use super::standing::Standing;
use super::walk::Walker;

/// Somebody who looks on.
pub trait Watch {
    /// A bonus is ready and about to be walked from these items.
    fn walk(&mut self, _walker: &Walker<'_>, _items: &Items<'_>) -> Result<(), RunFault> {
        Ok(())
    }

    /// Everything is paid.
    fn end(&mut self, _standing: &Standing<'_>) {}
}

/// Nobody.
impl Watch for () {}
