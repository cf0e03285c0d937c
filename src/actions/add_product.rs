//! Adds a product to the catalogue, and changes its name, product line or state.

use super::{ActionFault, FieldFault};
use crate::clock::Clock;
use crate::domain::ids::ProductId;
use crate::domain::product::{ProductStatus, product_line_fault};
use crate::domain::staff::Actor;
use crate::store::audit::{self, Entry};
use crate::store::products::{self, Product};
use crate::store::{Db, ids};

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

/// Adds the product and returns it; it can be ordered as soon as it has a price. The product line may be empty.
///
/// # Errors
/// Every wrong field at once; nothing is written then.
pub fn add_product(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    sku: &str,
    name: &str,
    line: &str,
) -> Result<Product, ActionFault> {
    let (sku, name, line) = (sku.trim(), name.trim(), line.trim());
    let mut faults = text_faults(name, line);
    if sku.is_empty() || sku.chars().count() > 60 || sku.chars().any(|c| c.is_whitespace() || c.is_control()) {
        faults.push(FieldFault::new("sku", "Give a code of 1 to 60 characters without spaces"));
    }
    db.write(|tx| {
        if products::find_by_sku(tx, sku)?.is_some() {
            faults.push(FieldFault::new("sku", format!("The code {sku} is taken")));
        }
        if !faults.is_empty() {
            return Err(ActionFault::Invalid(faults));
        }
        let now = clock.now();
        let product = Product {
            id: ProductId(ids::next()),
            sku: sku.to_owned(),
            name: name.to_owned(),
            line: line.to_owned(),
            status: ProductStatus::Active,
            created_at: now,
            updated_at: now,
        };
        products::insert(tx, std::slice::from_ref(&product))?;
        audit::append(
            tx,
            &Entry {
                at: now,
                actor,
                action: "add-product",
                object_kind: "product",
                object_id: product.id.0,
                object: sku,
                before: "",
                after: &told(&product),
            },
        )?;
        Ok(product)
    })
}

/// What can be changed of a product, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductEdit {
    /// The name people read.
    pub name: String,
    /// The product line; may be empty.
    pub line: String,
    /// Whether it may be ordered.
    pub status: ProductStatus,
}

/// Changes name, product line and state of the product with this code. Orders keep the name they were placed with;
/// the product line counts for every run that is frozen from now on.
///
/// # Errors
/// A wrong name or product line, or no such product; nothing is written then.
pub fn edit_product(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    sku: &str,
    edit: &ProductEdit,
) -> Result<Product, ActionFault> {
    let (name, line) = (edit.name.trim(), edit.line.trim());
    let faults = text_faults(name, line);
    if !faults.is_empty() {
        return Err(ActionFault::Invalid(faults));
    }
    db.write(|tx| {
        let old = products::get_by_sku(tx, sku)?;
        let now = clock.now();
        let (name, line) = (name.to_owned(), line.to_owned());
        let new = Product { name, line, status: edit.status, updated_at: now, ..old.clone() };
        products::update(tx, &new)?;
        audit::append(
            tx,
            &Entry {
                at: now,
                actor,
                action: "edit-product",
                object_kind: "product",
                object_id: new.id.0,
                object: sku,
                before: &format!("{}, {}", told(&old), old.status),
                after: &format!("{}, {}", told(&new), new.status),
            },
        )?;
        Ok(new)
    })
}

/// Name and product line for the audit log.
fn told(product: &Product) -> String {
    if product.line.is_empty() { product.name.clone() } else { format!("{}, line {}", product.name, product.line) }
}

fn text_faults(name: &str, line: &str) -> Vec<FieldFault> {
    let mut faults = name_faults(name);
    faults.extend(product_line_fault(line).map(|fault| FieldFault::new("line", fault)));
    faults
}

fn name_faults(name: &str) -> Vec<FieldFault> {
    let length = name.chars().count();
    if length == 0 {
        vec![FieldFault::new("name", "Give the name")]
    } else if length > LONGEST_NAME || name.chars().any(char::is_control) {
        vec![FieldFault::new("name", format!("A name has at most {LONGEST_NAME} characters and no line breaks"))]
    } else {
        Vec::new()
    }
}
