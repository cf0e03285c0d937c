//! Staff: the people who sign in to the console, and what each role may do.

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
