//! Answers: a page, a way on after an action, a download, or a fault told in words.

use rocket::Request;
use rocket::http::uri::Origin;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{self, Responder, Response};

use super::app::App;
use super::guards::Around;
use super::view::{Gate, Message, Shell, Theme, Tone, filters};
use crate::actions::{ActionFault, token};
use crate::store::StoreError;

/// A rendered page.
#[derive(Debug)]
pub struct Page(Status, String);

impl Page {
    /// The page of a template.
    pub fn of(template: &impl askama::Template) -> Result<Self, Fault> {
        Self::with(Status::Ok, template)
    }

    /// The same page again with its errors: status 422.
    pub fn invalid(template: &impl askama::Template) -> Result<Self, Fault> {
        Self::with(Status::UnprocessableEntity, template)
    }

    /// The page of a template with a status.
    pub fn with(status: Status, template: &impl askama::Template) -> Result<Self, Fault> {
        Ok(Self(status, template.render().map_err(Fault::unexpected)?))
    }
}

impl<'r> Responder<'r, 'static> for Page {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        (self.0, (ContentType::HTML, self.1)).respond_to(request)
    }
}

/// On to another page of the console (303).
#[derive(Debug)]
pub struct SeeOther {
    to: String,
    message: Option<Message>,
}

impl SeeOther {
    /// On to this path of the console.
    pub fn to(path: impl Into<String>) -> Self {
        Self { to: path.into(), message: None }
    }

    /// And say there that it worked.
    #[must_use]
    pub fn saying(self, text: impl Into<String>) -> Self {
        Self { message: Some(Message { tone: Tone::Good, text: text.into() }), ..self }
    }

    /// And say there what to look at.
    #[must_use]
    pub fn warning(self, text: impl Into<String>) -> Self {
        Self { message: Some(Message { tone: Tone::Warn, text: text.into() }), ..self }
    }

    /// And say there why nothing was done.
    #[must_use]
    pub fn refusing(self, text: impl Into<String>) -> Self {
        Self { message: Some(Message { tone: Tone::Bad, text: text.into() }), ..self }
    }
}

impl<'r> Responder<'r, 'static> for SeeOther {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        if let Some(message) = &self.message {
            let secure = request.rocket().state::<App>().is_some_and(|app| app.settings.secure_cookies);
            message.keep(request.cookies(), secure);
        }
        // A path that isn't one leads home, never to another site.
        let to = Origin::parse_owned(self.to).map_or_else(|_| "/".to_owned(), |origin| origin.to_string());
        Response::build().status(Status::SeeOther).header(Header::new("Location", to)).ok()
    }
}

/// What a form answers: the page again, or on to another one.
#[derive(Debug, Responder)]
pub enum Reply {
    /// The page, with its errors.
    Page(Page),
    /// On to another page.
    SeeOther(SeeOther),
}

impl From<Page> for Reply {
    fn from(page: Page) -> Self {
        Self::Page(page)
    }
}

impl From<SeeOther> for Reply {
    fn from(on: SeeOther) -> Self {
        Self::SeeOther(on)
    }
}

/// A file to keep.
#[derive(Debug)]
pub struct Download {
    /// The name the file gets.
    pub name: String,
    /// What it is.
    pub kind: ContentType,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl<'r> Responder<'r, 'static> for Download {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let plain: String =
            self.name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
        Response::build_from((self.kind, self.bytes).respond_to(request)?)
            .header(Header::new("Content-Disposition", format!("attachment; filename=\"{plain}\"")))
            .ok()
    }
}

/// What went wrong, in words for the person who asked.
#[derive(Debug)]
pub struct Fault {
    status: Status,
    title: String,
    text: String,
    /// Told to the person and written to the log, so that the two can be brought together.
    reference: Option<String>,
}

impl Fault {
    /// A fault with a title and an explanation that says what to do.
    pub fn new(status: Status, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { status, title: title.into(), text: text.into(), reference: None }
    }

    /// The step is not possible now; nothing was changed.
    pub fn refused(text: impl std::fmt::Display) -> Self {
        Self::new(Status::UnprocessableEntity, "Nothing was changed", sentence(&text.to_string()))
    }

