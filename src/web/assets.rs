//! Style, script and mark: embedded, under names that carry their hash, so that browsers keep them for good.

use std::sync::OnceLock;

use rocket::http::{ContentType, Header, Status};
use rocket::response::{self, Responder};
use rocket::{Request, Response, Route};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "src/web/assets/"]
struct Files;

/// One file and its name with the hash.
struct Asset {
    name: String,
    hashed: String,
}

fn assets() -> &'static [Asset] {
    static ASSETS: OnceLock<Vec<Asset>> = OnceLock::new();
    ASSETS.get_or_init(|| {
        Files::iter()
            .filter_map(|name| {
                let file = Files::get(&name)?;
                let hash = crate::text::hex(&file.metadata.sha256_hash()[..6]);
                let (stem, extension) = name.rsplit_once('.')?;
                Some(Asset { name: name.to_string(), hashed: format!("{stem}-{hash}.{extension}") })
            })
            .collect()
    })
}

/// The address of an asset, such as `/assets/mainstay-0a1b2c3d4e5f.css`; of an unknown one `/assets/`.
pub fn href(name: &str) -> String {
    let hashed = assets().iter().find(|asset| asset.name == name).map_or("", |asset| asset.hashed.as_str());
    format!("/assets/{hashed}")
}

/// An embedded file, to be kept for a year.
pub struct Embedded(ContentType, Vec<u8>);

impl<'r> Responder<'r, 'static> for Embedded {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        Response::build_from((self.0, self.1).respond_to(request)?)
            .header(Header::new("Cache-Control", "public, max-age=31536000, immutable"))
            .ok()
    }
}

#[rocket::get("/assets/<name>")]
fn file(name: &str) -> Result<Embedded, Status> {
    let asset = assets().iter().find(|asset| asset.hashed == name).ok_or(Status::NotFound)?;
    let bytes = Files::get(&asset.name).ok_or(Status::NotFound)?.data.into_owned();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    Ok(Embedded(ContentType::from_extension(extension).unwrap_or(ContentType::Binary), bytes))
}

/// The routes of the assets.
pub fn routes() -> Vec<Route> {
    rocket::routes![file]
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_asset_that_the_pages_name_is_there() {
        for name in ["mainstay.css", "mainstay.js", "mark.svg"] {
            let href = super::href(name);
            assert!(href.len() > "/assets/".len() + name.len(), "{name}: {href}");
        }
        assert_eq!(super::href("nothing.css"), "/assets/");
    }
    #[test]
    fn dark_by_choice_is_dark_by_the_system() {
        let style = super::Files::get("mainstay.css").unwrap();
        let style = std::str::from_utf8(&style.data).unwrap();
        let block = |selector: &str| {
            let (_, rest) = style.split_once(selector).unwrap();
            let (block, _) = rest.split_once('}').unwrap();
            block.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let chosen = block(":root[data-theme=\"dark\"] {");
        assert!(chosen.contains("--bg: #10181a"));
        assert_eq!(chosen, block(":root:not([data-theme=\"light\"]) {"));
    }
}
