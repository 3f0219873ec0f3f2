/// The open kindergartens and clusters of one district on a day.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// The district's code.
    pub code: String,
    /// 南山区.
    pub name: String,
    /// Open kindergartens.
    pub kindergartens: i64,
    /// Of these public.
    pub public: i64,
    /// Of these publicly subsidised private.
    pub inclusive: i64,
    /// Of these other private.
    pub private: i64,
    /// Of these of a good grade (省一级, 市一级).
    pub good: i64,
    /// Children in them.
    pub children: i64,
    /// Of these in a cluster.
    pub placed: i64,
    /// Clusters in force.
    pub clusters: i64,
    /// The district's share of the city's clusters (1.2-1).
    pub target: i64,
}

impl Figures {
    /// Open kindergartens in no cluster (1.2-2: should be none).
    pub fn left_out(&self) -> i64 {
        self.kindergartens - self.placed
    }
    /// Share of open kindergartens in a cluster, in whole per cent, rounded down so that 100 means all.
    pub fn coverage_percent(&self) -> i64 {
        percent(self.placed, self.kindergartens)
    }
    /// Share of public kindergartens, in whole per cent.
    pub fn public_percent(&self) -> i64 {
        percent(self.public, self.kindergartens)
    }
    /// Mean size of a cluster, to one decimal.
    pub fn mean_size(&self) -> String {
        if self.clusters == 0 {
            "—".to_owned()
        } else {
            format!("{:.1}", self.placed as f64 / self.clusters as f64)
        }
    }
    /// The sum over districts.
    pub fn sum(name: &str, all: &[Figures]) -> Figures {
        let mut sum = Figures { name: name.to_owned(), ..Figures::default() };
        for one in all {
            sum.kindergartens += one.kindergartens;
            sum.public += one.public;
            sum.inclusive += one.inclusive;
            sum.private += one.private;
            sum.good += one.good;
            sum.children += one.children;
            sum.placed += one.placed;
            sum.clusters += one.clusters;
            sum.target += one.target;
        }
        sum
    }
}

fn percent(part: i64, whole: i64) -> i64 {
    if whole == 0 { 0 } else { part * 100 / whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_left_out_is_not_full_coverage() {
        let figures =
            Figures { kindergartens: 1000, placed: 999, clusters: 100, ..Figures::default() };
        assert_eq!((figures.coverage_percent(), figures.left_out()), (99, 1));
        assert_eq!(figures.mean_size(), "10.0");
        assert_eq!(Figures::default().coverage_percent(), 0);
    }
}
