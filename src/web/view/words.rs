//! The actions of the audit log as people say them.

use super::segment;
use crate::store::audit::Stored;

const SAID: &[(&str, &str)] = &[
    ("activate-plan", "activated"),
    ("add-plan-draft", "wrote the draft"),
    ("add-plan-version", "added the plan version"),
    ("approve-run", "approved the run"),
    ("calculate-run", "calculated the run"),
    ("change-password", "changed the password of"),
    ("choose-password", "chose a password for"),
    ("commit-run", "committed the run"),
    ("discard-plan-draft", "threw away the draft"),
    ("discard-run", "discarded the run"),
    ("edit-company", "changed the settings of"),
    ("edit-member", "changed the member"),
    ("edit-plan-draft", "changed the draft"),
    ("edit-staff", "changed the access of"),
    ("enroll", "enrolled the member"),
    ("freeze-run", "froze the run"),
    ("import", "imported"),
    ("invite-staff", "invited"),
    ("place-order", "placed the order"),
    ("record-payment", "recorded a payment for"),
    ("refuse-sign-in", "failed to sign in as"),
    ("renew-password-link", "made a new link for"),
    ("return-order", "took back the order"),
    ("review-run", "reviewed the run"),
    ("send-statements", "sent the statements of"),
    ("set-up", "set up"),
    ("sign-in", "signed in as"),
    ("sign-out", "signed out"),
    ("sign-out-elsewhere", "ended the other sessions of"),
    ("stop-job", "stopped the job"),
];

/// The action as a person says it; a word that is not known stays as it is.
pub fn said(action: &str) -> &str {
    SAID.iter().find(|(known, _)| *known == action).map_or(action, |(_, said)| said)
}

/// The page of the thing that an entry of the audit log is about, where it has one.
pub fn place(entry: &Stored) -> Option<String> {
    let number = || segment(&entry.object);
    match entry.object_kind.as_str() {
        "member" => Some(format!("/members/{}", number())),
        "order" => Some(format!("/orders/{}", number())),
        "product" => Some(format!("/products/{}", number())),
        "run" => Some(format!("/commissions/{}", number())),
        "plan" => entry.object.rsplit_once("version ").map(|(_, version)| format!("/plans/{}", segment(version))),
        "job" => Some(format!("/jobs/{}", entry.object_id)),
        _ => None,
    }
}
