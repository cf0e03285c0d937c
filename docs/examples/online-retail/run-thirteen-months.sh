#!/bin/sh
# Imports a real order history (541,909 lines) under a real network (5,881 people), commits 13 monthly
# runs over it, December 2010 to December 2011, and checks the ledger. Prints one result hash a month:
# SQLite and Postgres give the same ones.
#
#   run-thirteen-months.sh DATA [--database URL] [--mainstay PROGRAM]
#
# DATA is a folder with uci_online_retail_by_day.tar.xz (or the daily CSV files) and
# soc-sign-bitcoinotc.csv.xz (or the unpacked file); see README.md for where they come from.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
data=
database=
program=${MAINSTAY:-mainstay}
while [ $# -gt 0 ]; do
    case $1 in
        --database) database=$2; shift 2 ;;
        --mainstay) program=$2; shift 2 ;;
        -*) echo "$0: unknown option $1" >&2; exit 2 ;;
        *) data=$1; shift ;;
    esac
done
if [ -z "$data" ] || [ ! -d "$data" ]; then
    echo "Usage: $0 DATA [--database URL] [--mainstay PROGRAM]" >&2
    exit 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
mkdir "$work/days"
if [ -f "$data/uci_online_retail_by_day.tar.xz" ]; then
    tar -xJf "$data/uci_online_retail_by_day.tar.xz" -C "$work/days"
else
    cp "$data"/20*.csv "$work/days/"
fi
if [ -f "$data/soc-sign-bitcoinotc.csv.xz" ]; then
    xz -dkc "$data/soc-sign-bitcoinotc.csv.xz" > "$work/network.csv"
else
    cp "$data/soc-sign-bitcoinotc.csv" "$work/network.csv"
fi
# The database stays where --database says; without it, it goes away with the folder.
: "${database:=sqlite:$work/example.db}"

mainstay() {
    "$program" --database "$database" --data-dir "$work" "$@"
}

# Each commission run is seen by two people: one reviews, the other approves.
first=jane@example.com
second=omar@example.com
mainstay setup --company "Online Retail" --currency GBP --zone Europe/London \
    --staff "$first:owner" --staff "$second:finance" --plan "$here/plan.toml" --plan-from 2010-12-01

mainstay import members "$work/network.csv" --mapping "$here/../bitcoin-otc/members.toml"
mainstay import members "$here/house.csv" --mapping "$here/house.toml"
mainstay import members "$work"/days/20*.csv --mapping "$here/customers.toml"
mainstay import products "$work"/days/20*.csv --mapping "$here/products.toml"
mainstay import products "$work"/days/20*.csv --mapping "$here/products-unnamed.toml"
mainstay import orders "$work"/days/20*.csv --mapping "$here/orders.toml" --rejects "$work/rejected.csv"

for month in 2010-12 2011-01 2011-02 2011-03 2011-04 2011-05 2011-06 2011-07 2011-08 2011-09 2011-10 2011-11 2011-12; do
    mainstay run freeze "$month" --as "$first" > /dev/null
    mainstay run calculate "$month" --as "$first" > /dev/null
    mainstay run review "$month" --as "$first" > /dev/null
    mainstay run approve "$month" --as "$second" > /dev/null
    mainstay run commit "$month" --as "$second"
done

mainstay ledger check
echo "13 runs are committed and the ledger holds."
