//! Files that are named on the command line and read whole: regular ones, up to a size, in UTF-8.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use super::Failure;

/// Most bytes of a plan file.
pub const PLAN: u64 = crate::plan::LARGEST_FILE as u64;
/// Most bytes of a file of cases.
pub const CASES: u64 = 10_000_000;
/// Most bytes of members, orders and what is carried, as CSV.
pub const TABLE: u64 = 100_000_000;

/// What the system says about a file; refused where it is a folder, or something that would have to be waited for.
pub fn regular(file: &Path) -> Result<fs::Metadata, Failure> {
    let name = file.display();
    let about = fs::metadata(file).map_err(|fault| Failure::failed(format!("{name} cannot be read: {fault}")))?;
    let what = if about.is_dir() {
        "it is a folder; name a file in it"
    } else if !about.is_file() {
        "it is a pipe or a device; write its content to a file first"
    } else {
        return Ok(about);
    };
    Err(Failure::failed(format!("{name} cannot be read: {what}")))
}

/// The text of a file of at most so many bytes, without the mark that some editors put before it; or why it cannot be
/// read.
pub fn read_text(file: &Path, most: u64) -> Result<String, Failure> {
    let name = file.display();
    let fault = |fault: std::io::Error| Failure::failed(format!("{name} cannot be read: {fault}"));
    let about = regular(file)?;
    let too_large =
        || Failure::failed(format!("{name} is too large: at most {most} bytes are read; is it the right file?"));
    if about.len() > most {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or_default());
    File::open(file).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)).map_err(fault)?;
    if bytes.len() as u64 > most {
        return Err(too_large());
    }
    let mut text = String::from_utf8(bytes)
        .map_err(|_| Failure::failed(format!("{name} is not UTF-8 text; save it in that encoding")))?;
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_up_to_their_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plan.toml");
        fs::write(&file, "\u{feff}abc").unwrap();
        assert_eq!(read_text(&file, 6).unwrap(), "abc");
        let refused = |file: &Path| read_text(file, 5).unwrap_err().to_string();
        assert!(refused(&file).contains("plan.toml is too large: at most 5 bytes"), "{}", refused(&file));
        assert!(refused(folder.path()).contains("it is a folder"));
        assert!(refused(Path::new("/dev/zero")).contains("it is a pipe or a device"));
        fs::write(&file, b"\xff").unwrap();
        assert!(refused(&file).contains("not UTF-8"));
    }
}
