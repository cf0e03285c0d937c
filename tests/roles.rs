//! Which role may do what, for every route: what the console answers is compared with `roles.txt`.

use mainstay::domain::staff::Role;
use rocket::http::ContentType;

use crate::web::{Console, PUBLIC, address_of};

/// The roles by route, as they should be.
const EXPECTED: &str = include_str!("roles.txt");

#[test]
fn every_route_opens_to_the_roles_of_the_matrix() {
    let console = Console::new();
    let mut answers: Vec<(String, Vec<&str>)> = console
        .client
        .rocket()
        .routes()
        .filter(|route| !PUBLIC.contains(&route.uri.to_string().as_str()))
        .map(|route| (format!("{} {}", route.method, route.uri), Vec::new()))
        .collect();
    for role in Role::ALL {
        console.sign_in(*role);
        for (named, roles) in &mut answers {
            let route =
                console.client.rocket().routes().find(|route| format!("{} {}", route.method, route.uri) == *named);
            let route = route.unwrap();
            // A form without its token: who may send it at all is told about the token, the others about their role.
            let answer = console.client.req(route.method, address_of(route)).header(ContentType::Form).dispatch();
            let status = answer.status().code;
            let text = answer.into_string().unwrap_or_default();
            assert!(status != 303 || route.method == rocket::http::Method::Get, "{named} did something for {role}");
            if text.contains("This needs the role") {
                assert_eq!(status, 403, "{named}");
            } else {
                roles.push(role.as_str());
            }
        }
    }
    answers.sort();
    let found: Vec<String> = answers.iter().map(|(route, roles)| format!("{route}: {}", roles.join(" "))).collect();
    let expected: Vec<&str> = EXPECTED.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(found, expected, "as it is:\n{}\n", found.join("\n"));
}
