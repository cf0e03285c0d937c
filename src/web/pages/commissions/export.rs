//! A run as files: all lines as CSV, all statements as a zip. Both are sent while they are made.

use std::io::{self, Write};

use rocket::State;
use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::stream::ByteStream;
use rocket::response::{self, Responder, Response};
use rocket::tokio::sync::mpsc;
use rocket::tokio::task::spawn_blocking;

use crate::actions::ActionFault;
use crate::actions::statement::export::draw_all;
use crate::domain::ids::LineId;
use crate::domain::run::RunStatus;
use crate::pdf::{Fonts, Paper};
use crate::sheet::CsvWriter;
use crate::store::runs::Run;
use crate::store::{run_list, runs};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::Fault;

/// A file that is made while it is sent.
pub struct Stream {
    name: String,
    kind: ContentType,
    parts: mpsc::Receiver<Vec<u8>>,
}

impl<'r> Responder<'r, 'r> for Stream {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'r> {
        let mut parts = self.parts;
        let stream = ByteStream! { while let Some(part) = parts.recv().await { yield part; } };
        Response::build_from(stream.respond_to(request)?)
            .header(self.kind)
            .header(Header::new("Content-Disposition", format!("attachment; filename=\"{}\"", self.name)))
            .ok()
    }
}

/// Sends what is written, in parts.
struct Parts {
    to: mpsc::Sender<Vec<u8>>,
    part: Vec<u8>,
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.part.extend_from_slice(bytes);
        if self.part.len() >= 64 * 1024 {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.part.is_empty() {
            return Ok(());
        }
        self.to.blocking_send(std::mem::take(&mut self.part)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

/// Makes a file on a blocking thread and sends it meanwhile. A fault cuts the file short, which the
/// browser reports; it is in the log.
fn sent(
    app: &App,
    name: String,
    kind: ContentType,
    make: impl FnOnce(&App, &mut dyn Write) -> Result<(), ActionFault> + Send + 'static,
) -> Stream {
    let (to, parts) = mpsc::channel(8);
    let app = app.clone();
    drop(spawn_blocking(move || {
        let mut out = Parts { to, part: Vec::new() };
        let done = make(&app, &mut out);
        if let Err(fault) = done.and_then(|()| out.flush().map_err(|fault| ActionFault::refused(fault.to_string()))) {
            log::error!("a file could not be sent: {fault}");
        }
    }));
    Stream { name, kind, parts }
}

async fn run_of(app: &State<App>, number: &str) -> Result<Run, Fault> {
    let number = number.to_owned();
    app.blocking(move |app| app.db.read(|c| runs::get_by_number(c, &number))).await
}

#[rocket::get("/commissions/<number>/lines.csv")]
pub async fn lines(_who: Signed<View>, app: &State<App>, number: &str) -> Result<Stream, Fault> {
    let run = run_of(app, number).await?;
    let name = format!("{}-lines.csv", run.number);
    Ok(sent(app, name, ContentType::CSV, move |app, out| write_lines(app, &run, out)))
}

fn write_lines(app: &App, run: &Run, out: &mut dyn Write) -> Result<(), ActionFault> {
    let fault = |fault: io::Error| ActionFault::refused(fault.to_string());
    let mut csv = CsvWriter::new(out);
    csv.write(["member", "bonus", "kind", "source", "level", "base", "base_kind", "rate", "amount", "currency"])
        .map_err(fault)?;
    let mut after = LineId(0);
    loop {
        let rows = app.db.read(|c| run_list::list_export(c, run.id, after, 10_000))?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in &rows {
            let base =
                row.base_kind.parse::<crate::plan::BaseKind>().map(|kind| kind.to_decimal(row.base, run.currency));
            csv.write([
                row.member.as_str(),
                &row.bonus,
                &row.kind,
                &row.source,
                &row.level.to_string(),
                &base.map_or_else(|_| row.base.to_string(), |base| base.to_string()),
                &row.base_kind,
                &row.rate,
                &run.currency.plain(row.amount_minor),
                run.currency.code(),
            ])
            .map_err(fault)?;
        }
    }
    csv.finish().map(drop).map_err(fault)
}

#[rocket::get("/commissions/<number>/statements.zip")]
pub async fn zip(_who: Signed<View>, app: &State<App>, number: &str) -> Result<Stream, Fault> {
    let run = run_of(app, number).await?;
    if run.status != RunStatus::Committed {
        return Err(Fault::refused("Statements exist once the run is committed"));
    }
    let name = format!("{}-statements.zip", run.number);
    Ok(sent(app, name, ContentType::ZIP, move |app, out| write_zip(app, &run, out)))
}

fn write_zip(app: &App, run: &Run, out: &mut dyn Write) -> Result<(), ActionFault> {
    let fault = |fault: &dyn std::fmt::Display| ActionFault::refused(fault.to_string());
    let fonts = Fonts::with_configured(&app.settings.fonts);
    let mut zip = ::zip::ZipWriter::new_stream(out);
    // A PDF is compressed already; a fixed date keeps the file the same each time.
    let options = ::zip::write::SimpleFileOptions::default()
        .compression_method(::zip::CompressionMethod::Stored)
        .last_modified_time(::zip::DateTime::default());
    draw_all(&app.db, run.id, &fonts, Paper::A4, &app.settings.public_url, &mut |name, bytes, _, _| {
        zip.start_file(name, options).map_err(|e| fault(&e))?;
        zip.write_all(bytes).map_err(|e| fault(&e))?;
        Ok(true)
    })?;
    zip.finish().map_err(|e| fault(&e))?;
    Ok(())
}
