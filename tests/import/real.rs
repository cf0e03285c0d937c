//! The real files, where they are beside the source: a month of the order history under the real network.

use std::path::{Path, PathBuf};
use std::process::Command;

use mainstay::store::{imports, members};

use super::Desk;
use crate::databases;

fn data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let set = std::env::var_os("MAINSTAY_TEST_DATA").map(PathBuf::from);
    set.into_iter().chain([beside]).find(|path| path.join("soc-sign-bitcoinotc.csv.xz").is_file())
}

fn sh(folder: &Path, script: &str, argument: &Path) {
    let status = Command::new("sh").current_dir(folder).args(["-euc", script, "sh"]).arg(argument).status().unwrap();
    assert!(status.success(), "{script}");
}

#[test]
fn a_month_of_the_real_history_goes_in_under_the_real_network() {
    let Some(data) = data() else {
        println!("skipped: the real data is not beside the source");
        return;
    };
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        fresh.tamper("UPDATE settings SET value = 'GBP' WHERE key = 'company.currency'").unwrap();
        sh(desk.folder.path(), "xz -dkc \"$1\" > network.csv", &data.join("soc-sign-bitcoinotc.csv.xz"));
        sh(
            desk.folder.path(),
            "tar -xJf \"$1\" --wildcards '*2010-12-0*'",
            &data.join("uci_online_retail_by_day.tar.xz"),
        );
        sh(
            desk.folder.path(),
            "(head -1 2010-12-01.csv; tail -qn +2 2010-12-0*.csv) > days.csv; test -s \"$1\"",
            Path::new("days.csv"),
        );
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples");
        let import = |file: &str, mapping: &str| {
            let text = std::fs::read_to_string(examples.join(mapping)).unwrap();
            let bytes = std::fs::read(desk.folder.path().join(file)).unwrap();
            desk.run(&text, bytes, super::How::Plain).unwrap().import
        };
        std::fs::copy(examples.join("online-retail/house.csv"), desk.folder.path().join("house.csv")).unwrap();
        assert_eq!(import("network.csv", "bitcoin-otc/members.toml").rows_created, 5881);
        import("house.csv", "online-retail/house.toml");
        import("days.csv", "online-retail/customers.toml");
        import("days.csv", "online-retail/products.toml");
        import("days.csv", "online-retail/products-unnamed.toml");
        let orders = import("days.csv", "online-retail/orders.toml");
        assert_eq!((orders.rows_rejected, orders.rows_created), (0, orders.rows_read));
        assert_eq!(import("days.csv", "online-retail/orders.toml").rows_unchanged, orders.rows_read);
        assert!(fresh.db.read(members::count).unwrap() > 5881);
        let all = fresh.db.read(|c| imports::list(c, None, 50)).unwrap();
        assert!(all.iter().all(|import| import.rows_rejected == 0));
    });
}
