//! The names of all time zones, for the choice in a form.

/// Names such as `Europe/London`; those without a continent are left out, but UTC.
pub fn zones() -> Vec<&'static str> {
    chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| zone.name())
        .filter(|name| *name == "UTC" || (name.contains('/') && !name.starts_with("Etc/") && !name.starts_with("US/")))
        .collect()
}
