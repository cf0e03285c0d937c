//! `Checked<T>`: a form, url-encoded or multipart, whose field `csrf` holds the token of the page it came from.

use rocket::data::{Data, FromData, Outcome};
use rocket::form::{self, DataField, Errors, Form, FromForm, Options, ValueField};
use rocket::http::Status;
use rocket::{Request, async_trait};
use subtle::ConstantTimeEq as _;

use super::{FormToken, Refusal};

/// The forms with files, for staff only. Every other form is url-encoded and short: the parts of a multipart
/// form are read into memory before anybody looks at its token.
const UPLOADS: &[&str] = &["/imports/new", "/plans/new", "/plans/<version>/edit"];

/// A form that came from a page of this console.
#[derive(Debug)]
pub struct Checked<T>(pub T);

#[async_trait]
impl<'r, T: FromForm<'r>> FromData<'r> for Checked<T> {
    type Error = Option<Errors<'r>>;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        let is_multipart = request.content_type().is_some_and(|kind| kind.is_form_data());
        if is_multipart && !request.route().is_some_and(|route| UPLOADS.contains(&route.uri.path())) {
            return Outcome::Error((Status::UnsupportedMediaType, None));
        }
        let form = match Form::<WithToken<T>>::from_data(request, data).await {
            Outcome::Success(form) => form.into_inner(),
            Outcome::Error((status, errors)) => return Outcome::Error((status, Some(errors))),
            // Neither kind of form: nothing that a page of ours sends.
            Outcome::Forward(_) => return refuse(request),
        };
        let expected = FormToken::of(request);
        let same = expected.is_some_and(|expected| bool::from(expected.as_bytes().ct_eq(form.token.as_bytes())));
        if !same {
            return refuse(request);
        }
        match form.rest {
            Ok(rest) => Outcome::Success(Self(rest)),
            Err(errors) => Outcome::Error((Status::UnprocessableEntity, Some(errors))),
        }
    }
}

fn refuse<'r, T: FromForm<'r>>(request: &'r Request<'_>) -> Outcome<'r, Checked<T>> {
    let (status, _) = Refusal::Form.keep(request);
    Outcome::Error((status, None))
}

/// The fields of `T` and the token beside them.
struct WithToken<'r, T> {
    token: &'r str,
    /// Told only when the token is right.
    rest: form::Result<'r, T>,
}

struct Reading<'r, T: FromForm<'r>> {
    token: &'r str,
    rest: T::Context,
}

#[async_trait]
impl<'r, T: FromForm<'r>> FromForm<'r> for WithToken<'r, T> {
    type Context = Reading<'r, T>;

    fn init(options: Options) -> Self::Context {
        Reading { token: "", rest: T::init(options) }
    }

    fn push_value(reading: &mut Self::Context, field: ValueField<'r>) {
        if field.name == "csrf" {
            reading.token = field.value;
        } else {
            T::push_value(&mut reading.rest, field);
        }
    }

    async fn push_data(reading: &mut Self::Context, field: DataField<'r, '_>) {
        T::push_data(&mut reading.rest, field).await;
    }

    fn push_error(reading: &mut Self::Context, error: form::Error<'r>) {
        T::push_error(&mut reading.rest, error);
    }

    fn finalize(reading: Self::Context) -> form::Result<'r, Self> {
        Ok(Self { token: reading.token, rest: T::finalize(reading.rest) })
    }
}

/// A form that is only a button.
#[derive(Debug, Clone, Copy)]
pub struct NoFields;

#[async_trait]
impl<'r> FromForm<'r> for NoFields {
    type Context = ();

    fn init(_: Options) {}

    fn push_value((): &mut (), _: ValueField<'r>) {}

    async fn push_data((): &mut (), _: DataField<'r, '_>) {}

    fn finalize((): ()) -> form::Result<'r, Self> {
        Ok(Self)
    }
}
