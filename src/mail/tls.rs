//! Encrypted lines to a relay: which authorities are trusted, and the handshake's settings.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// Where distributions keep the authorities the administrator trusts; the first that exists counts.
const SYSTEM_BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Settings for lines to one relay. With a `ca_file` only its authorities count; without one the system's and the
/// public ones built into the binary.
pub fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca_file {
        if add_bundle(&mut roots, path)? == 0 {
            return Err(format!("{} holds no certificate", path.display()));
        }
    } else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        if let Some(path) = SYSTEM_BUNDLES.iter().map(Path::new).find(|path| path.exists()) {
            add_bundle(&mut roots, path)?;
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|fault| fault.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn add_bundle(roots: &mut RootCertStore, path: &Path) -> Result<usize, String> {
    let unreadable = |fault: &dyn std::fmt::Display| format!("{} can't be read: {fault}", path.display());
    let mut certificates = Vec::new();
    for found in CertificateDer::pem_file_iter(path).map_err(|e| unreadable(&e))? {
        certificates.push(found.map_err(|e| unreadable(&e))?);
    }
    let (added, _) = roots.add_parsable_certificates(certificates);
    Ok(added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ca_file_without_a_certificate_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let said = client_config(Some(file.path())).unwrap_err();
        assert!(said.contains("holds no certificate"), "{said}");
        assert!(client_config(Some(Path::new("/nowhere.pem"))).unwrap_err().contains("/nowhere.pem"));
    }
}
