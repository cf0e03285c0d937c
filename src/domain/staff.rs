//! Staff: the people who sign in to the console, and what each role may do.

use super::ids::StaffId;
use super::words::words;

words! {
    /// The role of a person of the staff.
    Role, "role" {
        /// Everything, including staff and settings.
        Owner = "owner",
        /// Runs, approvals, ledger, statements; and all that support may do.
        Finance = "finance",
        /// Members, orders, imports.
        Support = "support",
        /// Looks, changes nothing.
        Auditor = "auditor",
    }
}

words! {
    /// One thing that a role may do. A handler names it by its guard's type.
    Permission, "permission" {
        /// See members, orders, runs, statements.
        View = "view",
        /// Enrol and edit members, place orders, import files.
        ManageField = "manage-field",
        /// Freeze, calculate, review, approve, commit and discard runs, send statements, change plans.
        ManageRuns = "manage-runs",
        /// Read the audit log.
        ViewAudit = "view-audit",
        /// Staff accounts and company settings.
        ManageCompany = "manage-company",
    }
}

impl Role {
    /// Whether the role grants the permission.
    pub const fn grants(self, permission: Permission) -> bool {
        match permission {
            Permission::View => true,
            Permission::ManageField => matches!(self, Self::Owner | Self::Finance | Self::Support),
            Permission::ManageRuns => matches!(self, Self::Owner | Self::Finance),
            Permission::ViewAudit => matches!(self, Self::Owner | Self::Finance | Self::Auditor),
            Permission::ManageCompany => matches!(self, Self::Owner),
        }
    }
}

/// Who does something, as the audit log keeps it: the name and the address of that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person of the staff; 0 when no person acts.
    pub id: StaffId,
    /// The name, or what acts in nobody's name.
    pub name: String,
    /// The network address the request came from; empty when it came from none.
    pub address: String,
}

impl Actor {
    /// A person of the staff, at a network address.
    pub fn person(id: StaffId, name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { id, name: name.into(), address: address.into() }
    }

    /// A part of the program that acts by itself, such as a job.
    pub fn system(part: &str) -> Self {
        Self { id: StaffId(0), name: format!("System: {part}"), address: String::new() }
    }

    /// Whoever may use the command line of the machine.
    pub fn command_line() -> Self {
        Self { id: StaffId(0), name: "Command line".to_owned(), address: String::new() }
    }
}
