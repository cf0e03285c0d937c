//! What Sallowfield Botanicals sells.

use crate::domain::money::Volume;
use crate::domain::product::PriceType;

/// One product; prices in cents for each kind of buyer, volumes in whole points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product {
    /// The number people order by.
    pub sku: &'static str,
    /// The name.
    pub name: &'static str,
    /// Price for retail customers, in cents.
    pub retail_minor: i64,
    /// What the other prices and the volumes follow from.
    pub class: Class,
}

/// What a product is to the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Goods: volume, discount for preferred customers and distributors.
    Goods,
    /// Starter kits: one price for everybody, little volume.
    Kit,
    /// Sales material: one price for everybody, no volume.
    Tools,
}

impl Product {
    /// What somebody who pays this type of price pays.
    pub const fn price_minor(&self, price: PriceType) -> i64 {
        match (self.class, price) {
            (Class::Goods, PriceType::Preferred) => self.retail_minor * 88 / 1000 * 10,
            (Class::Goods, PriceType::Wholesale) => self.retail_minor * 75 / 1000 * 10,
            _ => self.retail_minor,
        }
    }

    /// Qualifying volume: whole points near the wholesale price.
    pub const fn qv(&self) -> Volume {
        match self.class {
            Class::Goods => Volume(self.price_minor(PriceType::Wholesale) / 100 * 10_000),
            Class::Kit => Volume(self.retail_minor / 250 * 10_000),
            Class::Tools => Volume::ZERO,
        }
    }

    /// Commissionable volume; a preferred customer's discount costs half a point in ten.
    pub const fn cv(&self, price: PriceType) -> Volume {
        let full = self.qv().0 / 100 * 80;
        match price {
            PriceType::Preferred => Volume(full / 20 * 19),
            PriceType::Retail | PriceType::Wholesale => Volume(full),
        }
    }
}

const fn product(sku: &'static str, name: &'static str, retail_minor: i64, class: Class) -> Product {
    Product { sku, name, retail_minor, class }
}

/// Everything there is to buy; goods first, then kits, then sales material.
pub const CATALOGUE: &[Product] = &[
    product("CAL-050", "Calendula balm, 50 ml", 1890, Class::Goods),
    product("CAL-100", "Calendula balm, 100 ml", 3250, Class::Goods),
    product("ARN-075", "Arnica rub, 75 ml", 2240, Class::Goods),
    product("LAV-010", "Lavender oil, 10 ml", 1650, Class::Goods),
    product("LAV-200", "Lavender hand wash, 200 ml", 1420, Class::Goods),
    product("ROS-030", "Rosehip face oil, 30 ml", 3980, Class::Goods),
    product("ROS-050", "Rosehip day cream, 50 ml", 4450, Class::Goods),
    product("ROS-051", "Rosehip night cream, 50 ml", 4890, Class::Goods),
    product("ROS-150", "Rose water, 150 ml", 2160, Class::Goods),
    product("CHA-200", "Chamomile shampoo, 200 ml", 1980, Class::Goods),
    product("CHA-201", "Chamomile conditioner, 200 ml", 2080, Class::Goods),
    product("NET-200", "Nettle shampoo, 200 ml", 1980, Class::Goods),
    product("BIR-250", "Birch body lotion, 250 ml", 2650, Class::Goods),
    product("BIR-100", "Birch foot cream, 100 ml", 1760, Class::Goods),
    product("SEA-250", "Sea buckthorn shower gel, 250 ml", 1590, Class::Goods),
    product("SEA-015", "Sea buckthorn lip care, 15 ml", 980, Class::Goods),
    product("WIL-060", "Willow bark capsules, 60 pieces", 2890, Class::Goods),
    product("ELD-250", "Elderberry syrup, 250 ml", 2340, Class::Goods),
    product("ELD-090", "Elderberry pastilles, 90 g", 1190, Class::Goods),
    product("ECH-050", "Echinacea drops, 50 ml", 2120, Class::Goods),
    product("VAL-060", "Valerian evening capsules, 60 pieces", 2760, Class::Goods),
    product("OAT-300", "Oat milk bath, 300 g", 1840, Class::Goods),
    product("BAT-003", "Bath oil set, three scents", 4280, Class::Goods),
    product("SAL-500", "Bath salt with spruce, 500 g", 1690, Class::Goods),
    product("SOA-004", "Garden soap, four bars", 2390, Class::Goods),
    product("DEO-050", "Sage deodorant, 50 ml", 1490, Class::Goods),
    product("TOO-075", "Herbal toothpaste, 75 ml", 890, Class::Goods),
    product("SUN-100", "Mineral sun cream SPF 30, 100 ml", 3150, Class::Goods),
    product("MEN-100", "Shaving balm with hops, 100 ml", 2480, Class::Goods),
    product("BAB-100", "Baby calendula oil, 100 ml", 2190, Class::Goods),
    product("TEA-020", "Tea sampler, 20 bags", 1280, Class::Goods),
    product("TEA-100", "Meadow tea, 100 g", 1560, Class::Goods),
    product("TEA-101", "Evening tea, 100 g", 1560, Class::Goods),
    product("HON-250", "Lime blossom honey, 250 g", 1340, Class::Goods),
    product("CAN-180", "Beeswax candle, 180 g", 2590, Class::Goods),
    product("DIF-001", "Stone diffuser", 5900, Class::Goods),
    product("GIF-001", "Gift box, autumn garden", 6900, Class::Goods),
    product("KIT-001", "Starter kit", 4900, Class::Kit),
    product("KIT-002", "Starter kit with display", 12_900, Class::Kit),
    product("TOL-010", "Catalogues, pack of 10", 1500, Class::Tools),
    product("TOL-020", "Sample sachets, pack of 50", 2200, Class::Tools),
];

/// The index of the first kit; goods lie below it.
pub const FIRST_KIT: usize = 37;
/// The index of the first piece of sales material; kits lie below it.
pub const FIRST_TOOL: usize = 39;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn classes_lie_where_the_indexes_say_and_numbers_are_unique() {
        for (index, product) in CATALOGUE.iter().enumerate() {
            let expected = match index {
                0..FIRST_KIT => Class::Goods,
                FIRST_KIT..FIRST_TOOL => Class::Kit,
                _ => Class::Tools,
            };
            assert_eq!(product.class, expected, "{}", product.sku);
        }
        assert_eq!(CATALOGUE.iter().map(|p| p.sku).collect::<HashSet<_>>().len(), CATALOGUE.len());
    }

    #[test]
    fn distributors_pay_less_than_preferred_customers_and_those_less_than_retail() {
        for product in CATALOGUE.iter().filter(|p| p.class == Class::Goods) {
            let [wholesale, preferred, retail] =
                [PriceType::Wholesale, PriceType::Preferred, PriceType::Retail].map(|p| product.price_minor(p));
            assert!(0 < wholesale && wholesale < preferred && preferred < retail, "{}", product.sku);
            assert!(product.cv(PriceType::Preferred) < product.cv(PriceType::Retail), "{}", product.sku);
            assert!(product.cv(PriceType::Retail).0 * 100 <= wholesale * 10_000, "{}", product.sku);
        }
    }
}