    /// There is no such page or thing.
    pub fn not_found(text: impl std::fmt::Display) -> Self {
        Self::new(Status::NotFound, "Not found", sentence(&text.to_string()))
    }

    /// Something that should not happen: it is logged once, with the reference that the person sees.
    pub fn unexpected(fault: impl std::fmt::Display) -> Self {
        let reference: String = token::new().map_or_else(|_| "unknown".to_owned(), |token| token[..8].to_owned());
        log::error!(MAINSTAY_REFERENCE = reference.as_str(); "a request failed: {fault}");
        Self { reference: Some(reference), ..Self::of_status(Status::InternalServerError) }
    }

    /// What a bare status means to a person.
    pub fn of_status(status: Status) -> Self {
        let (title, text) = match status.code {
            400 => ("The request could not be read", "Nothing was changed. Go back and try again."),
            404 => ("Not found", "There is nothing at this address. It may have been mistyped, or the thing is gone."),
            405 => ("Not possible", "This address takes another kind of request."),
            413 => ("Too large", "What was sent is larger than this form takes. Nothing was changed."),
            422 => ("The form was incomplete", "Nothing was changed. Go back, fill in every field and send it again."),
            503 => ("Busy", "The database did not answer in time. Nothing was changed; try again in a moment."),
            _ => (
                "Something went wrong",
                "Nothing was changed that was not confirmed. Try again; if it happens again, tell your administrator \
                 the reference.",
            ),
        };
        Self::new(status, title, text)
    }
}

/// Error texts begin small and end without a full stop; a page speaks in sentences.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

impl From<StoreError> for Fault {
    fn from(fault: StoreError) -> Self {
        match &fault {
            StoreError::NotFound { .. } => Self::not_found(&fault),
            StoreError::Conflict(_) => Self::new(Status::Conflict, "Nothing was changed", sentence(&fault.to_string())),
            StoreError::Taken(_) => Self::refused(&fault),
            StoreError::Busy => Self::of_status(Status::ServiceUnavailable),
            StoreError::DiskFull | StoreError::DiskRefused(_) => {
                log::error!("the disk of the database is full");
                Self::new(Status::InsufficientStorage, "The disk is full", sentence(&fault.to_string()))
            }
            StoreError::Unreachable { .. }
            | StoreError::NewerSchema { .. }
            | StoreError::Corrupt(_)
            | StoreError::Database(_) => Self::unexpected(&fault),
        }
    }
}

impl From<ActionFault> for Fault {
    fn from(fault: ActionFault) -> Self {
        match fault {
            ActionFault::Store(fault) => fault.into(),
            ActionFault::Invalid(_) | ActionFault::Refused(_) => Self::refused(fault),
        }
    }
}

impl From<token::NoRandomness> for Fault {
    fn from(fault: token::NoRandomness) -> Self {
        Self::unexpected(fault)
    }
}

#[derive(askama::Template)]
#[template(path = "web/fault.html")]
struct FaultPage<'a> {
    shell: Shell,
    fault: &'a Fault,
}

#[derive(askama::Template)]
#[template(path = "web/fault_gate.html")]
struct FaultGate<'a> {
    gate: Gate,
    fault: &'a Fault,
}

impl<'r> Responder<'r, 'static> for Fault {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let page = match Around::of(request) {
            Some(shell) => Page::with(self.status, &FaultPage { shell, fault: &self }),
            None => Page::with(self.status, &FaultGate { gate: bare_gate(request), fault: &self }),
        };
        let Ok(page) = page else { return Err(self.status) };
        let mut response = page.respond_to(request)?;
        if self.status == Status::ServiceUnavailable {
            response.set_header(Header::new("Retry-After", "5"));
        }
        Ok(response)
    }
}

/// A gate that asks the database for nothing.
fn bare_gate(request: &Request<'_>) -> Gate {
    Gate {
        csrf: String::new(),
        theme: Theme::chosen(request.cookies()),
        message: None,
        company_name: String::new(),
        host: request.host().map(ToString::to_string).unwrap_or_default(),
    }
}
